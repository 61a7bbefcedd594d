"""How many questions a review asks: rules and answers raise, people raise, reviewers lower."""

from __future__ import annotations

from dataclasses import replace

from bot.core.acts import Accept, Act, Deed, Found, Judge, Suggest, Tell, Tick
from bot.core.amending import line_beside
from bot.core.answering import picks_with, take_answer
from bot.core.answers import Door
from bot.core.checklist import Kind, Question
from bot.core.facts import NOBODY
from bot.core.grammar import Given
from bot.core.missing import required
from bot.core.review import Review
from bot.core.rulings import Ruled, Ruling, Sample, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier

MOST_NEWS = 2  # reasons that are named where a question is asked again


def judge(review: Review, deed: Judge, act: Act) -> Review:
    """A raise ends what asks less; a lowering ends what asks more. What ended stays on record."""
    new = Ruling(
        deed.ruled, deed.tier, deed.reason, act.by, act.at, act.door, deed.rules, deed.sample,
        open_to_all=deed.open_to_all, comment=act.comment,
    )  # fmt: skip
    others = tuple(_after(old, new) for old in review.rulings)
    return replace(review, rulings=(*others, new))


def _after(old: Ruling, new: Ruling) -> Ruling:
    """An earlier ruling once a later one was made; a drawn attestation is right or wrong then."""
    sample = old.sample
    if sample is Sample.WAITING and not old.ended and new.by.id != old.by.id:
        sample = Sample.WRONG if new.ruled is Ruled.RAISED else Sample.RIGHT
    overruled = old.lowers or new.lowers
    confirmed = old.ruled is Ruled.ATTESTED and new.ruled is Ruled.LOWERED and new.tier is Tier.R0
    return replace(old, sample=sample, ended=old.ended or (overruled and not confirmed))


def found(review: Review, deed: Found) -> Review:
    """A lowering or attestation is bound to the rules that it saw; a new one ends it."""
    return replace(review, rulings=_bound(review.rulings, set(deed.rules)))


def retiered(review: Review) -> Review:
    """The review with the tier that rules, answers and people make together.

    A lowering or an attestation is bound to the rules and raising answers that it saw.
    """
    matching = {r.rule for r in review.reasons if r.tier > Tier.R0} | set(raising_answers(review))
    rulings = _bound(review.rulings, matching)
    lowering = standing_ruling(rulings, Ruled.LOWERED, Ruled.ATTESTED)
    tier = max(review.triaged, _by_answers(review), _by_people(rulings))
    if lowering is not None:
        tier = min(tier, lowering.tier)
    return replace(review, rulings=rulings, tier=tier)


def _bound(rulings: tuple[Ruling, ...], matching: set[str]) -> tuple[Ruling, ...]:
    """The rulings, with each lowering and attestation ended that has not seen all that matches."""
    return tuple(
        replace(r, ended=True) if r.lowers and not matching <= set(r.rules) else r for r in rulings
    )


def seen_rules(review: Review) -> tuple[str, ...]:
    """What matches now: trigger rules and raising answers, for a ruling to be bound to."""
    return (*sorted({r.rule for r in review.reasons}), *raising_answers(review))


def raising_answers(review: Review) -> tuple[str, ...]:
    """The answers that ask for more than the rules do, as "answer:effect=worse", sorted."""
    return tuple(
        sorted(
            f"answer:{question.id}={pick}"
            for question, pick in _picked(review)
            if question.raised((pick,), review.triaged) > review.triaged
        )
    )


def _by_answers(review: Review) -> Tier:
    tiers = (question.raised((pick,), review.triaged) for question, pick in _picked(review))
    return max(tiers, default=review.triaged)


def _by_people(rulings: tuple[Ruling, ...]) -> Tier:
    raised = (r.tier for r in rulings if r.ruled is Ruled.RAISED and not r.ended)
    return max(raised, default=Tier.R0)


def _picked(review: Review) -> list[tuple[Question, str]]:
    found = ((review.checklist.question(a.question), a) for a in review.answers)
    return [(question, pick) for question, a in found if question for pick in a.picks]


# -- saying so before it counts --------------------------------------------------------------------


def held_back(review: Review, deed: Deed) -> Deed:
    """The deed as it may count: an answer that would raise the tier waits until somebody agrees.

    `review` is the one that the person looked at.
    """
    match deed:
        case Tick(on=True) | Tell() | Accept():
            answer = _answer_of(review, deed)
        case _:
            return deed
    if answer is None or _counted(review, deed).tier <= review.tier:
        return deed
    question, given = answer
    return Suggest(question.id, given, held=True)


def released(review: Review) -> Review:
    """What was held back and asks for no more than is asked by now counts, as the answer of who
    gave it."""
    for held in [s for s in review.suggestions if s.held]:
        deed = Tell(held.question, held.given)
        act = Act("", held.by, held.at, held.door, (deed,), comment=held.comment)
        counted = retiered(take_answer(review, deed, act))
        if counted.tier <= review.tier:
            review = replace(counted, last_picked=review.last_picked)
    return review


def _counted(review: Review, deed: Tick | Tell | Accept) -> Review:
    """The review if this counted."""
    act = Act("", NOBODY, review.opened_at, Door.RECORD, (deed,))
    return retiered(take_answer(review, deed, act))


def _answer_of(review: Review, deed: Tick | Tell | Accept) -> tuple[Question, Given] | None:
    """What a deed answers; None for a box that is no option."""
    name, _, option = deed.box.partition("=") if isinstance(deed, Tick) else (deed.question, "", "")
    question = review.checklist.question(name)
    if question is None:
        return None
    if isinstance(deed, Tell):
        return question, deed.given
    old, offer = review.answer(question.id), deed.offer
    had = old.picks if old else ()
    if isinstance(deed, Tick) and option in {o.id for o in question.options}:
        picks = picks_with(question, had, option)
        # A bare pick leaves the line that stands beside it, so that need not be said again.
        line = "" if question.kind is Kind.PICK_LINE else line_beside(question, old, picks)
        return question, Given(picks, line)
    if offer is None:
        return None
    return question, Given(had or offer.picks, offer.text)


# -- what is new -----------------------------------------------------------------------------------


def news(old: Review, new: Review) -> Found | None:
    """The rules that match now and did not before, if anybody has said anything that they concern.

    `new` is the review with today's rules, before they are asked about anything.
    """
    known = {reason.rule for reason in old.reasons}
    matched = [r for r in new.reasons if r.rule not in known and r.tier > Tier.R0]
    if not matched or not (old.answers or old.evidence or old.rulings):
        return None
    highest = max(reason.tier for reason in matched)
    depending = tuple(
        question.id
        for question in new.checklist.all_questions()
        if question.again and Tier[question.again] <= highest and old.answer(question.id)
    )
    text = "; ".join(reason.text for reason in matched[:MOST_NEWS])
    return Found(tuple(sorted(reason.rule for reason in matched)), depending, text)


def consequence(review: Review, held: Suggestion) -> tuple[Tier, list[Question]]:
    """What an answer that waits would do: the tier, and the questions that it adds."""
    then = _counted(review, Tell(held.question, held.given))
    now = {question.id for question, _ in required(review)}
    return then.tier, [question for question, _ in required(then) if question.id not in now]
