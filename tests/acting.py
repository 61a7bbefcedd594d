"""What people do to a review, act by act, for tests of the pure core."""

from __future__ import annotations

from datetime import timedelta

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.replay import replay
from bot.core.review import Review
from tests.examples import AUTHOR, NOW, review

UNTOUCHED = review()
LATER = NOW + timedelta(days=1)
STRANGER = Actor(15, "passer-by")


def act(
    minute: int,
    *deeds: Deed,
    by: Actor = AUTHOR,
    door: Door = Door.COMMENT,
    comment: int | None = None,
) -> Act:
    """What somebody did in that minute; the minute is its identity."""
    at = NOW + timedelta(minutes=minute)
    return Act(f"act {minute}", by, at, door, deeds, comment=comment)


def played(*acts: Act, on: Review = UNTOUCHED) -> Review:
    """The review as these acts make it."""
    return replay(on, acts, LATER)


def done(*deeds: Deed, on: Review = UNTOUCHED) -> Review:
    """The review after these deeds, each in an act of its own."""
    return played(*(act(minute, deed) for minute, deed in enumerate(deeds, start=1)), on=on)
