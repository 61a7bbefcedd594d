"""How long we wait for something that may never come, by our own clock alone."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST = 10_000  # things that are waited for at once; then all begin anew


class Patience:
    """Remembers since when something is waited for. After a restart the wait begins anew."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def left(self, name: str, now: datetime, longest: timedelta) -> bool:
        """Whether to wait on; the first question begins the wait."""
        if len(self._since) >= MOST:
            self._since.clear()
        return now < self._since.setdefault(name, now) + longest
