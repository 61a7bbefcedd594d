"""What GitHub's rules require of us is read, kept, and told where it changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.cli.pair import Pair, start_pair
from bot.core.enforcement import Required
from bot.jobs.names import PERIODIC
from bot.store import repositories
from bot.store import tables as t
from tests.flows.conftest import started

NAME = "Customer impact"
RULES = ("GET", "/repos/{owner}/{repo}/rules/branches/{branch:path}")
BRANCH = ("GET", "/repos/{owner}/{repo}/branches/{branch:path}")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """One of its own for each test: what was read before is part of the story."""
    with start_pair(tmp_path, quiet_seconds=0) as running:
        started(running)
        yield running


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    with capture_logs() as entries:
        yield entries


def required(pair: Pair) -> tuple[Required, datetime | None]:
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        return repositories.required(connection, pair.github.state.repository_id)


def adopt(pair: Pair) -> None:
    pair.github.install()
    assert pair.settle()


def read_again(pair: Pair, hours: float = 7) -> None:
    """The periodic run, that many hours after the last one."""
    assert pair.bot is not None
    _, at = required(pair)
    assert at is not None
    since = update(t.repository).values(required_at=at - timedelta(hours=hours))
    pair.bot.store.write(lambda tx: tx.connection.execute(since))
    run(pair)


def run(pair: Pair) -> None:
    assert pair.bot is not None
    jobs = pair.bot.jobs
    pair.bot.store.write(lambda tx: jobs.enqueue(tx, "read_rules", {}))
    assert pair.settle()


def told(logs: list[EventDict]) -> list[tuple[str, str]]:
    return [(e["log_level"], e.get("why", "")) for e in logs if e["event"] == "rules.read"]


def test_a_repository_that_is_adopted_has_its_rules_read(pair: Pair) -> None:
    assert required(pair) == (Required.UNKNOWN, None)
    adopt(pair)
    found, at = required(pair)
    assert found is Required.OURS
    assert at is not None
    assert pair.github.call_counts[RULES] == 1
    assert pair.github.call_counts[BRANCH] == 1  # for the seed; the rules said enough


@pytest.mark.parametrize(
    ("app", "classic", "found"),
    [
        (None, False, Required.ANYONE),
        (15368, False, Required.OTHER),
        (1, True, Required.OURS),
        (None, True, Required.ANYONE),
    ],
)
def test_what_a_ruleset_or_else_classic_protection_says_is_kept(
    pair: Pair, app: int | None, classic: bool, found: Required
) -> None:
    pair.github.require(NAME, app=app, classic=classic)
    adopt(pair)
    assert required(pair)[0] is found


def test_a_ruleset_that_is_pinned_elsewhere_is_not_hidden_by_classic_protection(pair: Pair) -> None:
    pair.github.require(NAME, app=15368)
    pair.github.state.classic = {NAME: 1}
    adopt(pair)
    assert required(pair)[0] is Required.OTHER


def test_rules_are_read_every_six_hours_at_the_pace_of_the_schedule(pair: Pair) -> None:
    adopt(pair)
    period = PERIODIC["read_rules"] / timedelta(hours=1)
    hours = 0.0
    while pair.github.call_counts[RULES] == 1:
        hours += period
        assert hours <= 6
        read_again(pair, hours=period - 0.001)  # a run takes a moment longer or less than another
    assert hours > 4


def test_a_change_is_seen_by_the_next_run_and_told_once(pair: Pair, logs: list[EventDict]) -> None:
    adopt(pair)
    read_again(pair)
    pair.github.require()
    read_again(pair, hours=4.9)
    assert required(pair)[0] is Required.OURS  # too young to be asked again
    read_again(pair)
    read_again(pair)
    assert required(pair)[0] is Required.NO
    pair.github.require(NAME, app=99)
    read_again(pair)
    assert told(logs) == [
        ("info", ""),
        ("info", "no rule requires the check"),
        ("warning", "required, but pinned to another App: it can never pass"),
    ]


def test_rules_that_may_not_be_read_are_unknown_and_said_once(
    pair: Pair, logs: list[EventDict]
) -> None:
    adopt(pair)
    pair.github.faults.add("404-before", on="GET /repos/*/rules/*")
    read_again(pair)
    read_again(pair)
    found, at = required(pair)
    assert (found, at is None) == (Required.UNKNOWN, False)
    assert told(logs)[1:] == [
        ("warning", "GitHub did not let us read the rules (GitHub answered 404: Not Found)")
    ]


def test_a_run_takes_twenty_the_longest_waiting_first_and_promises_the_next(pair: Pair) -> None:
    adopt(pair)
    assert pair.bot is not None
    of = pair.github.installation_id
    rows = [{"id": n, "installation_id": of, "full_name": f"acme/r{n}"} for n in range(1, 31)]
    pair.bot.store.write(lambda tx: tx.connection.execute(insert(t.repository), rows))
    pair.github.calls.clear()
    run(pair)
    asked = [call.path for call in pair.github.calls if "/rules/" in call.path]
    assert len(asked) == len(set(asked)) == 20
    assert not any("/shop/" in path for path in asked)  # read just now
    with pair.bot.store.read() as connection:
        never = select(t.repository.c.id).where(t.repository.c.required_at.is_(None))
        assert len(connection.execute(never).all()) == 10
        jobs = connection.execute(select(t.job.c.name, t.job.c.run_at)).all()
    assert [job.name for job in jobs] == ["read_rules"]
    run(pair)
    with pair.bot.store.read() as connection:
        assert connection.execute(never).all() == []
