"""Did you mean …? What somebody most likely wanted to write."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(word: str, known: Iterable[str], cutoff: float = 0.75) -> str:
    """The known word that is closest; empty where none is close."""
    return next(iter(get_close_matches(word, list(known), 1, cutoff)), "")


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.75) -> str:
    """`did you mean …?`, or empty."""
    found = near(word, known, cutoff)
    return f"did you mean {found}?" if found else ""
