"""A burst of pull requests: GitHub's limits are kept, and each gets its check all the same."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import pytest

from bot import main
from bot.cli.pair import Pair, start_pair
from bot.flows.pacer import Pacer
from bot.sandbox.records import CheckRun
from tests.flows.people import LOCK, THEME
from tests.sweeps.conftest import Clock, Days, running

BUMPS, FEATURES = 300, 20


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def days(tmp_path: Path, clock: Clock) -> Iterator[Days]:
    """With GitHub's limits on, and a pacer that lives by the same clock."""
    pacer = partial(Pacer, ticks=lambda: clock().timestamp())
    paced = partial(start_pair, paced=True)
    with (
        mock.patch.object(main, "Pacer", pacer),
        mock.patch("tests.sweeps.conftest.start_pair", paced),
        running(tmp_path, clock) as made,
    ):
        yield made


def most_within(times: list[datetime], length: timedelta) -> int:
    """The largest number of writes within any such stretch of time."""
    times = sorted(times)
    return max(i - bisect_left(times, t - length) + 1 for i, t in enumerate(times))


def checks(pair: Pair) -> list[CheckRun]:
    heads = [pair.github.pull_request(n).head_sha for n in range(1, BUMPS + FEATURES + 1)]
    return [run for head in heads for run in pair.github.state.checks_on(head)]


def test_three_hundred_bumps_at_once_keep_to_githubs_limits_and_each_gets_its_check(
    days: Days,
) -> None:
    github = days.pair.github
    for n in range(BUMPS):
        github.open_pull_request(
            title=f"Bump left-pad to 1.{n}", author="renovate[bot]", author_type="Bot", files=[LOCK]
        )
    for n in range(FEATURES):
        github.open_pull_request(title=f"Theme {n}", author="author", files=[THEME])
    for _ in range(8):
        days.minutes(1)
    runs = checks(days.pair)
    assert len(runs) == BUMPS + FEATURES
    said = [c for n in range(BUMPS + FEATURES) for c in github.bot_comments(n + 1)]
    assert len(said) == FEATURES
    writes = [run.started_at for run in runs if run.started_at] + [c.created_at for c in said]
    assert len(writes) == BUMPS + 2 * FEATURES
    assert most_within(writes, timedelta(seconds=59)) <= 80
    assert most_within(writes, timedelta(minutes=60)) <= 500
    last = max(run.started_at for run in runs if run.started_at)
    assert last - min(writes) < timedelta(minutes=6)
    assert not days.pair.bot_backlog()
