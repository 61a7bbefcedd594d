"""What a command comes to: deeds on the record, a reply, or one sentence why not."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core import commands as c
from bot.core.acts import (
    Accept,
    Confirm,
    Deed,
    Inapplicable,
    Judge,
    Pause,
    Resume,
    Suggest,
    Tell,
    Undo,
    Use,
    Waive,
)
from bot.core.answering import accepted
from bot.core.answers import is_text
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.rulings import Ruled, Sample
from bot.core.tier import Tier
from bot.core.tiering import held_back, seen_rules
from bot.core.waivers import ALL, PAUSE, holding
from bot.errors import UserError

READING = c.Help | c.Status | c.Recheck  # they change nothing on the record


def needs_reviewer(review: Review, command: c.Command) -> bool:
    """Whether this lets something go, which takes a reviewer who is not the author."""
    if isinstance(command, c.TierTo):
        return command.tier < review.tier or (command.tier == review.tier and _awaited(review))
    return isinstance(command, c.WaiveFor | c.PauseFor)


def suggested(command: c.Command) -> Deed | None:
    """What remains of a command of somebody who may not answer: an answer, kept to be accepted."""
    if isinstance(command, c.AnswerGiven):
        return Suggest(command.question, command.given)
    return None


@dataclass(frozen=True, slots=True)
class Draw:
    """Whether an attestation made now is put before a reviewer: decided by lot, not by us."""

    drawn: bool


def decide(review: Review, command: c.Command, who: Who, draw: Draw) -> Deed:
    """The deed that a command of somebody who may answer comes to. Raises UserError, which says
    what to do instead."""
    if needs_reviewer(review, command):
        _refuse_unless_reviewer(who)
    match command:
        case c.AnswerGiven():
            _refuse_unless_asked(review)
            return held_back(review, Tell(command.question, command.given))
        case c.NotApplicable():
            _refuse_unless_asked(review)
            _refuse_thin(review, command.reason, "why the question does not apply")
            return Inapplicable(command.question, command.reason)
        case c.UndoAnswer():
            return _undo(review, command.question)
        case c.Attest():
            return _attest(review, command.reason, draw)
        case c.TierTo():
            return _tier(review, command, who)
        case c.WaiveFor():
            return _waive(review, command, who)
        case c.AcceptOffer():
            return held_back(review, _accept(review, command.question))
        case c.PauseFor():
            _refuse_thin(review, command.reason, "why")
            return Pause(command.reason, who.open_to_all)
        case c.Resume():
            return _resume(review)
    raise AssertionError(command)


def _refuse_unless_asked(review: Review) -> None:
    if review.tier is Tier.R0 or review.spared:
        tier = max(Tier.R1, review.tier)
        raise UserError(
            "Nothing is asked on this pull request. To have it asked: "
            f"`/impact tier {tier} customers will notice, because …`"
        )


def _refuse_unless_reviewer(who: Who) -> None:
    if who.is_author:
        raise UserError(
            "That is for a reviewer, and never for the author of the pull request. "
            "Ask somebody else to write the same line."
        )
    if not who.reviews:
        raise UserError(
            "That is for a reviewer; `reviewers` in `organisation.yaml` names them. "
            "Ask one of them to write the same line."
        )


def _refuse_thin(review: Review, reason: str, what: str) -> None:
    least = review.thresholds.not_applicable_characters
    if not is_text(reason, least):
        raise UserError(f"Please say {what}, in {least} characters or more.")


def _undo(review: Review, question: str) -> Deed:
    found = review.checklist.question(question)
    voice = found is not None and found.kind == "evidence"
    held = any(s.held and s.question == question for s in review.suggestions)
    if review.answer(question) or held or (voice and review.evidence):
        return Undo(question)
    raise UserError(f"There is no answer to `{question}` that could be taken back.")


def _attest(review: Review, reason: str, draw: Draw) -> Deed:
    _refuse_thin(review, reason, "in one line why no customer will notice")
    if review.tier is Tier.R0:
        raise UserError("It is R0 already: nothing is asked.")
    if review.tier is not Tier.R1:
        raise UserError(
            f"This is {review.tier}, which only a reviewer lowers: `/impact tier R1 <reason>`"
        )
    sample = Sample.WAITING if draw.drawn else Sample.NOT_DRAWN
    return Judge(Ruled.ATTESTED, Tier.R0, reason, seen_rules(review), sample)


def _tier(review: Review, command: c.TierTo, who: Who) -> Deed:
    # Nobody was asked so far, so the same tier asks for more.
    asks = bool(review.spared) and command.tier == review.tier > Tier.R0
    if command.tier == review.tier and not (asks or _awaited(review)):
        raise UserError(f"It is {review.tier} already.")
    _refuse_thin(review, command.reason, "why")
    raised = command.tier > review.tier or asks
    ruled = Ruled.RAISED if raised else Ruled.LOWERED
    rules = () if raised else seen_rules(review)
    open_to_all = who.open_to_all and not raised
    return Judge(ruled, command.tier, command.reason, rules, open_to_all=open_to_all)


def _awaited(review: Review) -> bool:
    """An attestation was drawn and waits for a reviewer to say whether it was right."""
    return any(r.sample is Sample.WAITING and not r.ended for r in review.rulings)


def _waive(review: Review, command: c.WaiveFor, who: Who) -> Deed:
    _refuse_unless_asked(review)
    _refuse_thin(review, command.reason, "why this may wait")
    asked = {question.id for question, _ in review.asked}
    if command.scope != ALL and command.scope not in asked:
        raise UserError(f"`{command.scope}` is not asked here, so there is nothing to waive.")
    return Waive(command.scope, command.until, command.reason, who.open_to_all)


def _accept(review: Review, question: str) -> Deed:
    """What waits to be accepted: an answer that was held back, what is asked again, what the
    description says and is not the answer yet, a suggestion; in this order."""
    waiting = [s for s in review.suggestions if s.question == question]
    held = next((s for s in waiting if s.held), None)
    if held:
        return Use(held.id)
    answer, offer = review.answer(question), review.prefill(question)
    if answer and answer.again:
        return Confirm(question)
    asked = review.checklist.question(question)
    taken = bool(asked and offer and accepted(review, asked, offer))
    if offer and not offer.too_short and not (taken and waiting):
        return Accept(question, offer)
    if waiting:
        return Use(waiting[-1].id)
    raise UserError(f"There is nothing to accept for `{question}`: nobody has offered an answer.")


def _resume(review: Review) -> Deed:
    if holding(review.waivers, PAUSE) is None:
        raise UserError("The bot is not paused here.")
    return Resume()
