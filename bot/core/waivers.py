"""Waivers: a reviewer lets a question, or the whole review, go unanswered, openly, for a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.core.answers import Door, Fate
from bot.core.facts import Actor

ALL = "all"  # the whole review
PAUSE = "pause"  # the bot is off for this subject until somebody resumes
LONGEST_DAYS = 366  # of one waiver: what is let go for ever is better lowered


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who lets what go, why and until when.

    `scope` is a question's id, `all` or `pause`. `until` is the last day on which it holds (UTC);
    None only for a pause. `open_to_all`: nobody was named a reviewer, so write access was enough.
    `comment` is the comment that says so, and `fate` what became of that.
    """

    scope: str
    until: date | None
    reason: str
    by: Actor
    at: datetime
    door: Door
    open_to_all: bool = False
    comment: int | None = None
    fate: Fate = Fate.STANDS
    expired: bool = False

    @property
    def ends_at(self) -> datetime | None:
        """The moment from which on it no longer holds; None for a pause."""
        if self.until is None:
            return None
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    def over(self, now: datetime) -> bool:
        """Its time is up."""
        return self.ends_at is not None and now >= self.ends_at


def holding(waivers: Iterable[Waiver], scope: str) -> Waiver | None:
    """The waiver of just this scope that holds; None if there is none."""
    return next((w for w in waivers if w.scope == scope and not w.expired), None)
