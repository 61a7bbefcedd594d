"""What each tier asks, and what counts as an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.answers import Answer, Door, Evidence, is_text
from bot.core.checklist import Kind, Need
from bot.core.missing import missing, required
from bot.core.review import Review
from bot.core.tier import Tier
from tests.examples import CATALOG, LOCK, NOW, PRICE, REVIEWER, answered, review


def ids(found: Review) -> list[str]:
    return [gap.question.id for gap in missing(found)]


def with_answer(found: Review, question: str, *picks: str, text: str = "") -> Review:
    others = tuple(a for a in found.answers if a.question != question)
    answer = Answer(question, picks, text, REVIEWER, NOW, Door.COMMENT)
    return replace(found, answers=(*others, answer))


def piece(kind: str, days_ago: int = 3, text: str = "They export every Friday.") -> Evidence:
    on = NOW.date() - timedelta(days=days_ago)
    return Evidence(kind, text, "", on, "", REVIEWER, NOW, Door.COMMENT)


def test_r1_is_five_answers_four_of_them_picks() -> None:
    found = required(review())
    assert [q.id for q, _ in found] == ["who", "why", "effect", "feeling", "voice"]
    assert [need for _, need in found].count(Need.PICK) == 4


def test_r0_asks_nothing() -> None:
    assert review(LOCK).asked == ()


def test_the_checklist_holds_sixteen_questions_and_six_overlays() -> None:
    assert len(CATALOG.checklist.questions) == 16
    assert [overlay.id for overlay in CATALOG.checklist.overlays] == [
        "pricing", "breaking", "ui", "incident", "privacy", "experiment",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tier", "asked"),
    [
        (Tier.R1, 5),
        (Tier.R2, 9),
        (Tier.R3, 15),
    ],
)
def test_how_many_questions_each_tier_must_have_answered(tier: Tier, asked: int) -> None:
    assert len(required(replace(review(), tier=tier, overlays=()))) == asked


def test_a_pick_alone_is_enough_at_r1_and_wants_its_line_from_r2_on() -> None:
    picked = with_answer(review(), "effect", "better")
    assert "effect" not in ids(picked)
    higher = replace(picked, tier=Tier.R2)
    assert {gap.question.id: gap.reason for gap in missing(higher)}["effect"] == (
        "picked; one line is missing"
    )
    line = "The export button moves into the menu."
    assert "effect" not in ids(with_answer(higher, "effect", "better", text=line))


def test_worse_for_somebody_asks_how_they_will_learn_of_it() -> None:
    at_r2 = replace(review(), tier=Tier.R2, overlays=())
    assert "tell" not in ids(with_answer(at_r2, "effect", "better"))
    assert "tell" in ids(with_answer(at_r2, "effect", "worse"))
    assert "tell" not in ids(with_answer(review(), "effect", "worse"))


def test_an_overlay_asks_its_own_questions_and_demands_others() -> None:
    pricing = review(PRICE)
    assert {"pricing_who_pays", "pricing_way_out", "left", "future", "tell"} <= set(ids(pricing))


def test_an_honest_assumption_is_enough_at_r1_and_wants_a_plan_from_r2_on() -> None:
    assumed = with_answer(review(), "voice", "assumed")
    assert "voice" not in ids(assumed)
    higher = replace(assumed, tier=Tier.R2)
    assert {g.question.id: g.reason for g in missing(higher)}["voice"] == (
        "assumed: say whom we will ask"
    )
    plan = "We will ask three shop owners on Monday."
    assert "voice" not in ids(with_answer(higher, "voice", "assumed", text=plan))


@pytest.mark.parametrize(
    ("pieces", "enough"),
    [
        ((), False),
        ((piece("signal"),), False),
        ((piece("signal"), piece("signal")), False),
        ((piece("signal"), piece("asked")), True),
        ((piece("signal"), piece("observed", days_ago=180)), True),
        ((piece("signal"), piece("asked", days_ago=181)), False),
        ((piece("asked"), piece("asked", text="")), False),
        ((piece("assumed"), piece("asked")), False),
    ],
)
def test_r3_wants_two_pieces_one_of_them_direct_and_recent(
    pieces: tuple[Evidence, ...], enough: bool
) -> None:
    found = replace(review(), tier=Tier.R3, overlays=(), evidence=pieces)
    assert ("voice" not in ids(found)) is enough


def test_nobody_yet_is_honest_but_not_enough_where_somebody_must_have_spoken() -> None:
    at_r3 = replace(review(), tier=Tier.R3, overlays=())
    assert "spoke_for" in ids(with_answer(at_r3, "spoke_for", "nobody"))
    assert "spoke_for" not in ids(with_answer(at_r3, "spoke_for", "customer"))


@pytest.mark.parametrize(
    "text",
    ["", "n/a", "N/A.", "tbd", "TODO", "everyone", "all users", "all of our customers", "-", "...",
     "x" * 40, "see above", "too short", "          \n         ", "none", "?" * 30],
)  # fmt: skip
def test_placeholders_are_not_answers(text: str) -> None:
    assert not is_text(text, 10)


@pytest.mark.parametrize(
    "text",
    [
        "Shop owners with many orders",
        "顧客は毎週金曜日にエクスポートします。",
        "Menschen, die kündigen",
    ],
)
def test_words_are_answers_in_any_language(text: str) -> None:
    assert is_text(text, 10)


def test_a_customer_group_in_words_is_as_good_as_a_pick() -> None:
    assert "who" not in ids(with_answer(review(), "who", text="Shop owners in Japan"))
    assert "who" in ids(with_answer(review(), "who", text="users"))


def test_every_question_can_be_answered_somehow() -> None:
    for question in CATALOG.checklist.all_questions():
        assert question.options or question.headings or question.kind is Kind.DATE_PERSON


def test_evidence_without_a_date_counts_from_the_day_it_was_given() -> None:
    undated = Evidence("asked", "They asked for it.", "", None, "", REVIEWER, NOW, Door.COMMENT)
    both = replace(review(), tier=Tier.R3, overlays=(), evidence=(undated, piece("signal")))
    assert "voice" not in ids(both)
    assert isinstance(NOW.date(), date)


def test_ticks_never_complete_a_question_of_another_tier_by_accident() -> None:
    found = answered(review(PRICE), "who=new", "effect=better", "feeling=relieved", "voice=asked")
    assert {"effect", "feeling", "voice"} <= set(ids(found))
