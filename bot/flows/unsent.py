"""Creates that were promised together with the record, and not tried yet."""

from __future__ import annotations


class Unsent:
    """What this process promised to create and has not begun to send.

    An intent on disk says "look before you create": the answer to an earlier try may have been
    lost. For what stands here there was no try, so there is nothing to look for. After a restart
    nobody knows, and all is looked for.
    """

    def __init__(self) -> None:
        self._promised: set[tuple[str, int, str]] = set()

    def add(self, kind: str, repository: int, key: str) -> None:
        """It was promised; its intent is on disk."""
        self._promised.add((kind, repository, key))

    def take(self, kind: str, repository: int, key: str) -> bool:
        """Whether it was promised here; from now on it counts as tried."""
        try:
            self._promised.remove((kind, repository, key))
        except KeyError:
            return False
        return True
