"""Somebody answers a question on the page: read, looked at beside what others said, on record."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.acts import Accept, Act, Confirm, Deed, Inapplicable, Refuse, Suggest, Undo
from bot.core.answers import Door, is_text
from bot.core.checklist import Need, Question
from bot.core.replay import then
from bot.core.review import Review
from bot.core.roles import User
from bot.core.tiering import consequence, held_back
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.pages.rights import rights
from bot.flows.record import record
from bot.flows.world import World
from bot.store import reviews
from bot.views import words
from bot.views.forms.wizard_read import Wrong, deeds


class Way(enum.StrEnum):
    """What a button of a question does."""

    SAVE = "save"
    ACCEPT = "accept"  # what the description offers, or the offer that is named
    REFUSE = "refuse"  # a draft
    CONFIRM = "confirm"  # what was asked again still holds
    UNDO = "undo"
    NOT_HERE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent for one question. `values` are its fields, as the windows of Slack have them.

    `seen` is the digest of the answer that the person had before them; `mine`: theirs goes on
    record although somebody else answered meanwhile; `agreed`: also where it asks for more.
    """

    question: str
    way: Way
    values: Mapping[str, object]
    seen: str
    reason: str = ""
    offer: str = ""
    mine: bool = False
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the review as it is now, and what to tell. `errors` are by field; `conflict`
    and `raises` wait for a yes, and nothing is on record yet; `seen` is then what they had before
    them, so that it is asked until they choose."""

    review: Review
    saved: bool = False
    errors: Mapping[str, str] | None = None
    conflict: bool = False
    raises: str = ""
    seen: str = ""


def digest(review: Review, question: str) -> str:
    """What tells one state of an answer from another."""
    answer = review.answer(question)
    said = (answer.picks, answer.text, answer.not_applicable, answer.again) if answer else None
    pieces = len(review.evidence) if question == "voice" else 0
    return hashlib.sha256(repr((said, pieces)).encode()).hexdigest()[:12]


def take_answer(world: World, user: User, review: Review, sent: Sent, id: str) -> Outcome:
    """Put one answer on record, once per `id`. Raises UserError for who may not answer."""
    if not rights(world, user, review).answers:
        raise UserError(
            "Only its author, people with write access and reviewers can answer this one."
        )
    asked = next(((q, need) for q, need in review.asked if q.id == sent.question), None)
    if asked is None:
        raise UserError("That question is not asked here any more. Load the page again.")
    try:
        made = _deeds(review, *asked, sent)
    except Wrong as wrong:
        return Outcome(review, errors={wrong.block: wrong.text})
    if not made:
        return Outcome(review, saved=True)
    if sent.seen != digest(review, sent.question) and not sent.mine:
        return Outcome(review, conflict=True, seen=sent.seen)
    held = held_back(review, made[0])
    if isinstance(held, Suggest) and not sent.agreed:
        return Outcome(review, raises=_raises(review, user, held, world))
    act = Act(key("page", id), user.actor, world.clock(), Door.PAGE, tuple(made))
    record(world, review, [act])
    with world.store.read() as connection:
        return Outcome(reviews.by_id(connection, review.id) or review, saved=True)


def _deeds(review: Review, question: Question, need: Need, sent: Sent) -> list[Deed]:
    match sent.way:
        case Way.SAVE:
            return deeds(review, question, need, sent.values)
        case Way.ACCEPT:
            named = review.offer(question.id, sent.offer) if sent.offer else None
            offer = named or review.prefill(question.id)
            if offer is None or (sent.offer and named is None):
                raise Wrong(question.id, "That is not offered any more.")
            return [Accept(question.id, offer)]
        case Way.REFUSE:
            return [Refuse(question.id, sent.offer)]
        case Way.CONFIRM:
            return [Confirm(question.id)]
        case Way.UNDO:
            return [Undo(question.id)]
    least = review.thresholds.not_applicable_characters
    if not is_text(sent.reason, least):
        raise Wrong(question.id, f"Please say why it does not apply, in {least} characters.")
    return [Inapplicable(question.id, sent.reason)]


def _raises(review: Review, user: User, held: Suggest, world: World) -> str:
    """What an answer that asks for more would ask."""
    act = Act("", user.actor, world.clock(), Door.PAGE, (held,))
    kept = then(review, held, act)
    waits = next(s for s in kept.suggestions if s.held and s.question == held.question)
    tier, added = consequence(kept, waits)
    more = f" and asks {words.count(len(added), 'more question')}" if added else ""
    named = f": {words.names([q.short for q in added])}" if added else ""
    return f"This answer makes it {tier}{more}{named}."
