"""The door goes first: while deliveries crowd in, the work that they ask for gives way."""

from __future__ import annotations

import threading

CROWD = 4  # deliveries being taken in at once
LONGEST = 1.0  # seconds for which a worker gives way; then it does one job all the same


class Traffic:
    """Counts the deliveries at the door, which GitHub gives ten seconds; the work has time.

    Only one thread counts: that of the web server. Any may give way.
    """

    def __init__(self) -> None:
        self._inside = 0
        self._calm = threading.Event()
        self._calm.set()

    def enter(self) -> None:
        """A delivery arrived."""
        self._inside += 1
        if self._inside == CROWD:
            self._calm.clear()

    def leave(self) -> None:
        """It was answered."""
        self._inside -= 1
        if self._inside == CROWD - 1:
            self._calm.set()

    @property
    def crowded(self) -> bool:
        """Whether work should give way."""
        return not self._calm.is_set()

    def give_way(self) -> None:
        """Return when the crowd is over, or has lasted too long."""
        self._calm.wait(LONGEST)
