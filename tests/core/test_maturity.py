"""How far a review came: the ladder of each signal, the caps, the cheapest step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.answers import Answer, Door, Evidence
from bot.core.facts import Actor
from bot.core.maturity import FROM, NAMES, Level, Maturity, maturity
from bot.core.review import Review
from bot.core.tier import Tier
from bot.core.waivers import ALL, Waiver
from tests.make import full_review

NOW = full_review().opened_at
BY = Actor(11, "author")
LINE = "Shops export every Friday, and it takes an hour."


def answer(question: str, *picks: str, text: str = "", **more: bool) -> Answer:
    return Answer(question, picks, text, BY, NOW, Door.COMMENT, **more)  # type: ignore[arg-type]


def heard(kind: str, days: int = 10, **more: bool) -> Evidence:
    on = (NOW - timedelta(days=days)).date()
    return Evidence(kind, LINE, "", on, "", BY, NOW, Door.COMMENT, **more)  # type: ignore[arg-type]


def review(tier: Tier, *answers: Answer, evidence: tuple[Evidence, ...] = ()) -> Review:
    bare = replace(full_review(), overlays=(), triaged=tier, tier=tier, waivers=(), rulings=())
    return replace(bare, answers=answers, evidence=evidence, exempt="")


def found(of: Review) -> Maturity:
    made = maturity(of)
    assert made is not None
    return made


def points(of: Review) -> dict[str, tuple[int, int]]:
    return {s.name: (s.points, s.possible) for s in found(of).signals}


FIVE = (
    answer("who", "paying"), answer("why", text=LINE), answer("effect", "better"),
    answer("feeling", "relieved"),
)  # fmt: skip
SIXTEEN = (
    *FIVE, answer("reach", "1-to-10"), answer("not_served", "none", text=LINE),
    answer("value", "customer", text=LINE), answer("tell", text=LINE),
    answer("stance", "anticipates"), answer("future", "up", text=LINE),
    answer("journey", "use", "pay"), answer("measure", text="exports, 120 → 150, 70 %"),
    answer("look_back", text="2026-06-01"),
)  # fmt: skip


def test_a_small_decision_earns_by_what_it_was_asked_alone() -> None:
    small = review(Tier.R1, *FIVE, evidence=(heard("asked"),))
    assert points(small) == {
        "Understanding": (1, 1), "Voice": (2, 2), "Empathy": (2, 2), "Why and value": (1, 1),
    }  # fmt: skip
    assert (found(small).percent, found(small).level) == (100, Level.ORIENTED)
    assert found(small).capped == "no outcome is on record yet"
    assert found(small).provisional


def test_nobody_heard_is_assuming_however_much_was_written() -> None:
    assumed = review(Tier.R1, *FIVE, answer("voice", "assumed"))
    assert found(assumed).level is Level.ASSUMING
    assert found(assumed).capped == "no customer was heard"
    step = found(assumed).step
    assert step is not None
    assert (step.text, step.levels) == ("ask one customer", 2)


@pytest.mark.parametrize(
    ("evidence", "earned"),
    [
        ((), 0),
        ((heard("assumed"),), 0),
        ((heard("signal"),), 1),
        ((heard("asked", days=366),), 1),
        ((heard("asked", days=365),), 2),
        ((heard("asked", days=10), heard("signal", days=10)), 3),
        ((heard("observed", former=True),), 3),
        ((heard("asked", days=181), heard("signal", days=181)), 2),
    ],
)
def test_the_voice_counts_by_kind_and_age(evidence: tuple[Evidence, ...], earned: int) -> None:
    large = review(Tier.R3, *SIXTEEN, evidence=evidence)
    assert points(large)["Voice"] == (earned, 3)


@pytest.mark.parametrize(
    ("changed", "signal", "earned"),
    [
        (answer("stance", "internal"), "Stance", (0, 3)),
        (answer("stance", "complaint"), "Stance", (1, 3)),
        (answer("stance", "root-cause"), "Stance", (3, 3)),
        (answer("journey", "use"), "Breadth", (1, 3)),
        (answer("journey", "learn", "use"), "Breadth", (2, 3)),
        (answer("value", "ours", text=LINE), "Why and value", (2, 3)),
    ],
)
def test_each_signal_has_its_ladder(changed: Answer, signal: str, earned: tuple[int, int]) -> None:
    answers = [changed if a.question == changed.question else a for a in SIXTEEN]
    large = review(Tier.R3, *answers, evidence=(heard("asked"), heard("signal")))
    assert points(large)[signal] == earned


def test_a_goal_of_ours_alone_is_no_more_than_focused() -> None:
    answers = [answer("value", "ours", text=LINE) if a.question == "value" else a for a in SIXTEEN]
    large = review(Tier.R3, *answers, evidence=(heard("asked"), heard("signal")))
    assert found(large).level is Level.FOCUSED
    assert found(large).capped == "the goal is ours alone"


def test_what_does_not_apply_takes_a_signal_out_two_at_most() -> None:
    away = [answer(q, text=LINE, not_applicable=True) for q in ("stance", "journey", "measure")]
    rest = [a for a in SIXTEEN if a.question not in ("stance", "journey", "measure")]
    large = review(Tier.R3, *rest, *away, evidence=(heard("asked"),))
    assert {"Stance", "Breadth"} & points(large).keys() == set()
    assert points(large)["Learning"][0] == 0


def test_what_was_waived_or_asks_nothing_is_not_scored() -> None:
    waiver = Waiver(ALL, (NOW + timedelta(days=9)).date(), LINE, BY, NOW, Door.COMMAND)
    assert maturity(replace(review(Tier.R1), waivers=(waiver,))) is None
    assert maturity(review(Tier.R0)) is None


def test_the_length_of_a_text_earns_nothing() -> None:
    short = review(Tier.R1, *FIVE)
    long = review(Tier.R1, *(replace(a, text=a.text * 20) for a in FIVE))
    assert found(short) == found(long)


def test_every_level_has_a_name_and_a_start() -> None:
    assert len(NAMES) == len(FROM) == len(Level)
    assert list(FROM) == sorted(FROM)
