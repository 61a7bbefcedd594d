"""How a review takes answers: ticks, lines, taking back, not applicable, offers and suggestions.

Each function takes one deed after everything that happened before it, and returns the review as it
is then. None refuses: what cannot be, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from bot.core.acts import (
    Accept,
    AcceptWaiting,
    Act,
    Confirm,
    Found,
    Inapplicable,
    Suggest,
    TakeOver,
    Tell,
    Tick,
    Undo,
    Untell,
    Use,
    Withdraw,
)
from bot.core.answers import Answer, Door, Evidence, Fate
from bot.core.checklist import Kind, Question
from bot.core.grammar import Given, Piece
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.suggestions import Suggestion, kept

Answering = (
    Tick | Tell | Untell | Accept | Inapplicable | Undo | Confirm | Suggest | Use | AcceptWaiting
)  # what needs a question of the checklist


def take_answer(review: Review, deed: Answering, act: Act, source: str = "") -> Review:
    """The review after one deed that answers. `source` names where a text came from, if not here.

    A question or box that the checklist does not know changes nothing.
    """
    if isinstance(deed, Use):
        return _use(review, deed.suggestion, act)
    name = deed.box.partition("=")[0] if isinstance(deed, Tick) else deed.question
    question = review.checklist.question(name)
    if question is None:
        return review
    match deed:
        case Tick():
            return _tick(review, question, deed, act)
        case Tell():
            return _tell(review, question, deed.given, act, source)
        case Untell():
            return _untell(review, question)
        case Accept():
            return _accept(review, question, deed.offer, act)
        case Inapplicable():
            new = _stamped(question, act, (), deed.reason, not_applicable=True)
            return _settled(_with(_without_held(review, question.id), question, new))
        case Undo():
            return _undo(review, question)
        case Confirm():
            return _confirm(review, question, act)
        case Suggest():
            return _suggest(review, deed, act)
        case AcceptWaiting():
            return _accept_waiting(review, question, deed, act)
        case _:
            assert_never(deed)


def _tick(review: Review, question: Question, deed: Tick, act: Act) -> Review:
    option = deed.box.partition("=")[2]
    offered, _, id = option.partition("-")
    if option in {o.id for o in question.options}:
        return _pick(review, question, option, deed.on, act)
    if option == "done":
        return replace(review, last_picked="" if deed.on else review.last_picked)
    if option == "still":
        return _confirm(review, question, act) if deed.on else review
    if offered == "use":
        return _use(review, id, act) if deed.on else review
    if offered == "accept":
        if deed.offer is None:
            return review
        take = _accept if deed.on else _unaccept
        return take(review, question, deed.offer, act)
    return review


def _pick(review: Review, question: Question, option: str, on: bool, act: Act) -> Review:
    """Of a single pick the last tick wins; an untick takes it back, also while it is held."""
    old = review.answer(question.id)
    freed = review
    if on or option in _held_picks(review, question):
        freed = _without_held(review, question.id)
    had = old.picks if old else ()
    asked_again = on and old is not None and bool(old.again)
    if on == (option in had) and not asked_again:
        return freed
    picks = picks_with(question, had, option) if on else tuple(p for p in had if p != option)
    text = line_beside(question, old, picks)
    if not picks and not text:
        return replace(_with(freed, question, None), last_picked=_busy(question))
    source = old.source if old and text else ""  # a pick by hand is nobody's offer
    new = _stamped(question, act, picks, text, source)
    return replace(_with(freed, question, new), last_picked=_busy(question))


def picks_with(question: Question, had: tuple[str, ...], option: str) -> tuple[str, ...]:
    """What is picked once this option is, too: alone, or beside others where several may be."""
    if not question.kind.many:
        return (option,)
    order = {o.id: place for place, o in enumerate(question.options)}
    return tuple(sorted({*had, option}, key=lambda pick: order.get(pick, len(order))))


def _busy(question: Question) -> str:
    """A question with several options stays open while somebody ticks."""
    return question.id if question.kind.many else ""


# -- in words --------------------------------------------------------------------------------------


def _tell(review: Review, question: Question, given: Given, act: Act, source: str = "") -> Review:
    """An answer that was written down. A bare pick leaves the line that stands beside it."""
    freed = _without_held(review, question.id)
    if given.piece is not None:
        return _tell_piece(freed, question, given.piece, act, source)
    old = review.answer(question.id)
    text = given.text
    if question.kind is Kind.PICK_LINE and not text and old and not old.not_applicable:
        text, source = old.text, old.source
    if old and _still_says(old, given.picks, text):
        return _settled(freed)
    new = _stamped(question, act, given.picks, text, source)
    return _settled(_with(freed, question, new))


def _tell_piece(review: Review, question: Question, piece: Piece, act: Act, source: str) -> Review:
    """What was heard joins what is known, and takes the place of an assumption."""
    if piece.kind == "assumed":
        new = _stamped(question, act, ("assumed",), piece.text, source)
        return _settled(_with(review, question, new))
    old = review.answer(question.id)
    assumed = old is not None and (old.picks == ("assumed",) or old.not_applicable or old.again)
    current = _with(review, question, None) if assumed else review
    return _settled(_heard(current, [piece], act, source))


def _untell(review: Review, question: Question) -> Review:
    """Only what the description itself had said goes with its line, also what waits for a yes."""
    answer = review.answer(question.id)
    told = answer is not None and answer.door is Door.DESCRIPTION
    current = _with(review, question, None) if told else review
    left = tuple(
        s
        for s in current.suggestions
        if not (s.held and s.question == question.id and s.door is Door.DESCRIPTION)
    )
    current = replace(current, suggestions=left)
    if question.kind is Kind.EVIDENCE:
        kept_pieces = tuple(e for e in review.evidence if e.door is not Door.DESCRIPTION)
        current = replace(current, evidence=kept_pieces)
    return current


def _undo(review: Review, question: Question) -> Review:
    """For the customer's voice every piece of it goes."""
    voice = question.kind is Kind.EVIDENCE
    current = replace(_without_held(review, question.id), evidence=() if voice else review.evidence)
    return _settled(_with(current, question, None))


