"""Which calls fail, and how."""

from __future__ import annotations

import random
from collections.abc import Mapping

SETTINGS = ("latency_ms", "status", "p", "scope", "mode", "retry_after", "seed")


class Faults:
    """`scope`: all | write | read. `mode` before: the call does nothing; after: only its answer
    is lost. `p` is the chance of each call, drawn from `seed`; `retry_after` in seconds.
    """

    def __init__(self) -> None:
        self.latency_ms = 0.0
        self.status = 0
        self.p = 0.0
        self.scope = "all"
        self.mode = "before"
        self.retry_after = 1
        self.seed = 1
        self._rng = random.Random(1)

    def set(self, settings: Mapping[str, object]) -> None:
        """Change some; the drawing starts again."""
        for key, value in settings.items():
            if key not in SETTINGS:
                raise KeyError(key)
            setattr(self, key, value)
        self._rng = random.Random(self.seed)

    def hit(self, method: str) -> int:
        """The status that this call fails with; 0 when it does not fail."""
        write = method not in ("GET", "HEAD")
        hurt = self.p and self.scope in ("all", "write" if write else "read")
        return self.status if hurt and self._rng.random() < self.p else 0
