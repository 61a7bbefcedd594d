"""The embedded runner's own affairs: other processes, the lock file, schedules, throttles."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.typing import EventDict

from bot.errors import Transient
from bot.jobs import embedded, names, retries
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.hold import AlreadyRunning, hold
from bot.ports import Transaction
from bot.store import queue, throttle
from bot.store.engine import open_engine
from bot.store.store import Store
from tests import make
from tests.jobs.conftest import Bench, Clock
from tests.jobs.test_jobs import failing, gate
from tests.make import wait_until

EVERY = timedelta(seconds=0.05)


@pytest.fixture
def elsewhere(bench: Bench) -> Any:
    """A command line: another process over the same database, without a runner."""
    store = Store(open_engine(str(bench.store.engine.url)))
    yield store
    store.close()


def test_jobs_of_another_process_are_seen_within_a_second(bench: Bench, elsewhere: Store) -> None:
    bench.start()
    began = time.monotonic()
    now = bench.clock()
    elsewhere.write(lambda tx: queue.add(tx, "note", {"n": "foreign"}, None, now, now))
    wait_until(lambda: bench.done == ["foreign"])
    assert time.monotonic() - began < 1


def test_jobs_of_another_process_are_seen_also_when_ours_are_newer(
    bench: Bench, elsewhere: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.05)
    bench.start()
    now = bench.clock()
    for n in range(20):
        elsewhere.write(
            lambda tx, n=n: queue.add(tx, "note", {"n": f"foreign {n}"}, None, now, now)  # type: ignore[misc]
        )
        bench.enqueue("note", n=f"ours {n}")
    wait_until(lambda: len(bench.done) >= 40)
    wait_until(lambda: not bench.rows())
    expected = [f"{who} {n}" for n in range(20) for who in ("foreign", "ours")]
    assert sorted(bench.done) == sorted(expected)


def test_no_job_runs_twice_because_the_poller_saw_it_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.001)
    runner = bench.start(workers=8)
    for n in range(150):
        bench.enqueue("note", n=n)
    assert runner.wait_idle(5)
    assert sorted(bench.done) == list(range(150))


def test_the_runner_remembers_no_job_for_longer_than_it_must(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.01)
    runner = bench.start()
    assert isinstance(runner, EmbeddedJobs)
    for n in range(50):
        bench.enqueue("note", n=n, lock=f"pr:{n}")
    wait_until(lambda: not bench.rows())
    wait_until(lambda: not runner._ahead)
    assert runner._lanes.empty


def test_a_second_runner_on_the_same_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    database = tmp_path / "emptychair.db"
    with (
        hold(database),
        pytest.raises(AlreadyRunning, match=r"Stop it first, or give .*EMPTYCHAIR_DATABASE_URL"),
    ):
        hold(database)
    hold(database).close()


def test_the_lock_is_kept_while_a_job_still_runs(bench: Bench, tmp_path: Path) -> None:
    database = tmp_path / "emptychair.db"
    held, begun, go = gate()
    first = EmbeddedJobs(bench.store, bench.clock, 4, 3, hold(database))
    first.start({"held": held}, {})
    bench.runner = first
    bench.enqueue("held")
    assert begun.wait(5)
    first.stop(timeout=0.02)
    with pytest.raises(AlreadyRunning):
        hold(database)
    go.set()
    first.stop()
    hold(database).close()


def test_a_schedule_runs_at_the_start_and_then_at_its_pace(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.01)
    runner = bench.new()
    runner.start(
        {"hourly": lambda args: bench.done.append("h"), "daily": lambda args: bench.note({"n": 1})},
        {"hourly": timedelta(hours=1), "daily": timedelta(days=1)},
    )
    bench.runner = runner
    wait_until(lambda: sorted(map(str, bench.done)) == ["1", "h"])
    bench.clock.forward(3601)
    wait_until(lambda: bench.done.count("h") == 2)
    wait_until(lambda: not bench.rows())
    assert bench.done.count(1) == 1


def test_a_schedule_is_not_skipped_because_the_database_was_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.01)
    store = make.store(tmp_path, busy_seconds=0.01)
    ran = threading.Event()
    jobs = EmbeddedJobs(store, lambda: make.NOW, 1, 3)
    with closing(sqlite3.connect(tmp_path / "emptychair.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        jobs.start({"tidy": lambda args: ran.set()}, {"tidy": timedelta(hours=6)})
        assert not ran.wait(0.05)
        other.execute("ROLLBACK")
    assert ran.wait(5)
    jobs.stop()
    store.close()


def test_a_job_survives_a_database_that_is_locked_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "NOT_SAVED", timedelta(milliseconds=10))
    store = make.store(tmp_path, busy_seconds=0.01)
    runs: list[str] = []
    jobs = EmbeddedJobs(store, Clock(), 2, 3)

    def work(tx: Transaction) -> None:
        for n in ("first", "second"):
            jobs.enqueue(tx, "job", {"n": n}, lock="one")

    store.write(work)
    with closing(sqlite3.connect(tmp_path / "emptychair.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        jobs.start({"job": lambda args: runs.append(args["n"])}, {})
        wait_until(lambda: len(runs) > 3)
        other.execute("ROLLBACK")
    wait_until(lambda: runs[-1] == "second")
    jobs.stop()
    assert set(runs[:-1]) == {"first"}
    with store.read() as connection:
        assert queue.ready_after(connection, 0) == []
    store.close()


def test_what_github_asked_us_to_wait_is_kept_for_all_workers(bench: Bench) -> None:
    handler, calls = failing(Transient("limit", retry_after=60, throttle="github:7"))
    bench.start(limited=handler)
    before = bench.clock()
    bench.enqueue("limited")
    wait_until(lambda: bench.rows("error") != [""])
    with bench.store.read() as connection:
        until = throttle.blocked(connection).get(7)
    assert until is not None
    assert timedelta(seconds=59) < until - before < timedelta(seconds=62)
    assert len(calls) == 1


def test_every_schedule_has_a_flow() -> None:
    assert set(names.PERIODIC) <= set(names.FLOWS)


def test_the_backlog_counts_what_waits_and_since_when_the_oldest_is_due(bench: Bench) -> None:
    now = bench.clock()
    assert backlog(bench, now) == queue.Backlog(0, 0, 0, None)
    bench.enqueue("note", delay=600)
    bench.enqueue("note", delay=5)
    waiting = backlog(bench, now + timedelta(seconds=10))
    assert (waiting.ready, waiting.parked) == (2, 0)
    assert waiting.oldest is not None
    assert timedelta(seconds=4) < waiting.oldest - now < timedelta(seconds=7)
    assert backlog(bench, now).oldest is None


def backlog(bench: Bench, now: Any) -> queue.Backlog:
    with bench.store.read() as connection:
        return queue.backlog(connection, now)


def test_pauses_double_from_a_quarter_of_a_second_to_five_minutes_and_scatter() -> None:
    def pause(id: int, attempts: int) -> float:
        job = queue.Job(id, "job", {}, None, make.NOW, attempts, make.NOW)
        return retries.pause(job, Transient("no")).total_seconds()

    assert [pause(8, n) for n in range(13)] == [0.25 * 2**n for n in range(11)] + [300, 300]
    assert len({pause(id, 3) for id in range(8)}) == 8
    assert all(2 <= pause(id, 3) < 4 for id in range(1000))


def test_a_clock_that_is_set_back_makes_nothing_wait_longer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: list[EventDict]
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.02)
    handler, calls = failing(Transient("busy", retry_after=0.4))
    runner = bench.new()
    assert isinstance(runner, EmbeddedJobs)
    runner.start({"again": handler, "note": bench.note, "often": bench.note}, {"often": EVERY})
    bench.runner = runner
    bench.enqueue("again", lock="one")
    bench.enqueue("note", lock="one", n="behind")
    bench.enqueue("note", delay=0.4, n="later")
    wait_until(lambda: len(calls) == 1)
    wait_until(lambda: runner._lanes.later == 2)
    bench.clock.forward(-600)
    wait_until(lambda: {"behind", "later"} <= set(bench.done))
    assert len(calls) == 2
    before = len(bench.done)
    wait_until(lambda: len(bench.done) > before)
    assert "clock.set_back" in [line["event"] for line in logs]


def test_a_clock_that_is_set_back_while_a_failure_is_noted_makes_nothing_wait_longer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: list[EventDict]
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.02)
    put_back = queue.put_back

    def slowly(*args: Any) -> queue.Job:
        monkeypatch.setattr(queue, "put_back", put_back)
        set_back_and_seen(bench, logs)
        return put_back(*args)

    monkeypatch.setattr(queue, "put_back", slowly)
    handler, calls = failing(Transient("busy", retry_after=0.1))
    bench.start(again=handler)
    bench.enqueue("again", lock="one")
    wait_until(lambda: len(calls) == 2)


def test_a_clock_that_is_set_back_while_a_job_is_promised_makes_it_wait_no_longer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: list[EventDict]
) -> None:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.02)
    runner = bench.start()

    def work(tx: Transaction) -> None:
        soon = bench.clock() + timedelta(seconds=0.1)
        runner.enqueue(tx, "note", {"n": "late"}, run_at=soon)
        set_back_and_seen(bench, logs)

    bench.store.write(work)
    wait_until(lambda: bench.done == ["late"])


def set_back_and_seen(bench: Bench, logs: list[EventDict]) -> None:
    """The clock goes back by ten minutes, and the runner has noticed."""
    bench.clock.forward(-600)
    wait_until(lambda: "clock.set_back" in [line["event"] for line in logs])


def test_a_full_disk_makes_the_runner_rest_and_not_ask_in_vain(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: list[EventDict]
) -> None:
    monkeypatch.setattr(embedded, "NOT_SAVED", timedelta(seconds=0.3))
    full, calls = threading.Event(), []
    full.set()

    def handler(args: Mapping[str, Any]) -> None:
        calls.append(args["n"])
        if full.is_set():
            raise sqlite_error("SQLITE_FULL")

    bench.start(workers=2, max_attempts=1, job=handler)
    for n in range(50):
        bench.enqueue("job", lock=f"{n}", n=n)
    wait_until(lambda: calls)
    time.sleep(0.2)
    assert len(calls) <= 2  # one for each worker
    full.clear()
    wait_until(lambda: not bench.rows())
    assert set(calls) == set(range(50))
    (line,) = [line for line in logs if line["event"] == "jobs.resting"]
    assert "the disk is full" in line["reason"]
    assert "job.parked" not in [line["event"] for line in logs]


def sqlite_error(name: str) -> OperationalError:
    """What the database raises, as it comes out of SQLAlchemy."""
    origin = sqlite3.OperationalError("database or disk is full")
    origin.sqlite_errorcode = getattr(sqlite3, name)
    return OperationalError("INSERT", {}, origin)
