"""What people decided about the tier: raised it, lowered it, attested that nobody will notice."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.answers import Door, Fate
from bot.core.facts import Actor
from bot.core.tier import Tier


class Ruled(enum.StrEnum):
    """What a ruling does to the tier."""

    RAISED = "raised"
    LOWERED = "lowered"
    ATTESTED = "attested"


class Sample(enum.StrEnum):
    """What became of an attestation that was drawn for a reviewer."""

    NOT_DRAWN = ""
    WAITING = "waiting"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One person's word on the tier.

    `rules` are the trigger rules and raising answers that were known then: a lowering or an
    attestation ends when another one matches. `ended`: it no longer holds, and stays on record.
    """

    ruled: Ruled
    tier: Tier
    reason: str
    by: Actor
    at: datetime
    door: Door
    rules: tuple[str, ...] = ()
    sample: Sample = Sample.NOT_DRAWN
    ended: bool = False
    open_to_all: bool = False
    comment: int | None = None
    fate: Fate = Fate.STANDS

    @property
    def lowers(self) -> bool:
        """It asks less than the rules would."""
        return self.ruled is not Ruled.RAISED


def standing_ruling(rulings: Iterable[Ruling], *ruled: Ruled) -> Ruling | None:
    """The newest of these kinds that still holds; None if none does."""
    found = [ruling for ruling in rulings if ruling.ruled in ruled and not ruling.ended]
    return found[-1] if found else None
