"""Pieces of voice that fit a review, offered: a person attaches them, never the bot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.prefill import LONGEST, Prefill
from bot.core.voice.rank import Found

MOST = 3  # offered at once


def name_of(source: str, source_id: str) -> str:
    """What names a piece beside an answer, in words that fit behind "from": "intercom 4711"."""
    return f"{source} {source_id}".strip()


def quotes(question: str, found: Sequence[tuple[Found, float]]) -> tuple[Prefill, ...]:
    """The best of them as offers for the question about the customers' voice; none that is too long
    to be shown in full."""
    offers = (
        Prefill(question, (), "", name_of(each.source, each.source_id), (each.piece,))
        for each, _ in found
        if len(each.piece.text) <= LONGEST
    )
    return tuple(offers)[:MOST]
