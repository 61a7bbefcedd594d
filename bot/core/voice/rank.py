"""Which of the pieces that were found are worth a look: none is better than a weak one."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.grammar import Piece
from bot.core.voice.words import plain

FRESH, OLD = 90, 730  # days
OLDEST = 0.8  # what an old piece is worth beside a fresh one
UNDATED = 0.9
SAME_SEGMENT = 1.15
STRONG = 0.75  # of the logarithm of how many there are: a lone word that is rare enough
BESIDE_BEST = 0.3  # less than this share of the best is left out


@dataclass(frozen=True, slots=True)
class Found:
    """One piece that was found. `score` is higher for a better one; `matched` counts the words of
    the search that it holds. `customer` is a name that stands for who said it; empty: unknown."""

    id: int
    source: str
    source_id: str
    piece: Piece
    customer: str
    weight: float
    score: float
    matched: int


def best(
    found: Iterable[Found],
    asked: int,
    of: int,
    most: int,
    today: date,
    segments: Collection[str] = (),
    strict: bool = False,
) -> list[tuple[Found, float]]:
    """The best of them with what they are worth, at most so many; of one customer, and of the same
    words, one. `asked` is how many words were looked for, in `of` pieces. `strict`: nobody asked,
    so a lone word is not enough, however rare."""
    good = (each for each in found if _enough(each, asked, 0 if strict else of))
    valued = sorted(
        ((each, _worth(each, today, segments)) for each in good),
        key=lambda pair: (-pair[1], -_day(pair[0]), pair[0].id),
    )
    kept: list[tuple[Found, float]] = []
    seen: set[str] = set()
    for each, worth in valued:
        keys = {plain(each.piece.text), *([f"\0{each.customer}"] if each.customer else [])}
        if len(kept) == most or worth < BESIDE_BEST * valued[0][1]:
            break
        if not keys & seen:
            kept.append((each, worth))
        seen |= keys
    return kept


def _enough(each: Found, asked: int, of: int) -> bool:
    """Two words of the search, or a rare one; or it asked for no more."""
    if each.matched >= 2 or (asked <= 2 and each.matched):
        return True
    return bool(of) and each.score >= STRONG * math.log(of + 1)


def _worth(each: Found, today: date, segments: Collection[str]) -> float:
    same = SAME_SEGMENT if each.piece.segment and each.piece.segment in segments else 1.0
    weight: float = min(max(each.weight, 0.1), 10.0) ** 0.25
    return each.score * _recent(each.piece.on, today) * same * weight


def _recent(on: date | None, today: date) -> float:
    if on is None:
        return UNDATED
    share = (min(max((today - on).days, FRESH), OLD) - FRESH) / (OLD - FRESH)
    return 1 - (1 - OLDEST) * share


def _day(each: Found) -> int:
    return each.piece.on.toordinal() if each.piece.on else 0


def fused(*lists: Sequence[int], constant: int = 60) -> dict[int, float]:
    """Several orders of the same ids as one: by the sum of 1 / (constant + place)."""
    scores: dict[int, float] = {}
    for order in lists:
        for place, id in enumerate(order, 1):
            scores[id] = scores.get(id, 0.0) + 1 / (constant + place)
    return scores
