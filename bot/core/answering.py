"""How a review takes answers: ticks, lines, taking back, not applicable, offers and suggestions.

Each function takes one deed after everything that happened before it, and returns the review as it
is then. None refuses: what cannot be, changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.core.acts import (
    Accept,
    AcceptWaiting,
    Act,
    Confirm,
    Inapplicable,
    Suggest,
    Tell,
    Tick,
    Undo,
    Untell,
    Use,
)
from bot.core.amending import (
    held_picks,
    line_beside,
    settled,
    stamped,
    still_says,
    with_answer,
    with_heard,
    without_held,
)
from bot.core.answers import Door, Fate
from bot.core.checklist import Kind, Question
from bot.core.grammar import Given, Piece
from bot.core.offers import accept, accepted, unaccept
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
            return accept(review, question, deed.offer, act)
        case Inapplicable():
            new = stamped(question, act, (), deed.reason, not_applicable=True)
            return settled(with_answer(without_held(review, question.id), question, new))
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
        take = accept if deed.on else unaccept
        return take(review, question, deed.offer, act)
    return review


def _pick(review: Review, question: Question, option: str, on: bool, act: Act) -> Review:
    """Of a single pick the last tick wins; an untick takes it back, also while it is held."""
    old = review.answer(question.id)
    freed = review
    if on or option in held_picks(review, question):
        freed = without_held(review, question.id)
    had = old.picks if old else ()
    asked_again = on and old is not None and bool(old.again)
    if on == (option in had) and not asked_again:
        return freed
    picks = picks_with(question, had, option) if on else tuple(p for p in had if p != option)
    text = line_beside(question, old, picks)
    if not picks and not text:
        return replace(with_answer(freed, question, None), last_picked=_busy(question))
    source = old.source if old and text else ""  # a pick by hand is nobody's offer
    new = stamped(question, act, picks, text, source)
    return replace(with_answer(freed, question, new), last_picked=_busy(question))


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
    freed = without_held(review, question.id)
    if given.piece is not None:
        return _tell_piece(freed, question, given.piece, act, source)
    old = review.answer(question.id)
    text = given.text
    if question.kind is Kind.PICK_LINE and not text and old and not old.not_applicable:
        text, source = old.text, old.source
    if old and still_says(old, given.picks, text):
        return settled(freed)
    new = stamped(question, act, given.picks, text, source)
    return settled(with_answer(freed, question, new))


def _tell_piece(review: Review, question: Question, piece: Piece, act: Act, source: str) -> Review:
    """What was heard joins what is known, and takes the place of an assumption."""
    if piece.kind == "assumed":
        new = stamped(question, act, ("assumed",), piece.text, source)
        return settled(with_answer(review, question, new))
    old = review.answer(question.id)
    assumed = old is not None and (old.picks == ("assumed",) or old.not_applicable or old.again)
    current = with_answer(review, question, None) if assumed else review
    return settled(with_heard(current, [piece], act, source))


def _untell(review: Review, question: Question) -> Review:
    """Only what the description itself had said goes with its line, also what waits for a yes."""
    answer = review.answer(question.id)
    told = answer is not None and answer.door is Door.DESCRIPTION
    current = with_answer(review, question, None) if told else review
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
    current = replace(without_held(review, question.id), evidence=() if voice else review.evidence)
    return settled(with_answer(current, question, None))


# -- asked again, suggested -----------------------------------------------------------------------


def _confirm(review: Review, question: Question, act: Act) -> Review:
    old = review.answer(question.id)
    if old is None or not old.again:
        return review
    new = replace(
        old, again="", by=act.by, at=act.at, door=act.door, comment=act.comment, fate=Fate.STANDS
    )
    return settled(with_answer(review, question, new))


def _suggest(review: Review, deed: Suggest, act: Act) -> Review:
    said = (deed.question, deed.given, act.by, act.at, act.door, deed.held, act.comment)
    known = settled(without_held(review, deed.question)) if deed.held else review
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
