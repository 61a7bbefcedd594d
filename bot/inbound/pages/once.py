"""The link that signs in whoever sits at the machine itself, where no provider is set up."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable


class Once:
    """A word that signs in whoever sits at this machine, one time. `tell` is told each new one that
    takes the place of one that was used."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda _: None
        self._lock, self._word = threading.Lock(), ""

    def fresh(self) -> str:
        """A new word; the old one is worth nothing any more."""
        with self._lock:
            self._word = secrets.token_urlsafe(24)
            return self._word

    def take(self, word: str) -> bool:
        """Whether it was the word; then there is a new one, which is told."""
        with self._lock:
            good = bool(self._word) and secrets.compare_digest(word.encode(), self._word.encode())
            self._word = "" if good else self._word
        if good:
            self.tell(self.fresh())
        return good
