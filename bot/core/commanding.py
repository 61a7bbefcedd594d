"""What a command comes to: deeds on the record, a reply, or one sentence why not."""

from __future__ import annotations

from bot.core import commands as c
from bot.core.acts import (
    Accept,
    AcceptWaiting,
    Deed,
    Inapplicable,
    Judge,
    Pause,
    Refuse,
    Resume,
    Suggest,
    Tell,
    Undo,
    Waive,
)
from bot.core.answering import waits
from bot.core.answers import is_text
from bot.core.checklist import Kind
from bot.core.grammar import example
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.rulings import Ruled, Sample, standing_ruling
from bot.core.tier import Tier
from bot.core.tiering import held_back, seen_rules
from bot.core.waivers import ALL, PAUSE, holding
from bot.errors import UserError


def may_need_reviewer(command: c.Command) -> bool:
    """Whether it may matter that somebody is a reviewer, whatever the tier is by then."""
    return isinstance(command, c.TierTo | c.WaiveFor | c.PauseFor)


def needs_reviewer(review: Review, command: c.Command) -> bool:
    """Whether this lets something go, which takes a reviewer who is not the author."""
    if isinstance(command, c.TierTo):
        return command.tier < review.tier or (command.tier == review.tier and _awaited(review))
    return isinstance(command, c.WaiveFor | c.PauseFor)


def suggested(command: c.Command) -> Suggest | None:
    """What remains of a command of somebody who may not answer: an answer, kept to be accepted."""
    if isinstance(command, c.AnswerGiven):
        return Suggest(command.question, command.given)
    return None


class OnlyKept(UserError):
    """It does nothing as things stand, and is kept all the same: what somebody did before may still
    be on its way to us."""

    def __init__(self, message: str, deed: Deed) -> None:
        super().__init__(message)
        self.deed = deed


def decide(review: Review, command: c.Command, who: Who, drawn: bool) -> Deed:
    """The deed that a command of somebody who may answer comes to. Raises UserError, which says
    what to do instead.

    `drawn`: an attestation of this review is put before a reviewer, by lot.
    """
    if needs_reviewer(review, command):
        _refuse_unless_reviewer(who, command, review.tier)
    match command:
        case c.AnswerGiven():
            _refuse_empty_words(review, command)
            deed = held_back(review, Tell(command.question, command.given))
            return _only_kept_unless_asked(review, deed)
        case c.NotApplicable():
            _refuse_thin(review, command.reason, "why the question does not apply")
            deed = Inapplicable(command.question, command.reason)
            return _only_kept_unless_asked(review, deed)
        case c.UndoAnswer():
            return _undo(review, command.question)
        case c.Attest():
            return _attest(review, command.reason, who, drawn)
        case c.TierTo():
            return _tier(review, command, who)
        case c.WaiveFor():
            return _waive(review, command, who)
        case c.AcceptOffer():
            return _accept(review, command.question)
        case c.RejectDraft():
            return _reject(review, command.question)
        case c.PauseFor():
            _refuse_thin(review, command.reason, "why")
            return Pause(command.reason, who.open_to_all)
        case c.Resume():
            return _resume(review)
    raise AssertionError(command)


def _refuse_empty_words(review: Review, command: c.AnswerGiven) -> None:
    """A line that says too little would take the place of one that says something."""
    question, given = review.checklist.question(command.question), command.given
    if question is None or given.picks or question.kind not in (Kind.LINE, Kind.SEGMENTS):
        return
    limits, named = review.thresholds, question.kind is Kind.SEGMENTS
    least = limits.segment_characters if named else limits.text_characters
    if not is_text(given.text, least):
        what = "name the group" if named else "say it"
        raise UserError(
            f"`{question.id}`: please {what} in {least} characters or more. "
            f"Example: `/impact {question.id}: {example(question)}`"
        )


def _asked(review: Review) -> bool:
    return review.tier is not Tier.R0 and not review.spared


def _nothing_asked(review: Review) -> str:
    tier = max(Tier.R1, review.tier)
    return (
        "Nothing is asked on this pull request. To have it asked: "
        f"`/impact tier {tier} customers will notice, because …`"
    )


def _only_kept_unless_asked(review: Review, deed: Deed) -> Deed:
    if not _asked(review):
        raise OnlyKept(_nothing_asked(review), deed)
    return deed


def _refuse_unless_reviewer(who: Who, command: c.Command, tier: Tier) -> None:
    to_nothing = isinstance(command, c.TierTo) and command.tier is Tier.R0 and tier is Tier.R1
    if who.is_author and to_nothing:
        raise UserError(
            "That is for a reviewer, and never for the author of the pull request. "
            "You can say that no customer will notice: `/impact none <reason>`"
        )
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
    raise OnlyKept(f"There is no answer to `{question}` that could be taken back.", Undo(question))


def _attest(review: Review, reason: str, who: Who, drawn: bool) -> Deed:
    _refuse_thin(review, reason, "in one line why no customer will notice")
    if review.tier is Tier.R0:
        raise UserError("It is R0 already: nothing is asked.")
    if review.tier is not Tier.R1:
        raise UserError(
            f"This is {review.tier}, which only a reviewer lowers: `/impact tier R1 <reason>`"
        )
    raised = standing_ruling(review.rulings, Ruled.RAISED)
    if raised is not None and raised.by.id != who.actor.id:
        raise UserError(
            f"{raised.by.login} asked for more here, so only a reviewer asks for less: "
            "`/impact tier R0 <reason>`"
        )
    sample = Sample.WAITING if drawn else Sample.NOT_DRAWN
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
    if not _asked(review):
        raise UserError(_nothing_asked(review))
    _refuse_thin(review, command.reason, "why this may wait")
    asked = {question.id for question, _ in review.asked}
    if command.scope != ALL and command.scope not in asked:
        raise UserError(f"`{command.scope}` is not asked here, so there is nothing to waive.")
    return Waive(command.scope, command.until, command.reason, who.open_to_all)


def _accept(review: Review, question: str) -> Deed:
    asked = review.checklist.question(question)
    offer = review.prefill(question) or review.draft(question)
    found = waits(review, asked, offer) if asked else None
    deed = AcceptWaiting(question, offer)
    if found is None:
        text = f"There is nothing to accept for `{question}`: nobody has offered an answer."
        raise OnlyKept(text, deed)
    return held_back(review, found) if isinstance(found, Accept) else deed


def _reject(review: Review, question: str) -> Deed:
    draft = review.draft(question)
    if draft is None:
        raise UserError(f"There is no draft for `{question}` to reject.")
    return Refuse(question, draft.digest)


def _resume(review: Review) -> Deed:
    if holding(review.waivers, PAUSE) is None:
        raise OnlyKept("The bot is not paused here.", Resume())
    return Resume()
