"""Answers that are believed for a while, so that the same question is not asked again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
MOST = 10_000  # answers; then all are forgotten, which costs a call each and no harm


class Remembered(Generic[Value]):
    """Safe from several threads: at worst two of them ask the same at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[Hashable, tuple[float, Value]] = {}

    def get(self, key: Hashable, ask: Callable[[], Value]) -> Value:
        """The answer that is known, or the one that `ask` gives; an error is not remembered."""
        until, value = self._known.get(key, (0.0, None))
        if value is not None and time.monotonic() < until:
            return value
        new = ask()
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (time.monotonic() + self._seconds, new)
        return new
