"""What the description offers, taken as the answer or taken back."""

from __future__ import annotations

from dataclasses import replace

from bot.core.acts import Act
from bot.core.amending import settled, stamped, still_says, with_answer, with_heard, without_held
from bot.core.checklist import Kind, Question
from bot.core.prefill import Prefill
from bot.core.review import Review


def accept(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """What is too short to be an answer is not taken."""
    if offer.too_short:
        return review
    if question.kind is Kind.EVIDENCE:
        return _accept_voice(review, question, offer, act)
    old = review.answer(question.id)
    freed = without_held(review, question.id)
    picks = (old.picks if old else ()) or offer.picks
    if old and still_says(old, picks, offer.text):
        return settled(freed)
    new = stamped(question, act, picks, offer.text, offer.source)
    return settled(with_answer(freed, question, new))


def _accept_voice(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """What does not say how it was heard is of the kind that was ticked; beside "assumed" it is no
    evidence but the line that belongs to the assumption."""
    old = review.answer(question.id)
    ticked = old.picks[0] if old and old.picks else "signal"
    current = without_held(review, question.id)
    if old and (old.not_applicable or old.again):
        current = with_answer(current, question, None)
    plan = next((p for p in offer.pieces if not p.kind), None)
    if ticked == "assumed" and plan:
        new = stamped(question, act, ("assumed",), plan.text, offer.source)
        current = with_answer(current, question, new)
    pieces = [replace(p, kind=p.kind or ticked) for p in offer.pieces]
    heard = [p for p in pieces if p.kind != "assumed"]
    return settled(with_heard(current, heard, act, offer.source))


def accepted(review: Review, question: Question, offer: Prefill) -> bool:
    """Whether just this offer was accepted, not an earlier one."""
    answer = review.answer(question.id)
    if question.kind is Kind.EVIDENCE:
        known = {piece.text for piece in review.evidence} | {answer.text if answer else ""}
        return bool(offer.pieces) and all(piece.text in known for piece in offer.pieces)
    if answer is None or answer.source != offer.source or answer.not_applicable:
        return False
    return answer.text == offer.text if offer.text else answer.picks == offer.picks


def refuse(review: Review, digest: str) -> Review:
    """A draft that was no help is offered no more."""
    return replace(review, drafted=tuple(p for p in review.drafted if p.digest != digest))


def unaccept(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """Take an accepted offer back, just that one; what was picked by hand beside its line stays."""
    if question.kind is Kind.EVIDENCE:
        pieces = tuple(e for e in review.evidence if e.source != offer.source)
        review = replace(review, evidence=pieces)
    old = review.answer(question.id)
    offered = {offer.text, *(piece.text for piece in offer.pieces)}
    if old is None or old.source != offer.source or old.text not in offered:
        return review
    bare = stamped(question, act, old.picks) if old.picks and old.text else None
    return settled(with_answer(review, question, bare))
