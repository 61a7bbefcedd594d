"""One writer, many callers: what a caller was told is on disk, and a failure is its own."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.store import Store
from tests import make
from tests.make import wait_until

Work = Callable[[Transaction], str]


def adds(key: str) -> Work:
    """A unit that adds one row."""

    def work(tx: Transaction) -> str:
        tx.connection.execute(insert(t.throttle).values(key=key, blocked_until=make.NOW))
        return key

    return work


def keys(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(t.throttle.c.key).order_by("key")).scalars())


@contextmanager
def busy(store: Store) -> Iterator[threading.Event]:
    """The writer is at work until the event is set: what comes now shares one transaction."""
    go, begun = threading.Event(), threading.Event()

    def work(tx: Transaction) -> None:
        begun.set()
        go.wait(5)

    store.submit(work)
    assert begun.wait(5)
    try:
        yield go
    finally:
        go.set()


@contextmanager
def locked(store: Store) -> Iterator[sqlite3.Connection]:
    """Another process writes."""
    with closing(sqlite3.connect(str(store.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_result_is_on_disk_when_the_caller_gets_it(store: Store) -> None:
    assert store.write(adds("a")) == "a"
    with closing(sqlite3.connect(str(store.engine.url.database))) as other:
        assert other.execute("SELECT key FROM throttle").fetchall() == [("a",)]


def test_thirty_two_threads_write_and_nothing_is_lost_or_doubled(store: Store) -> None:
    def writes(thread: int) -> None:
        for number in range(10):
            assert store.write(adds(f"{thread}-{number}")) == f"{thread}-{number}"

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(writes, range(32)))
    assert len(keys(store)) == 320


def test_units_that_wait_together_share_one_transaction(store: Store) -> None:
    commits: list[Transaction] = []

    def work(tx: Transaction) -> object:
        commits.append(tx)
        return tx.connection

    with busy(store) as go:
        futures = [store.submit(work) for _ in range(5)]
        go.set()
    assert len({id(future.result(5)) for future in futures}) == 1


def test_a_unit_that_fails_takes_no_neighbour_along(store: Store) -> None:
    def broken(tx: Transaction) -> str:
        adds("half")(tx)
        raise ValueError("no")

    with busy(store) as go:
        units: list[Future[str]] = [store.submit(work) for work in (adds("a"), broken, adds("a"))]
        last = store.submit(adds("b"))
        go.set()
    assert units[0].result(5) == "a"
    with pytest.raises(ValueError, match="no"):
        units[1].result(5)
    with pytest.raises(IntegrityError):
        units[2].result(5)
    assert last.result(5) == "b"
    assert keys(store) == ["a", "b"]


def test_a_unit_that_wants_to_end_the_program_ends_nothing(store: Store) -> None:
    def leave(tx: Transaction) -> str:
        raise SystemExit(1)

    with busy(store) as go:
        bad, good = store.submit(leave), store.submit(adds("a"))
        go.set()
    with pytest.raises(SystemExit):
        bad.result(5)
    assert good.result(5) == "a"
    assert store.write(adds("b")) == "b"


def test_what_follows_a_commit_is_called_once_and_not_before_it(store: Store) -> None:
    seen: list[list[str]] = []

    def work(tx: Transaction) -> None:
        adds("a")(tx)
        tx.after_commit.append(lambda: seen.append(keys(store)))
        assert seen == []

    def broken(tx: Transaction) -> None:
        tx.after_commit.append(lambda: seen.append(["of a unit that failed"]))
        raise ValueError

    with busy(store) as go:
        good, bad = store.submit(work), store.submit(broken)
        go.set()
    good.result(5)
    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        bad.result(5)
    assert seen == [["a"]]


def test_a_callback_that_fails_undoes_and_repeats_nothing(store: Store) -> None:
    runs: list[str] = []

    def work(tx: Transaction) -> str:
        runs.append("work")
        tx.after_commit.append(lambda: runs.append(str(1 / 0)))
        tx.after_commit.append(lambda: runs.append("next"))
        return adds("a")(tx)

    with busy(store) as go:
        futures = [store.submit(work), store.submit(adds("b"))]
        go.set()
    assert [future.result(5) for future in futures] == ["a", "b"]
    assert runs == ["work", "next"]


def test_a_unit_whose_caller_gave_up_is_not_run_and_harms_nobody(store: Store) -> None:
    runs: list[str] = []

    def counted(tx: Transaction) -> None:
        runs.append("once")

    with busy(store) as go:
        first, given_up = store.submit(counted), store.submit(adds("unwanted"))
        assert given_up.cancel()
        go.set()
    first.result(5)
    with pytest.raises(CancelledError):
        given_up.result(5)
    assert store.write(adds("a")) == "a"
    assert (runs, keys(store)) == (["once"], ["a"])


def test_a_unit_that_runs_can_no_longer_be_given_up(store: Store) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(tx: Transaction) -> str:
        begun.set()
        go.wait(5)
        return adds("a")(tx)

    future = store.submit(work)
    assert begun.wait(5)
    assert not future.cancel()
    go.set()
    assert future.result(5) == "a"


def test_a_unit_that_would_wait_for_itself_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="its own transaction"):
        store.write(lambda tx: store.write(adds("inner")))
    assert keys(store) == []


def test_a_closed_store_finishes_what_was_queued_and_refuses_the_rest(tmp_path: Path) -> None:
    store = make.store(tmp_path)
    with busy(store) as go:
        queued = store.submit(adds("a"))
        closer = threading.Thread(target=store.close)
        closer.start()
        go.set()
    closer.join(5)
    assert queued.result(0) == "a"
    with pytest.raises(RuntimeError, match="closed"):
        store.submit(adds("b"))
    store.close()


def test_a_write_waits_while_another_process_writes(store: Store) -> None:
    with locked(store) as other:
        future = store.submit(adds("a"))
        with pytest.raises(TimeoutError):
            future.result(0.03)
        other.execute("ROLLBACK")
        assert future.result(5) == "a"


def test_a_lock_that_lasts_becomes_everybodys_error_at_once(tmp_path: Path) -> None:
    store = make.store(tmp_path, busy_seconds=0.1)
    with locked(store):
        began = time.monotonic()
        futures = [store.submit(adds(str(number))) for number in range(40)]
        for future in futures:
            with pytest.raises(OperationalError, match="locked"):
                future.result(5)
        assert time.monotonic() - began < 2
    assert store.write(adds("a")) == "a"
    assert keys(store) == ["a"]
    store.close()


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    with locked(store):
        assert keys(store) == []


def test_a_look_is_consistent_while_others_write(store: Store) -> None:
    store.write(adds("a"))
    with store.read() as connection:
        first = connection.execute(select(t.throttle.c.key)).all()
        store.write(adds("b"))
        assert connection.execute(select(t.throttle.c.key)).all() == first
    assert keys(store) == ["a", "b"]


def test_more_readers_than_the_pool_keeps_do_not_block_the_writer(store: Store) -> None:
    leave, inside = threading.Event(), threading.Semaphore(0)

    def look() -> None:
        with store.read():
            inside.release()
            leave.wait(5)

    threads = [threading.Thread(target=look) for _ in range(80)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=5)
    assert store.submit(adds("a")).result(5) == "a"
    leave.set()
    for thread in threads:
        thread.join(5)


def test_a_database_that_went_away_is_an_error_and_not_a_silence(tmp_path: Path) -> None:
    store = make.store(tmp_path)
    store.write(adds("a"))
    store.engine.dispose()
    (tmp_path / "emptychair.db").unlink()
    (tmp_path / "emptychair.db").mkdir()
    with pytest.raises(OperationalError):
        store.submit(adds("b")).result(5)
    (tmp_path / "emptychair.db").rmdir()
    make.database(tmp_path)
    assert store.submit(adds("c")).result(5) == "c"
    wait_until(lambda: keys(store) == ["c"])
    store.close()
