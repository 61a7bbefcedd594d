"""Whose shoes somebody looks at the pages in: three roles, kept in a cookie."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.sandbox.records import PullRequest, User
from bot.sandbox.state import State

COOKIE = "as"
ROLES = {
    "author": "opened the pull request",
    "reviewer": "may merge, waive and edit everything",
    "outsider": "may only read and comment",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the person picker."""

    role: str
    login: str
    hint: str
    chosen: bool


def role_of(request: Request) -> str:
    role = request.cookies.get(COOKIE, "author")
    return role if role in ROLES else "author"


def person(request: Request, state: State, pull: PullRequest) -> User:
    """Who acts on this pull request; the author is whoever opened it."""
    role = role_of(request)
    return pull.author if role == "author" else state.user(role)


def choices(request: Request, pull: PullRequest | None) -> list[Choice]:
    chosen = role_of(request)
    return [
        Choice(role, pull.author.login if pull and role == "author" else role, hint, role == chosen)
        for role, hint in ROLES.items()
    ]
