"""One pace for all workers: what GitHub asks for is obeyed, checks go first, nobody sleeps."""

from __future__ import annotations

import pytest

from bot.core.pace import Rank
from bot.errors import NotYet
from bot.flows.pacer import Pacer

HERE = 7


class Ticks:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def pacer(ticks: Ticks) -> Pacer:
    return Pacer(True, ticks)


def told(pacer: Pacer, rank: Rank = Rank.GATE, what: str = "one") -> float:
    """For how long a write is sent away; 0 when it may go."""
    try:
        pacer.write(HERE, rank, what)
    except NotYet as not_yet:
        return not_yet.retry_after or 0.0
    return 0.0


def test_a_burst_is_spread_over_the_minutes_and_each_is_told_its_own_turn(
    pacer: Pacer, ticks: Ticks
) -> None:
    waits = {n: told(pacer, what=f"check {n}") for n in range(300)}
    assert sum(w == 0 for w in waits.values()) == 80
    assert sum(60 < w < 62 for w in waits.values()) == 80
    assert sum(121 < w < 123 for w in waits.values()) == 80
    sent = [1000.0] * 80
    for due, n in sorted((1000 + w, n) for n, w in waits.items() if w):
        ticks.now = max(ticks.now, due)
        assert told(pacer, what=f"check {n}") == 0
        sent.append(ticks.now)
    assert pacer.waiting() == 0
    assert sent[299] - sent[0] < 190


def test_a_check_goes_before_comments_that_wait(pacer: Pacer) -> None:
    comments = [told(pacer, Rank.COMMENT, f"comment {n}") for n in range(100)]
    assert sum(w == 0 for w in comments) == 68
    assert told(pacer, Rank.GATE, "check") == 0


def test_a_comment_waits_behind_the_checks_that_wait(pacer: Pacer) -> None:
    for n in range(200):
        told(pacer, Rank.GATE, f"check {n}")
    assert told(pacer, Rank.COMMENT, "comment") > 121


def test_who_is_not_needed_any_more_holds_up_nobody(pacer: Pacer, ticks: Ticks) -> None:
    for n in range(400):
        told(pacer, Rank.GATE, f"check {n}")
    ticks.now += 2000
    for n in range(80):
        assert told(pacer, Rank.GATE, f"new {n}") == 0
    assert 60 < told(pacer, Rank.GATE, "newer") < 62


def test_a_rest_that_github_asks_for_holds_for_everything(pacer: Pacer, ticks: Ticks) -> None:
    pacer.refused(HERE, 30)
    assert told(pacer) == 30
    with pytest.raises(NotYet):
        pacer.ready(HERE)
    pacer.ready(8)
    assert pacer.rests() == {HERE: 30}
    ticks.now += 31
    pacer.ready(HERE)
    assert told(pacer) == 0


def test_a_refusal_without_a_time_rests_a_minute_and_longer_each_time_until_all_is_calm(
    pacer: Pacer, ticks: Ticks
) -> None:
    rests = []
    for _ in range(4):
        rests.append(pacer.refused(HERE, None))
        ticks.now += rests[-1]
        pacer.heard(HERE, 4000, 5000, 100)  # reads that succeed in between make no difference
    assert rests == [60, 120, 240, 480]
    ticks.now += 601
    assert pacer.refused(HERE, None) == 60


def test_who_was_told_to_come_now_goes_before_newcomers(pacer: Pacer, ticks: Ticks) -> None:
    for n in range(81):
        told(pacer, what=f"check {n}")
    ticks.now += 61.5
    for n in range(79):
        assert told(pacer, what=f"new {n}") == 0
    assert told(pacer, what="one too many") > 0
    assert told(pacer, what="check 80") == 0


def test_who_does_not_come_is_not_said_to_wait(pacer: Pacer, ticks: Ticks) -> None:
    for n in range(100):
        told(pacer, what=f"check {n}")
    assert pacer.waiting() == 20
    ticks.now += 300
    assert pacer.waiting() == 0


def test_when_the_hour_is_nearly_used_up_only_the_gate_goes_on(pacer: Pacer, ticks: Ticks) -> None:
    pacer.heard(HERE, 400, 5000, 900)
    assert told(pacer, Rank.GATE) == 0
    assert told(pacer, Rank.COMMENT) == 600
    pacer.heard(HERE, 0, 5000, 900)
    assert told(pacer, Rank.GATE) == 900
    ticks.now += 901
    assert told(pacer, Rank.COMMENT) == 0


def test_a_restart_forgets_nothing(pacer: Pacer) -> None:
    pacer.remember(HERE, [5.0] * 80, rest=20)
    assert told(pacer) == 20
    pacer.remember(8, [5.0] * 80)
    with pytest.raises(NotYet) as caught:
        pacer.write(8, Rank.GATE, "check")
    assert caught.value.retry_after == pytest.approx(56)


def test_with_limits_off_only_what_github_says_counts(ticks: Ticks) -> None:
    pacer = Pacer(False, ticks)
    assert [told(pacer, what=str(n)) for n in range(600)] == [0] * 600
    pacer.refused(HERE, 5)
    assert told(pacer) == 5
