"""Consents, the decision, and what state they bring a proposal to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.course import Resolution, Stance
from bot.core.course_deeds import (
    AskReviewer,
    Assign,
    Decide,
    Dismiss,
    GiveConsent,
    Reinstate,
    SetDue,
)
from bot.core.deciding import consents_missing, consents_needed, counted, owner
from bot.core.facts import Actor
from bot.core.gate import Gate, standing
from bot.core.replay import then
from bot.core.review import Review, State
from bot.core.take import take
from bot.core.tier import Tier
from tests.examples import NOW
from tests.examples import review as pull_request_review
from tests.proposing import LEAD, MANAGER, RESEARCH, proposal, review

R1, R2, R3 = (
    proposal("notice"),
    proposal("notice", "hard_to_undo"),
    proposal("notice", "removes"),
)
YES = GiveConsent(Stance.CONSENT)
FACING = GiveConsent(Stance.CONSENT, customer_facing=True)
NO = GiveConsent(Stance.OBJECT, "nobody asked them")
APPROVED = Decide(Resolution.APPROVED, "We do it in March.")
WITHDRAWN = Decide(Resolution.WITHDRAWN, "We do not need it.")


@pytest.mark.parametrize(
    ("of", "said", "missing"),
    [
        (R1, [], 0),
        (R2, [], 1),
        (R2, [(LEAD, YES)], 0),
        (R2, [(LEAD, NO)], 1),
        (R2, [(LEAD, NO), (LEAD, YES)], 0),
        (R2, [(LEAD, YES), (LEAD, NO)], 1),
        (R2, [(MANAGER, YES)], 1),
        (R3, [(LEAD, YES)], 1),
        (R3, [(LEAD, YES), (RESEARCH, YES)], 1),
        (R3, [(LEAD, YES), (RESEARCH, FACING)], 0),
        (R3, [(LEAD, FACING)], 1),
        (R3, [(LEAD, FACING), (LEAD, FACING)], 1),
    ],
)
def test_how_many_consents_are_missing(of: object, said: list[object], missing: int) -> None:
    assert consents_missing(review(*said, of=of)) == missing  # type: ignore[arg-type]


def test_an_owner_who_was_named_cannot_consent_either() -> None:
    found = review(Assign(LEAD), (LEAD, YES), of=R2)
    assert owner(found) == LEAD
    assert counted(found) == ()


def test_a_pull_request_needs_no_consent_and_knows_no_course() -> None:
    found = pull_request_review()
    assert (consents_needed(found), consents_missing(found)) == (0, 0)
    act = Act("1", LEAD, NOW, Door.SLACK, (APPROVED,))
    assert then(found, APPROVED, act) == found


def test_complete_includes_the_consents() -> None:
    bare = review(of=R2)
    stands = standing(bare)
    assert (stands.gate, stands.consents) == (Gate.PENDING, 1)
    agreed = review((LEAD, YES), of=R2)
    assert standing(agreed).consents == 0


@pytest.mark.parametrize(
    ("deeds", "state", "event"),
    [
        ([APPROVED], State.DECIDED, "review.decided"),
        ([WITHDRAWN], State.WITHDRAWN, "review.withdrawn"),
        ([Dismiss("a thought")], State.DISMISSED, "review.dismissed"),
        ([Dismiss(), Reinstate()], State.OPEN, None),
        ([Dismiss(), APPROVED], State.DECIDED, "review.decided"),
        ([WITHDRAWN, APPROVED], State.DECIDED, "review.decided"),
        ([SetDue(date(2026, 4, 1)), AskReviewer(LEAD)], State.OPEN, None),
    ],
)
def test_where_it_stands_and_what_the_ledger_is_told(
    deeds: list[Deed], state: State, event: str | None
) -> None:
    bare = review()
    acts = [
        Act(str(number), MANAGER, NOW, Door.SLACK, (deed,)) for number, deed in enumerate(deeds)
    ]
    found, events = take(bare, [], acts, NOW)
    assert found.state is state
    steps = [e.name for e in events if e.name.startswith("review.")]
    assert steps == ([event] if event else [])
    assert all(e.by == MANAGER and e.door is Door.SLACK for e in events)


def test_the_ledger_is_told_no_word_that_people_wrote() -> None:
    said = [
        Act("1", LEAD, NOW, Door.SLACK, (NO,)),
        Act("2", MANAGER, NOW, Door.SLACK, (replace(APPROVED, conditions="a secret word"),)),
    ]
    _, events = take(review(), [], said, NOW)
    told = repr([event.data for event in events])
    assert "nobody asked them" not in told
    assert "a secret word" not in told
    assert "March" not in told


def test_a_reviewer_is_asked_once_and_a_new_decision_takes_the_place_of_the_old() -> None:
    other = Decide(Resolution.REJECTED, "We do not do it after all.")
    found = review(AskReviewer(LEAD), AskReviewer(LEAD), APPROVED, other)
    assert found.course.reviewers == (LEAD,)
    assert found.course.decision is not None
    assert found.course.decision.resolution is Resolution.REJECTED


def test_nobody_is_the_owner_of_nothing() -> None:
    ghost = Actor(0, "ghost")
    found: Review = review(of=replace(R2, author=ghost))
    assert consents_missing(found) == 1
    assert found.tier is Tier.R2
