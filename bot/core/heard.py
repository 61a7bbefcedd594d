"""Whom a change affects, and who of them was heard."""

from __future__ import annotations

from bot.core.checklist import Kind
from bot.core.review import Review


def unheard(review: Review) -> tuple[str, ...]:
    """The labels of the affected segments from which nobody has heard; a piece may name a segment
    by its id or its label."""
    who = next((q for q, _ in review.asked if q.kind is Kind.SEGMENTS), None)
    answer = review.answer(who.id) if who else None
    if who is None or answer is None:
        return ()
    heard = {piece.segment.casefold() for piece in review.evidence if piece.kind != "assumed"}
    return tuple(
        who.label(pick)
        for pick in answer.picks
        if not heard & {pick.casefold(), who.label(pick).casefold()}
    )
