"""Many patterns asked at once: the cost of a text does not grow with the number of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import re2

MEMORY = 64 << 20  # bytes one set may use for its states; too little makes it forget and start anew


def options(whole: bool = False) -> Any:
    """How a pattern is read: within one line of a text, or over a `whole` path as it is."""
    chosen = re2.Options()
    chosen.never_nl = not whole
    chosen.dot_nl = whole
    chosen.log_errors = False
    chosen.max_mem = MEMORY
    return chosen


def compiled(pattern: str) -> Any:
    """One pattern, ready to search. Raises ValueError, in words for the keeper of the file."""
    try:
        return re2.compile(pattern, options())
    except re2.error as error:
        said = error.args[0]
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise ValueError(f"is not a pattern that RE2 understands ({text})") from None


def findall(pattern: Any, text: str) -> list[str]:
    """What the one group of a compiled pattern holds, for each place where it matches."""
    found: list[bytes] = pattern.findall(text.encode("utf-8", "replace"))
    return [each.decode("utf-8", "replace") for each in found]


class PatternSet:
    """Patterns with an owner each; `match` names the owners whose pattern is in a text."""

    def __init__(self, pairs: Iterable[tuple[str, int]], whole: bool = False) -> None:
        """`pairs` are (pattern, owner); with `whole` a pattern has to cover the text end to end."""
        self._owners: list[int] = []
        kind = re2.Set.FullMatchSet if whole else re2.Set.SearchSet
        self._set = kind(options(whole))
        for pattern, owner in pairs:
            self._set.Add(pattern)
            self._owners.append(owner)
        if self._owners:
            self._set.Compile()

    def match(self, text: str) -> frozenset[int]:
        """The owners found in `text`; nothing for an empty text."""
        return frozenset(self.found(text))

    def found(self, text: str) -> list[int]:
        """The owner of each pattern found in `text`; one owner may come more than once."""
        if not text or not self._owners:
            return []
        # Half a surrogate pair, which JSON can carry, has no UTF-8.
        found = self._set.Match(text.encode("utf-8", "replace"))
        return [self._owners[index] for index in found or ()]
