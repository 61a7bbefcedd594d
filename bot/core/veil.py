"""Words from a private channel are shown in that channel only; elsewhere people see that there are
some, of which kind, how old, and from whom."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answers import Answer, Evidence
from bot.core.review import Review


def veiled(review: Review, channel: str = "") -> Review:
    """The review as it may be shown in a channel, or outside of all of them."""
    shown = tuple(veiled_piece(piece, channel) for piece in review.evidence)
    return review if shown == review.evidence else replace(review, evidence=shown)


def veiled_piece(piece: Evidence, channel: str = "") -> Evidence:
    """One piece, without its words and its link where they are not to be shown."""
    if not piece.private_to or piece.private_to == channel:
        return piece
    return replace(piece, text="", link="", withheld=True)


def veiled_answer(answer: Answer) -> Answer:
    """An answer of a private channel as it is shown outside: what was picked stays."""
    return replace(answer, text="", withheld=True) if answer.text else answer
