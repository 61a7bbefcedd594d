"""How much a change asks of its author: the four tiers."""

from __future__ import annotations

import enum


class Tier(enum.IntEnum):
    """R0 asks nothing; R3 touches what customers pay, trust us with or build on.

    Tiers compare by size, so `max` of several is the tier that counts. `str` gives "R2".
    """

    R0 = 0
    R1 = 1
    R2 = 2
    R3 = 3

    def __str__(self) -> str:
        return self.name
