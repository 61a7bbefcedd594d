"""Counting reviews: each in exactly one place, with the hours that its answers took."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.gate import Gate
from bot.core.review import State
from bot.core.tier import Tier


@dataclass(frozen=True, slots=True)
class Counted:
    """What the numbers need to know of one review. Shadow mode counts like any other.

    `repository` is "owner/name", or a channel, "#pricing". `spared`: opened by a quiet bot, and
    nobody raised it. `quiet`: a draft that is not shown yet. `without_review`: a proposal that was
    decided before its customer's side was asked about.
    """

    repository: str
    state: State
    gate: Gate
    highest_tier: Tier
    attested: bool
    spared: bool
    quiet: bool
    bypassed: bool
    opened_at: datetime
    first_answer_at: datetime | None
    completed_at: datetime | None
    without_review: bool = False


class Place(enum.Enum):
    """Where a review is counted."""

    R0 = enum.auto()
    SPARED = enum.auto()
    WITHDRAWN = enum.auto()
    DISMISSED = enum.auto()
    DRAFT = enum.auto()
    COMPLETE = enum.auto()
    PENDING = enum.auto()
    WAIVED = enum.auto()
    ATTESTED = enum.auto()
    LOWERED = enum.auto()


_OF_GATE = {
    Gate.COMPLETE: Place.COMPLETE,
    Gate.PENDING: Place.PENDING,
    Gate.WAIVED: Place.WAIVED,
    Gate.NOT_NEEDED: Place.LOWERED,
}
ELIGIBLE = (*_OF_GATE.values(), Place.ATTESTED)


def place(review: Counted) -> Place:
    """The one place of a review; the first that fits, in the order of `Place`."""
    if review.highest_tier is Tier.R0:
        return Place.R0
    if review.spared:
        return Place.SPARED
    if review.state is State.WITHDRAWN:
        return Place.WITHDRAWN
    if review.state is State.DISMISSED:
        return Place.DISMISSED
    if review.quiet and review.state is State.OPEN:
        return Place.DRAFT
    if review.attested and review.gate is Gate.NOT_NEEDED:
        return Place.ATTESTED
    return _OF_GATE[review.gate]


@dataclass(slots=True)
class Tally:
    """What was counted so far; hours are those of eligible reviews, from `opened_at` on."""

    places: Counter[Place] = field(default_factory=Counter)
    bypassed: int = 0
    without_review: int = 0
    to_first_answer: list[float] = field(default_factory=list)
    to_complete: list[float] = field(default_factory=list)

    def count(self, review: Counted) -> None:
        """Take one review in."""
        found = place(review)
        self.places[found] += 1
        if found not in ELIGIBLE:
            return
        self.bypassed += review.bypassed
        self.without_review += review.without_review
        if review.first_answer_at:
            self.to_first_answer.append(_hours(review.opened_at, review.first_answer_at))
        if review.completed_at and found is Place.COMPLETE:
            self.to_complete.append(_hours(review.opened_at, review.completed_at))

    def add(self, other: Tally) -> None:
        """Take in what another one counted."""
        self.places.update(other.places)
        self.bypassed += other.bypassed
        self.without_review += other.without_review
        self.to_first_answer += other.to_first_answer
        self.to_complete += other.to_complete

    @property
    def eligible(self) -> int:
        """How many customers might notice."""
        return sum(self.places[each] for each in ELIGIBLE)


def _hours(start: datetime, end: datetime) -> float:
    """Never below 0: GitHub's clock tells when somebody answered, ours when we first looked."""
    return max(0.0, (end - start).total_seconds() / 3600)
