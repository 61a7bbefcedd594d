"""One REST call and its answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.sandbox.app_shapes import AppShapes
from bot.sandbox.records import Comment, PullRequest, User
from bot.sandbox.shapes import Json
from bot.sandbox.tokens import Token
from bot.sandbox.world import World

DOCS = "https://docs.github.com/rest"
T = TypeVar("T")
Edited = TypeVar("Edited", Comment, PullRequest)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `body` None is an empty body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """Becomes GitHub's JSON error of this status."""

    def __init__(self, status: int, message: str, errors: Sequence[Json | str] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors

    def answer(self) -> Answer:
        body: Json = {"message": self.message}
        if self.errors:
            body["errors"] = list(self.errors)
        return Answer(self.status, body | {"documentation_url": DOCS, "status": str(self.status)})


@dataclass(frozen=True, slots=True)
class Ask:
    """One call: the values from its path and query, and its JSON body.

    `stale` means that it reads from a copy that has not yet heard of the last edit, `lag` that its
    lists do not hold what was made in the last so many seconds.
    """

    world: World
    shapes: AppShapes
    url: str
    path: dict[str, str]
    query: dict[str, str]
    body: Json
    stale: bool = False
    token: Token | None = None
    lag: float = 0

    @property
    def by(self) -> User:
        """Who asks: the owner of a personal token, or the App's bot."""
        return self.token.user if self.token and self.token.user else self.world.state.bot

    @property
    def by_app(self) -> bool:
        return self.token is None or self.token.user is None

    def listed(self, made: datetime | None) -> bool:
        """Whether a list holds already what was made then."""
        latest = self.world.state.clock() - timedelta(seconds=self.lag)
        return not self.lag or made is None or made <= latest

    def seen(self, record: Edited) -> Edited:
        """The record as this call gets to see it."""
        return record.earlier() if self.stale else record

    def number(self, name: str) -> int:
        """A number from the path; anything else is nothing that exists."""
        if not self.path[name].isascii() or not self.path[name].isdigit():
            raise ApiError(404, "Not Found")
        return int(self.path[name])

    def text(self, name: str, *, limit: int | None = None, required: bool = False) -> str:
        """A text from the body, refused when it is missing, no text or too long."""
        value = self.body.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            raise invalid(name, "missing_field" if value is None else "invalid")
        if limit is not None and len(value) > limit:
            raise invalid(name, "too_long", f"{name} is too long (maximum is {limit} characters)")
        return value

    @property
    def size(self) -> int:
        """How many of a list go on one page."""
        return min(max(_whole(self.query.get("per_page"), 30), 1), 100)

    def page(self, items: Sequence[T], shape: Callable[[T], Json]) -> tuple[list[Json], str]:
        """One page of a list, written by `shape`, and the Link header that leads to the others."""
        size = self.size
        page = max(_whole(self.query.get("page"), 1), 1)
        last = max(math.ceil(len(items) / size), 1)
        shown = [shape(item) for item in items[(page - 1) * size : page * size]]
        return shown, self._links(page, last)

    def listing(self, items: Sequence[T], shape: Callable[[T], Json]) -> Answer:
        shown, links = self.page(items, shape)
        return Answer(200, shown, {"Link": links} if links else {})

    def counted(self, key: str, items: Sequence[T], shape: Callable[[T], Json]) -> Answer:
        """A list inside an object that tells how many there are in all."""
        shown, links = self.page(items, shape)
        body = {"total_count": len(items), key: shown}
        return Answer(200, body, {"Link": links} if links else {})

    def _links(self, page: int, last: int) -> str:
        targets = {"next": page + 1, "last": last} if page < last else {}
        if page > 1:
            targets |= {"first": 1, "prev": page - 1}
        return ", ".join(
            f'<{self.url}?{urlencode(self.query | {"page": str(to)})}>; rel="{name}"'
            for name, to in targets.items()
        )


Handler = Callable[[Ask], Answer]
Route = tuple[str, str, Handler]


def invalid(name: str, code: str, message: str = "") -> ApiError:
    error = {"resource": "", "field": name, "code": code, "message": message}
    return ApiError(422, "Validation Failed", [error])


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default
