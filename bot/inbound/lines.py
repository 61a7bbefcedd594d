"""One log line of a kind now and then, where there may be thousands a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

BETWEEN_LINES = timedelta(seconds=10)
MOST_KINDS = 100  # reasons that are kept apart


class Lines:
    """When each kind of line was last written, and how many were left out since."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], tuple[datetime, int]] = {}

    def next(self, event: str, reason: str) -> dict[str, int] | None:
        """What to add to the line, {"left_out": 12} or nothing; None where it is left out."""
        now, kind = self._clock(), (event, reason)
        at, left_out = self._told.get(kind, (None, 0))
        if at is not None and abs(now - at) < BETWEEN_LINES:
            self._told[kind] = (at, left_out + 1)
            return None
        if len(self._told) >= MOST_KINDS:
            self._told.clear()
        self._told[kind] = (now, 0)
        return {"left_out": left_out} if left_out else {}
