"""Windows that are being opened right now: what fills one waits until Slack has it."""

from __future__ import annotations

import threading

LONGEST = 3.0  # seconds that an opening takes; then its trigger is void
MOST = 1000  # openings that are remembered


class Windows:
    """Safe from several threads. The door opens, a job fills."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Event] = {}
        self._failed: dict[str, None] = {}

    def opening(self, name: str) -> None:
        """A window of that name is about to be opened."""
        with self._lock:
            self._opening[name] = threading.Event()

    def opened(self, name: str, well: bool) -> None:
        """It stands, or could not be opened."""
        with self._lock:
            event = self._opening.pop(name, None)
            if not well:
                self._failed[name] = None
                while len(self._failed) > MOST:
                    del self._failed[next(iter(self._failed))]
        if event is not None:
            event.set()

    def stands(self, name: str) -> bool:
        """Whether the window can be filled; waits while it is being opened. After a restart nobody
        knows, and Slack will say."""
        with self._lock:
            event = self._opening.get(name)
        if event is not None:
            event.wait(LONGEST)
        with self._lock:
            return name not in self._failed
