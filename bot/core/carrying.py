"""What happens to answers that are there: asked again, taken over, their comment gone."""

from __future__ import annotations

from dataclasses import replace

from bot.core.acts import Act, Found, TakeOver, Withdraw
from bot.core.answers import Answer, Door, Evidence, Fate
from bot.core.checklist import Kind
from bot.core.review import Review


def ask_again(review: Review, deed: Found) -> Review:
    """Ask again what depends on a new rule and is answered, naming what is new."""
    answers = tuple(
        replace(a, again=deed.news) if a.question in deed.questions else a for a in review.answers
    )
    return replace(review, answers=answers)


def take_over(review: Review, deed: TakeOver, act: Act) -> Review:
    """Answers from elsewhere as they were; what was said here stays. Those of the record
    itself, from before acts were kept, are all that was answered then."""
    if not deed.source:
        return replace(review, answers=deed.answers, evidence=deed.evidence)
    own, said = _without_earlier(review, deed, act)
    here = {a.question for a in own}
    heard = {(e.text, e.link) for e in said}
    answers = [a for a in deed.answers if a.question not in here]
    evidence = [e for e in deed.evidence if e.withheld or (e.text, e.link) not in heard]
    taken = [replace(a, door=act.door, source=deed.source) for a in answers]
    pieces = [replace(e, door=act.door, source=deed.source) for e in evidence]
    return replace(review, answers=(*own, *taken), evidence=(*said, *pieces))


def _without_earlier(
    review: Review, deed: TakeOver, act: Act
) -> tuple[tuple[Answer, ...], tuple[Evidence, ...]]:
    """What a proposal says now takes the place of what it said before."""
    if act.door is not Door.PROPOSAL:
        return review.answers, review.evidence
    of_it = (act.door, deed.source)
    return (
        tuple(a for a in review.answers if (a.door, a.source) != of_it),
        tuple(e for e in review.evidence if (e.door, e.source) != of_it),
    )


def withdraw(review: Review, deed: Withdraw) -> Review:
    """What was said in a comment stays, marked; what only was suggested there goes with it."""
    fate = Fate.DELETED if deed.deleted else Fate.EDITED

    def meant(question: str, comment: int | None) -> bool:
        return comment == deed.comment and (deed.deleted or question in deed.questions)

    voice = {q.id for q in review.checklist.all_questions() if q.kind is Kind.EVIDENCE}
    about_voice = bool(voice & set(deed.questions))
    return replace(
        review,
        answers=tuple(
            replace(a, fate=fate) if meant(a.question, a.comment) else a for a in review.answers
        ),
        evidence=tuple(
            replace(e, fate=fate)
            if e.comment == deed.comment and (deed.deleted or about_voice)
            else e
            for e in review.evidence
        ),
        suggestions=tuple(s for s in review.suggestions if not meant(s.question, s.comment)),
        waivers=tuple(
            replace(w, fate=fate) if deed.deleted and w.comment == deed.comment else w
            for w in review.waivers
        ),
        rulings=tuple(
            replace(r, fate=fate) if deed.deleted and r.comment == deed.comment else r
            for r in review.rulings
        ),
    )
