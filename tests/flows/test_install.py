"""Visits after an installation keep a pace that leaves GitHub's limits to people."""

from __future__ import annotations

from datetime import timedelta

from bot.cli.pair import Pair
from bot.flows.install import pace
from tests.flows import people


def test_the_first_visits_come_quickly_and_no_minute_or_hour_is_too_full() -> None:
    times = [pace(index, paced=True) for index in range(2000)]
    assert times == sorted(times)
    assert times[9] < timedelta(seconds=20)
    for window, most in ((timedelta(minutes=1), 80), (timedelta(hours=1), 500)):
        for start in times:
            writes = 2 * sum(start <= moment < start + window for moment in times)
            assert writes <= most
            if start > timedelta(hours=1):
                break


def test_without_limits_nothing_waits() -> None:
    assert pace(100, paced=False) == timedelta()


def test_a_repository_is_adopted_once_also_where_its_first_check_fails(pair: Pair) -> None:
    pair.github.faults.add("502-before", on="POST /repos/*/check-runs", times=3)
    pair.github.install()
    assert people.until(lambda: pair.settle() and not pair.bot_backlog(), 20)
    asked = people.calls(pair)
    assert asked["GET /repos/{owner}/{repo}"] == 1
    assert asked["POST /repos/{owner}/{repo}/check-runs"] == 4
