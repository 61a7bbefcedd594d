"""Small changes of a review that every way to answer is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.core.acts import Act
from bot.core.answers import Answer, Evidence
from bot.core.checklist import Kind, Question
from bot.core.grammar import Piece
from bot.core.review import Review


def stamped(
    question: Question,
    act: Act,
    picks: tuple[str, ...],
    text: str = "",
    source: str = "",
    not_applicable: bool = False,
) -> Answer:
    return Answer(
        question.id, picks, text, act.by, act.at, act.door, source, not_applicable,
        comment=act.comment,
    )  # fmt: skip


def with_answer(review: Review, question: Question, answer: Answer | None) -> Review:
    """The review with this answer in the place of the one before; None takes it away."""
    others = tuple(a for a in review.answers if a.question != question.id)
    return replace(review, answers=others + ((answer,) if answer else ()))


def still_says(old: Answer, picks: tuple[str, ...], text: str) -> bool:
    """The answer that counts says just this already: it stays with who gave it."""
    return not (old.again or old.not_applicable) and (old.picks, old.text) == (picks, text)


def line_beside(question: Question, old: Answer | None, picks: tuple[str, ...]) -> str:
    """The line that stays where these are picked. What was assumed is no line of what was heard."""
    if old is None or old.not_applicable:
        return ""
    return "" if question.kind is Kind.EVIDENCE and picks != old.picks else old.text


def held_picks(review: Review, question: Question) -> set[str]:
    held = (s for s in review.suggestions if s.held and s.question == question.id)
    return {pick for suggestion in held for pick in suggestion.given.picks}


def settled(review: Review) -> Review:
    """Nobody is ticking the boxes of a question with several options any more."""
    return replace(review, last_picked="")


def without_held(review: Review, question: str) -> Review:
    """A newer answer takes the place of one that was held back."""
    left = tuple(s for s in review.suggestions if not (s.held and s.question == question))
    return replace(review, suggestions=left)


def with_heard(review: Review, pieces: Iterable[Piece], act: Act, source: str) -> Review:
    """What is known already is not added again."""
    known = {(e.text, e.link) for e in review.evidence}
    new = tuple(
        Evidence(p.kind, p.text, p.link, p.on, p.segment, act.by, act.at, act.door, source,
                 act.comment, former=p.former, private_to=p.private_to)
        for p in pieces
        if (p.text, p.link) not in known
    )  # fmt: skip
    return replace(review, evidence=review.evidence + new)
