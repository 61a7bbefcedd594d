"""How many writes GitHub takes from one installation, and whose turn it is.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 80 requests that
create content a minute, and 500 an hour.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


class Rank(enum.Enum):
    """What a write is good for; the value is the share of the limits that it may use up.

    So a check finds room at once, however many comments wait.
    """

    GATE = 1.0  # what holds or releases a merge
    COMMENT = 0.85
    COURTESY = 0.5  # reactions and replies


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` writes within any `seconds`."""

    seconds: float
    most: int


# A second more than GitHub says: what we send now and then arrives later than what follows it.
WINDOWS = (Window(61, 80), Window(3601, 500))
LONGEST = max(window.seconds for window in WINDOWS)


def wait(writes: Sequence[float], now: float, rank: Rank, ahead: int = 0) -> float:
    """For how many seconds a write has to wait; 0 when it may go now.

    `writes` are the times of those before it, oldest first, in seconds of any one clock; `ahead` is
    how many are waiting before it.
    """
    return max(_wait(writes, now, rank, ahead, window) for window in WINDOWS)


def _wait(writes: Sequence[float], now: float, rank: Rank, ahead: int, window: Window) -> float:
    room = int(window.most * rank.value)
    gone = bisect_right(writes, now - window.seconds)
    counted = len(writes) - gone
    too_many = counted + ahead + 1 - room
    if too_many <= 0:
        return 0.0
    if too_many <= counted:
        return writes[gone + too_many - 1] + window.seconds - now
    # Those ahead go when there is room, and have to leave the window in their turn.
    turns = 1 + (too_many - counted - 1) // room
    return writes[-1] + (1 + turns) * window.seconds - now if counted else turns * window.seconds
