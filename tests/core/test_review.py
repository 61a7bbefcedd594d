"""The review: how facts change it, and that every step stands in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answers import Door
from bot.core.gate import Gate, settle, standing
from bot.core.missing import missing
from bot.core.organisation import Mode
from bot.core.review import TRANSITIONS, Review, Seen, State, sync
from bot.core.tier import Tier
from bot.core.triage import Verdict
from tests.examples import (
    ALL_OF_R1,
    AUTHOR,
    CATALOG,
    LOCK,
    NOW,
    PRICE,
    REVIEWER,
    THEME,
    answered,
    pull_request,
    review,
    taken,
    ticked,
)


def test_every_state_meets_everything_that_github_can_say() -> None:
    assert set(TRANSITIONS) == set(product(State, Seen))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.OPEN),
        ({"open": False, "merged": True}, State.DECIDED),
        ({"open": False}, State.WITHDRAWN),
    ],
)
def test_an_open_review_follows_its_pull_request(changes: dict[str, Any], state: State) -> None:
    assert review(old=review(), **changes).state is state


def test_closed_unmerged_is_withdrawn_and_reopened_is_open_again() -> None:
    withdrawn = review(old=review(), open=False)
    assert withdrawn.decided_at == NOW
    again = review(old=withdrawn)
    assert again.state is State.OPEN
    assert again.decided_at is None


def test_a_late_event_does_not_reopen_what_was_merged() -> None:
    merged = review(old=review(), open=False, merged=True)
    assert review(old=merged).state is State.DECIDED


def test_a_merge_past_a_pending_gate_is_a_bypass_and_says_so_once() -> None:
    pending = review()
    closed = pull_request(open=False, merged=True)
    today = CATALOG.organisation  # has gone back to warn meanwhile; what held then still counts
    merged, _ = sync(pending, closed, verdict(pending), (), CATALOG.checklist, today, NOW)
    assert merged.mode is pending.mode
    in_warn, events = settle(pending, replace(merged, mode=Mode.WARN), NOW)
    assert not in_warn.bypassed
    assert "review.bypassed" not in [event.name for event in events]
    bypassed, events = settle(pending, merged, NOW)
    assert bypassed.bypassed
    assert [event.name for event in events] == ["review.bypassed"]
    again, events = settle(bypassed, bypassed, NOW)
    assert again.bypassed
    assert events == ()


def test_what_was_merged_before_we_ever_saw_it_is_no_bypass_of_ours() -> None:
    merged = replace(review(), state=State.DECIDED)
    unseen, events = settle(None, merged, NOW)
    assert not unseen.bypassed
    assert events == ()


def verdict(of: Review) -> Verdict:
    """What triage said of it, as the flow hands it over."""
    return Verdict(of.tier, of.customer_facing, of.overlays, of.reasons)


def test_a_complete_review_is_no_bypass() -> None:
    done = answered(review(), *ALL_OF_R1)
    merged = review(old=done, open=False, merged=True)
    assert not merged.bypassed
    assert standing(merged).gate is Gate.COMPLETE


def test_five_ticks_complete_an_r1_review_and_the_time_is_kept() -> None:
    current = review()
    for index, box in enumerate(ALL_OF_R1, start=1):
        assert len(missing(current)) == 6 - index
        current = answered(current, box)
    assert standing(current).gate is Gate.COMPLETE
    assert current.first_answer_at == current.completed_at == NOW + timedelta(minutes=3)


def test_an_untick_takes_the_answer_back_and_opens_the_gate() -> None:
    done = answered(review(), *ALL_OF_R1)
    undone, events = taken(
        done, ticked(done, "feeling=relieved", False), by=AUTHOR, door=Door.COMMENT
    )
    assert [event.name for event in events] == ["answer.undone"]
    reopened, events = settle(done, undone, NOW)
    assert reopened.completed_at is None
    assert [event.name for event in events] == ["review.reopened"]
    assert [gap.question.id for gap in missing(reopened)] == ["feeling"]


def test_of_a_single_pick_the_last_tick_wins() -> None:
    current = answered(review(), "effect=better", "effect=worse")
    answer = current.answer("effect")
    assert answer is not None
    assert answer.picks == ("worse",)


def test_several_groups_may_be_picked_and_stand_in_the_order_of_the_checklist() -> None:
    answer = answered(review(), "who=partners", "who=new").answer("who")
    assert answer is not None
    assert answer.picks == ("new", "partners")


def test_a_question_with_several_picks_stays_open_until_done_or_the_next_one() -> None:
    picking = answered(review(), "who=new")
    assert picking.last_picked == "who"
    assert answered(picking, "who=done").last_picked == ""
    assert answered(picking, "effect=better").last_picked == ""


def test_an_answer_knows_who_gave_it_when_and_through_which_door() -> None:
    answer = answered(review(), "feeling=annoyed", by=REVIEWER).answer("feeling")
    assert answer is not None
    assert (answer.by, answer.at) == (REVIEWER, NOW + timedelta(minutes=3))
    assert answer.door == "github comment"


def test_accepting_twice_adds_one_piece_of_evidence() -> None:
    once = answered(review(), "voice=accept")
    again = answered(once, "voice=accept")
    assert len(again.evidence) == 1
    piece = again.evidence[0]
    assert (piece.kind, piece.link) == ("signal", "https://github.com/acme/shop/issues/412")
    back, _ = taken(again, ticked(again, "voice=accept", False), by=AUTHOR, door=Door.COMMENT)
    assert back.evidence == ()


def test_unaccepting_a_line_keeps_what_was_picked_by_hand() -> None:
    body = "## What changes\n\nThe button moves into the menu on the right."
    found = answered(review(PRICE, body=body), "effect=different", "effect=accept")
    answer = found.answer("effect")
    assert answer is not None
    assert (answer.picks, answer.text) == (
        ("different",),
        "The button moves into the menu on the right.",
    )
    back, _ = taken(found, ticked(found, "effect=accept", False), by=AUTHOR, door=Door.COMMENT)
    kept = back.answer("effect")
    assert kept is not None
    assert (kept.picks, kept.text) == (("different",), "")


def test_an_accepted_pick_is_taken_back_whole_and_gives_way_to_another_pick() -> None:
    fix = review(title="fix: rounding of totals", body="")
    accepted = answered(fix, "effect=accept")
    answer = accepted.answer("effect")
    assert answer is not None
    assert (answer.picks, answer.source) == (("better",), "your title")
    back, events = taken(
        accepted, ticked(accepted, "effect=accept", False), by=AUTHOR, door=Door.COMMENT
    )
    assert back.answer("effect") is None
    assert [event.name for event in events] == ["answer.undone"]
    other = answered(accepted, "effect=worse").answer("effect")
    assert other is not None
    assert (other.picks, other.source) == (("worse",), "")


@pytest.mark.parametrize(
    "box", ["who=nobody", "nonsense=new", "who=", "=", "why=better", "reach=accept"]
)
def test_a_box_that_nobody_wrote_changes_nothing(box: str) -> None:
    before = review()
    after, events = taken(before, ticked(before, box, True), by=REVIEWER, door=Door.COMMENT)
    assert after == before
    assert events == ()


def test_a_push_keeps_the_answers_and_raises_the_tier() -> None:
    begun = answered(review(), "who=new", "effect=better")
    raised = review(PRICE, THEME, old=begun, head_sha="b" * 40)
    assert raised.tier is Tier.R3
    assert raised.answers == begun.answers
    assert "pricing" in raised.overlays


def test_a_review_keeps_the_checklist_that_its_answers_were_given_on() -> None:
    other = replace(CATALOG.checklist, title="Another one")
    begun, fresh = answered(review(), "who=new"), review()
    for old, title in ((begun, "Customer impact"), (fresh, "Another one")):
        synced, _ = sync(
            old,
            pull_request(),
            verdict(old),
            (),
            other,
            CATALOG.organisation,
            NOW,
        )
        assert synced.checklist.title == title


def test_only_lock_files_left_means_not_needed_and_nothing_is_lost() -> None:
    begun = answered(review(), "who=new")
    lowered = review(LOCK, old=begun)
    assert standing(lowered).gate is Gate.NOT_NEEDED
    assert lowered.answers == begun.answers


BOXES = ["who=new", "who=paying", "who=done", "why=accept", "effect=better", "effect=worse",
         "feeling=relieved", "voice=accept", "voice=assumed", "reach=none"]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(BOXES), st.booleans()), max_size=30))
def test_any_row_of_ticks_leaves_a_review_that_agrees_with_itself(
    steps: list[tuple[str, bool]],
) -> None:
    current = review()
    for box, on in steps:
        after, events = taken(current, ticked(current, box, on), by=REVIEWER, door=Door.COMMENT)
        assert (after.answers, after.evidence) == (current.answers, current.evidence) or events
        current = settle(current, after, NOW)[0]
        again, events = taken(current, ticked(current, box, on), by=REVIEWER, door=Door.COMMENT)
        assert (again.answers, again.evidence) == (current.answers, current.evidence)
    questions = [answer.question for answer in current.answers]
    assert len(questions) == len(set(questions))
    assert bool(current.completed_at) == (standing(current).gate is Gate.COMPLETE)
