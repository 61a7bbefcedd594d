"""Who may do what, on every door. The table is printed in docs/ARCHITECTURE.md.

Answer, undo, attest and raise: the author, also an outside one on their own pull request, and
everybody who may write to the repository. Lower, waive and pause: a reviewer, never the author.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.facts import Actor, PullRequest
from bot.core.organisation import Reviewers

WRITERS = frozenset({"admin", "maintain", "write"})
# https://docs.github.com/en/graphql/reference/enums#commentauthorassociation. A member of the
# organisation who hides that shows as a contributor once something of theirs was merged.
MEMBERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
INSIDERS = MEMBERS | {"CONTRIBUTOR"}


@dataclass(frozen=True, slots=True)
class Who:
    """One person at one door, and what they may do there.

    `open_to_all`: nobody was named a reviewer, so write access makes one.
    """

    actor: Actor
    answers: bool
    reviews: bool
    is_author: bool
    open_to_all: bool = False


def is_author(subject: PullRequest, actor: Actor) -> bool:
    """Whether somebody opened this pull request. By id: a login may change hands, and nobody is the
    ghost of a deleted account."""
    return actor.id != 0 and actor.id == subject.author.id


def may_be_writer(association: str, private: bool) -> bool:
    """Whether it is worth asking GitHub what somebody may do; a stranger costs no call.

    In a private repository there are no strangers, and GitHub may hide who is a member.
    """
    return private or association in INSIDERS


def named_reviewer(reviewers: Reviewers, login: str) -> bool:
    """Whether the organisation names this login a reviewer."""
    return login.casefold() in {name.casefold() for name in reviewers.logins}


def anybody_named(reviewers: Reviewers) -> bool:
    """Whether the organisation names any reviewer; if not, write access is enough."""
    return bool(reviewers.logins or reviewers.teams)
