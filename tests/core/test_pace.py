"""How many writes GitHub takes: 80 a minute, 500 an hour, the gate before everything else."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pace import Rank, wait


def most_within(times: list[float], seconds: float) -> int:
    """The largest number of times within any such stretch."""
    return max((i - bisect_left(times, t - seconds) + 1 for i, t in enumerate(times)), default=0)


def play(count: int, rank: Rank, start: float = 1000.0) -> list[float]:
    """The times at which that many writes go out, each as soon as it may."""
    now, times = start, list[float]()
    while len(times) < count:
        seconds = wait(times, now, rank)
        if seconds > 0:
            now += seconds
        else:
            times.append(now)
    return times


def test_an_idle_installation_waits_for_nothing() -> None:
    assert wait([], 50.0, Rank.COURTESY) == 0


def test_eighty_go_at_once_and_the_next_when_a_minute_is_over() -> None:
    times = play(81, Rank.GATE)
    assert times[79] == times[0]
    assert 60 < times[80] - times[0] < 62


def test_five_hundred_an_hour_and_not_one_more() -> None:
    times = play(501, Rank.GATE)
    assert most_within(times, 60) == 80
    assert most_within(times, 3600) == 500
    assert 3600 < times[500] - times[0] < 3605


@pytest.mark.parametrize(
    ("rank", "minute", "hour"), [(Rank.COMMENT, 68, 425), (Rank.COURTESY, 40, 250)]
)
def test_comments_and_courtesies_leave_room_for_checks(rank: Rank, minute: int, hour: int) -> None:
    times = play(hour + 1, rank)
    assert most_within(times, 60) == minute
    assert most_within(times, 3600) == hour
    assert wait(times[:minute], times[0], Rank.GATE) == 0


@given(st.lists(st.floats(0, 4000), max_size=600), st.integers(0, 300), st.sampled_from(Rank))
def test_who_comes_when_told_is_told_the_truth(before: list[float], ahead: int, rank: Rank) -> None:
    writes, now = sorted(before), 4000.0
    seconds = wait(writes, now, rank, ahead)
    assert 0 <= seconds < 3602 * (1 + (len(writes) + ahead) / (500 * rank.value))
    assert seconds >= wait(writes, now, rank)
    if ahead == 0 and seconds > 0:
        assert wait(writes, now + seconds + 1e-6, rank) == 0
        assert wait(writes, now + seconds * 0.99, rank) > 0
