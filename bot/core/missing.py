"""What still has to be answered: one function for every door."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.answers import gap, voice_gap
from bot.core.checklist import Kind, Need, Question
from bot.core.review import Review
from bot.core.tier import Tier


@dataclass(frozen=True, slots=True)
class Missing:
    """One question that is not answered yet, and what it lacks."""

    question: Question
    reason: str


def missing(review: Review) -> list[Missing]:
    """The required questions without a full answer, in the order of the checklist.

    Empty means that the review is complete, or that nothing is asked (R0).
    """
    found = ((q, _gap(review, q, need)) for q, need in required(review))
    return [Missing(question, reason) for question, reason in found if reason]


def required(review: Review) -> list[tuple[Question, Need]]:
    """The questions that a person has to answer."""
    return [(q, need) for q, need in review.asked if need.must]


def _gap(review: Review, question: Question, need: Need) -> str | None:
    answer = review.answer(question.id)
    if question.kind is Kind.EVIDENCE:
        pieces = 2 if review.tier is Tier.R3 else 1
        return voice_gap(need, pieces, answer, review.evidence, review.thresholds)
    return gap(question, need, answer, review.thresholds)