def _heard(review: Review, pieces: Iterable[Piece], act: Act, source: str) -> Review:
    """What is known already is not added again."""
    known = {(e.text, e.link) for e in review.evidence}
    new = tuple(
        Evidence(p.kind, p.text, p.link, p.on, p.segment, act.by, act.at, act.door, source,
                 act.comment)
        for p in pieces
        if (p.text, p.link) not in known
    )  # fmt: skip
    return replace(review, evidence=review.evidence + new)


# -- offers of the description ---------------------------------------------------------------------


def _accept(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """What is too short to be an answer is not taken."""
    if offer.too_short:
        return review
    if question.kind is Kind.EVIDENCE:
        return _accept_voice(review, question, offer, act)
    old = review.answer(question.id)
    freed = _without_held(review, question.id)
    picks = (old.picks if old else ()) or offer.picks
    if old and _still_says(old, picks, offer.text):
        return _settled(freed)
    new = _stamped(question, act, picks, offer.text, offer.source)
    return _settled(_with(freed, question, new))


def _accept_voice(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """What does not say how it was heard is of the kind that was ticked; beside "assumed" it is no
    evidence but the line that belongs to the assumption."""
    old = review.answer(question.id)
    ticked = old.picks[0] if old and old.picks else "signal"
    current = _without_held(review, question.id)
    if old and (old.not_applicable or old.again):
        current = _with(current, question, None)
    plan = next((p for p in offer.pieces if not p.kind), None)
    if ticked == "assumed" and plan:
        new = _stamped(question, act, ("assumed",), plan.text, offer.source)
        current = _with(current, question, new)
    pieces = [replace(p, kind=p.kind or ticked) for p in offer.pieces]
    heard = [p for p in pieces if p.kind != "assumed"]
    return _settled(_heard(current, heard, act, offer.source))


def accepted(review: Review, question: Question, offer: Prefill) -> bool:
    """Whether just this offer was accepted, not an earlier one."""
    answer = review.answer(question.id)
    if question.kind is Kind.EVIDENCE:
        known = {piece.text for piece in review.evidence} | {answer.text if answer else ""}
        return bool(offer.pieces) and all(piece.text in known for piece in offer.pieces)
    if answer is None or answer.source != offer.source or answer.not_applicable:
        return False
    return answer.text == offer.text if offer.text else answer.picks == offer.picks


def _unaccept(review: Review, question: Question, offer: Prefill, act: Act) -> Review:
    """Take an accepted offer back, just that one; what was picked by hand beside its line stays."""
    if question.kind is Kind.EVIDENCE:
        pieces = tuple(e for e in review.evidence if e.source != offer.source)
        review = replace(review, evidence=pieces)
    old = review.answer(question.id)
    offered = {offer.text, *(piece.text for piece in offer.pieces)}
    if old is None or old.source != offer.source or old.text not in offered:
        return review
    bare = _stamped(question, act, old.picks) if old.picks and old.text else None
    return _settled(_with(review, question, bare))


# -- asked again, suggested, taken over ------------------------------------------------------------


def ask_again(review: Review, deed: Found) -> Review:
    """Ask again what depends on a new rule and is answered, naming what is new."""
    answers = tuple(
        replace(a, again=deed.news) if a.question in deed.questions else a for a in review.answers
    )
    return replace(review, answers=answers)


def _confirm(review: Review, question: Question, act: Act) -> Review:
    old = review.answer(question.id)
    if old is None or not old.again:
        return review
    new = replace(
        old, again="", by=act.by, at=act.at, door=act.door, comment=act.comment, fate=Fate.STANDS
    )
    return _settled(_with(review, question, new))


def _suggest(review: Review, deed: Suggest, act: Act) -> Review:
    said = (deed.question, deed.given, act.by, act.at, act.door, deed.held, act.comment)
    known = _settled(_without_held(review, deed.question)) if deed.held else review
    return replace(known, suggestions=kept(known.suggestions, Suggestion(*said)))


def _use(review: Review, id: str, act: Act) -> Review:
    """The answer is that of the person who accepts it; an unknown suggestion is passed over."""
    found = next((s for s in review.suggestions if s.id == id), None)
    question = review.checklist.question(found.question) if found else None
    if found is None or question is None:
        return review
    others = tuple(s for s in review.suggestions if s is not found)
    source = "" if found.held else f"suggested by {found.by.login}"
    return _tell(replace(review, suggestions=others), question, found.given, act, source)


def waits(
    review: Review, question: Question, offer: Prefill | None
) -> Use | Confirm | Accept | None:
    """What `/impact accept` would take: an answer that was held back, what is asked again, what the
    description offers, a suggestion; in this order. None where nothing waits for a yes."""
    waiting = [s for s in review.suggestions if s.question == question.id]
    held = next((s for s in waiting if s.held), None)
    answer = review.answer(question.id)
    if held:
        return Use(held.id)
    if answer and answer.again:
        return Confirm(question.id)
    if offer and not offer.too_short and not (waiting and accepted(review, question, offer)):
        return Accept(question.id, offer)
    return Use(waiting[-1].id) if waiting else None


def _accept_waiting(review: Review, question: Question, deed: AcceptWaiting, act: Act) -> Review:
    found = waits(review, question, deed.offer)
    return take_answer(review, found, act) if found else review


def take_over(review: Review, deed: TakeOver, act: Act) -> Review:
    """Answers of another pull request as they were; what was said here stays. Those of the record
    itself, from before acts were kept, are all that was answered then."""
    if not deed.source:
        return replace(review, answers=deed.answers, evidence=deed.evidence)
    here = {a.question for a in review.answers}
    heard = {(e.text, e.link) for e in review.evidence}
    answers = [a for a in deed.answers if a.question not in here]
    evidence = [e for e in deed.evidence if (e.text, e.link) not in heard]
    taken = [replace(a, door=act.door, source=deed.source) for a in answers]
    pieces = [replace(e, door=act.door, source=deed.source) for e in evidence]
    return replace(
        review,
        answers=(*review.answers, *taken),
        evidence=(*review.evidence, *pieces),
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


# -- small pieces ----------------------------------------------------------------------------------


def _stamped(
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


def _still_says(old: Answer, picks: tuple[str, ...], text: str) -> bool:
    """The answer that counts says just this already: it stays with who gave it."""
    return not (old.again or old.not_applicable) and (old.picks, old.text) == (picks, text)


def line_beside(question: Question, old: Answer | None, picks: tuple[str, ...]) -> str:
    """The line that stays where these are picked. What was assumed is no line of what was heard."""
    if old is None or old.not_applicable:
        return ""
    return "" if question.kind is Kind.EVIDENCE and picks != old.picks else old.text


def _held_picks(review: Review, question: Question) -> set[str]:
    held = (s for s in review.suggestions if s.held and s.question == question.id)
    return {pick for suggestion in held for pick in suggestion.given.picks}


def _with(review: Review, question: Question, answer: Answer | None) -> Review:
    """The review with this answer in the place of the one before; None takes it away."""
    others = tuple(a for a in review.answers if a.question != question.id)
    return replace(review, answers=others + ((answer,) if answer else ()))


def _settled(review: Review) -> Review:
    """Nobody is ticking the boxes of a question with several options any more."""
    return replace(review, last_picked="")


def _without_held(review: Review, question: str) -> Review:
    """A newer answer takes the place of one that was held back."""
    left = tuple(s for s in review.suggestions if not (s.held and s.question == question))
    return replace(review, suggestions=left)
