"""The gate: every combination of what can open it, and what a change of it tells the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from bot.core.acts import Judge, Pause, Undo, Waive
from bot.core.gate import Conclusion, Gate, conclusion, settle, standing, worst
from bot.core.organisation import Mode
from bot.core.review import Review, State
from bot.core.rulings import Ruled
from bot.core.tier import Tier
from tests.acting import UNTOUCHED
from tests.examples import (
    ALL_OF_R1,
    BOT,
    LOCK,
    NOW,
    PRICE,
    acted,
    answered,
    review,
    ticked,
)

LATER = NOW + timedelta(days=1)
DAY, PAST = date(2026, 3, 31), date(2026, 3, 1)
COMPLETE = answered(UNTOUCHED, *ALL_OF_R1)
ATTEST = Judge(Ruled.ATTESTED, Tier.R0, "a comment only", ("visible",))
LOWER = Judge(Ruled.LOWERED, Tier.R0, "not released yet", ("visible",))
RAISE = Judge(Ruled.RAISED, Tier.R1, "customers will notice")


def waived(*scopes: str, until: date = DAY) -> list[Waive]:
    return [Waive(scope, until, "the interviews are next week") for scope in scopes]


SUBJECTS = ("asked", "r0", "spared", "attested", "lowered")
EVERY = [question.id for question, need in UNTOUCHED.asked if need.must]


@pytest.mark.parametrize(
    ("paused", "subject", "whole", "each", "expired", "done"),
    [*product((False, True), SUBJECTS, *[(False, True)] * 4)],
)
def test_pause_comes_first_then_what_is_not_asked_then_the_answers_then_what_was_let_go(
    paused: bool, subject: str, whole: bool, each: bool, expired: bool, done: bool
) -> None:
    before = {"r0": review(LOCK), "spared": review(author=BOT)}.get(subject, UNTOUCHED)
    until = PAST if expired else DAY
    ticks = [ticked(UNTOUCHED, box) for box in ALL_OF_R1] if done else []
    judged = {"attested": [ATTEST], "lowered": [LOWER]}.get(subject, [])
    waivers = waived(*(["all"] if whole else []), *(EVERY if each else []), until=until)
    pause = [Pause("release day")] if paused else []
    found = standing(acted(before, *ticks, *judged, *waivers, *pause))
    if paused:
        assert found.gate is Gate.WAIVED
        assert [w.scope for w in found.waivers] == ["pause"]
    elif subject != "asked":
        assert (found.gate, found.waivers) == (Gate.NOT_NEEDED, ())
    elif done:
        assert (found.gate, found.waivers) == (Gate.COMPLETE, ())
    elif whole and not expired:
        assert found.gate is Gate.WAIVED
        assert [w.scope for w in found.waivers] == ["all"]
    elif each and not expired:
        assert found.gate is Gate.WAIVED
        assert [w.scope for w in found.waivers] == EVERY
    else:
        assert found.gate is Gate.PENDING
        assert [gap.question.id for gap in found.missing] == EVERY
        assert found.waivers == ()
    assert bool(found.missing) == (found.gate is Gate.PENDING)


def test_of_what_is_missing_only_that_without_a_waiver_is_listed() -> None:
    found = standing(acted(UNTOUCHED, *waived("why", "who", "reach")))
    assert found.gate is Gate.PENDING
    assert [gap.question.id for gap in found.missing] == ["effect", "feeling", "voice"]


def test_only_the_waivers_of_what_is_missing_are_named() -> None:
    found = standing(acted(answered(UNTOUCHED, *ALL_OF_R1[:-1]), *waived("voice", "who")))
    assert [w.scope for w in found.waivers] == ["voice"]


def test_a_raise_asks_also_where_a_bot_was_spared() -> None:
    spared = review(author=BOT)
    assert standing(spared).gate is Gate.NOT_NEEDED
    assert standing(acted(spared, RAISE)).gate is Gate.PENDING


@pytest.mark.parametrize("mode", Mode)
def test_only_what_is_pending_in_enforce_holds(mode: Mode) -> None:
    held = Conclusion.ACTION_REQUIRED if mode is Mode.ENFORCE else Conclusion.NEUTRAL
    assert conclusion(replace(UNTOUCHED, mode=mode)) is held
    for passing in (COMPLETE, review(LOCK), acted(UNTOUCHED, *waived("all"))):
        assert conclusion(replace(passing, mode=mode)) is Conclusion.SUCCESS


def test_of_several_gates_the_worst_wins_in_any_order_and_none_passes() -> None:
    warned = replace(UNTOUCHED, mode=Mode.WARN)
    assert worst([]) is Conclusion.SUCCESS
    assert worst([COMPLETE, warned]) is worst([warned, COMPLETE]) is Conclusion.NEUTRAL
    assert worst([UNTOUCHED, warned, COMPLETE]) is Conclusion.ACTION_REQUIRED
    assert worst([COMPLETE, warned, UNTOUCHED]) is Conclusion.ACTION_REQUIRED


# -- what a change tells the ledger ----------------------------------------------------------------

R3 = review(PRICE)
WAIVED = acted(UNTOUCHED, *waived("all"))
PAUSED = acted(COMPLETE, Pause("release day"))
ATTESTED = acted(UNTOUCHED, ATTEST)
OVERLAID = replace(UNTOUCHED, overlays=("ui",))


def merged(before: Review, **changes: object) -> Review:
    return replace(before, state=State.DECIDED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (None, UNTOUCHED, []),
        (None, COMPLETE, []),
        (UNTOUCHED, UNTOUCHED, []),
        (COMPLETE, COMPLETE, []),
        (None, replace(COMPLETE, completed_at=None), ["review.completed"]),
        (UNTOUCHED, replace(COMPLETE, completed_at=None), ["review.completed"]),
        (COMPLETE, replace(UNTOUCHED, completed_at=NOW), ["review.reopened"]),
        (UNTOUCHED, WAIVED, []),
        (WAIVED, UNTOUCHED, []),
        (COMPLETE, PAUSED, []),
        (PAUSED, COMPLETE, []),
        (UNTOUCHED, OVERLAID, ["review.tiered"]),
        (UNTOUCHED, ATTESTED, ["review.tiered"]),
        (ATTESTED, UNTOUCHED, ["review.tiered"]),
        (COMPLETE, replace(R3, completed_at=NOW), ["review.tiered", "review.reopened"]),
        (UNTOUCHED, merged(UNTOUCHED), ["review.bypassed"]),
        (UNTOUCHED, merged(UNTOUCHED, mode=Mode.WARN), []),
        (UNTOUCHED, merged(WAIVED), []),
        (COMPLETE, merged(COMPLETE), []),
        (None, merged(UNTOUCHED), []),
        (merged(UNTOUCHED), merged(UNTOUCHED), []),
        (UNTOUCHED, replace(UNTOUCHED, state=State.WITHDRAWN), []),
    ],
)
def test_a_change_is_told_once(before: Review | None, after: Review, names: list[str]) -> None:
    settled, events = settle(before, after, LATER)
    assert [event.name for event in events] == names
    assert bool(settled.completed_at) == (
        standing(settled).gate is Gate.COMPLETE or settled in (PAUSED,)
    )
    assert settle(settled, settled, LATER) == (settled, ())


def test_the_events_say_from_which_tier_to_which_and_how_much_was_missing() -> None:
    _, events = settle(UNTOUCHED, R3, LATER)
    assert dict(events[0].data) == {"from": "R1", "to": "R3"}
    _, events = settle(UNTOUCHED, replace(COMPLETE, completed_at=None), LATER)
    assert dict(events[0].data) == {"tier": "R1"}
    _, events = settle(COMPLETE, replace(R3, completed_at=NOW), LATER)
    assert dict(events[1].data) == {"tier": "R3"}
    _, events = settle(UNTOUCHED, merged(UNTOUCHED), LATER)
    assert dict(events[0].data) == {"missing": 5}


def test_completed_at_is_the_first_moment_and_outlives_a_pause() -> None:
    fresh, _ = settle(UNTOUCHED, replace(COMPLETE, completed_at=None), LATER)
    assert fresh.completed_at == LATER
    assert settle(fresh, fresh, LATER + timedelta(days=1))[0].completed_at == LATER
    assert settle(COMPLETE, PAUSED, LATER)[0].completed_at == COMPLETE.completed_at
    undone = acted(COMPLETE, Undo("why"))
    assert undone.completed_at is None


def test_decided_at_is_when_it_was_merged_or_closed_and_gone_when_open_again() -> None:
    closed, _ = settle(UNTOUCHED, replace(UNTOUCHED, state=State.WITHDRAWN), LATER)
    assert closed.decided_at == LATER
    assert settle(closed, closed, LATER + timedelta(1))[0].decided_at == LATER
    reopened, _ = settle(closed, replace(closed, state=State.OPEN), LATER)
    assert reopened.decided_at is None
    late, _ = settle(closed, merged(closed), LATER + timedelta(1))
    assert late.decided_at == LATER + timedelta(1)
    seen_merged, _ = settle(None, merged(UNTOUCHED), LATER)
    assert (seen_merged.decided_at, seen_merged.bypassed) == (LATER, False)
