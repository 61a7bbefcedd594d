"""A bad machine: a full disk, a locked database, thousands of deliveries waiting, told to stop."""

from __future__ import annotations

import concurrent.futures
import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from bot.ports import Transaction
from bot.sandbox.records import FileChange
from bot.store import inbox, queue
from bot.store.engine import open_engine
from bot.store.store import Store
from tests import make
from tests.hardship.process import Bot, bot_in
from tests.hardship.test_windows import COMMENT, begun, checks, comments, opened
from tests.make import NOW, as_body, payload, wait_until

FULL = os.environ.get("EMPTYCHAIR_TORTURE") == "full"
MANY = 10_000 if FULL else 3_000  # deliveries
LARGEST = 25 * 1024 * 1024  # bytes that GitHub delivers at the most
MEGABYTE = 1024 * 1024


def refused(bot: Bot) -> list[str]:
    """The deliveries that were never accepted."""
    found = [d for d in bot.github.deliveries if d.status is not None]
    accepted = {d.guid for d in found if d.status in (200, 202)}
    return [d.guid for d in found if d.guid not in accepted]


def all_done(bot: Bot, numbers: list[int]) -> None:
    """Every pull request has its one comment and check, and nothing is left over."""
    bot.settle(30)
    made = [(comments(bot.github, n), checks(bot.github, n)) for n in numbers]
    assert made == [(1, 1)] * len(numbers)
    assert bot.rows("SELECT count(*) FROM job") == [0]
    assert bot.rows("PRAGMA integrity_check") == ["ok"]
    assert bot.first_broken() is None
    status, state = bot.ready()
    assert (status, state["ready"]) == (200, True)
    assert bot.metric("emptychair_database_writable") == 1


def out_of_room(bot: Bot, reason: str) -> list[int]:
    """People go on while nothing can be stored; gives their pull requests."""
    numbers = [opened(bot.github) for _ in range(3)]
    assert bot.github.wait_idle(10)
    assert len(refused(bot)) >= 3
    status, state = bot.ready()
    assert (status, state["ready"], reason in state["reason"]) == (503, False, True), state
    assert bot.metric("emptychair_database_writable") == 0
    assert [comments(bot.github, n) + checks(bot.github, n) for n in numbers] == [0, 0, 0]
    told = bot.lines("webhook.not_durable") + bot.lines("jobs.resting")
    assert 0 < len(told) <= 4
    assert all(reason in line for line in told)
    return numbers


def test_a_disk_that_takes_no_writes_loses_nothing_and_needs_no_restart(tmp_path: Path) -> None:
    with bot_in(tmp_path) as bot:
        bot.start()
        first = opened(bot.github)
        wait_until(lambda: bot.rows("SELECT count(*) FROM delivery") != [0])
        bot.limit_files(1)  # also what is being worked on cannot be noted
        numbers = out_of_room(bot, "the disk does not take writes")
        bot.limit_files(None)
        all_done(bot, [first, *numbers])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, where we may make one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=False)


def fill_up(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    return ballast


def test_a_full_disk_loses_nothing_and_needs_no_restart(small_disk: Path) -> None:
    with bot_in(small_disk) as bot:
        bot.start()
        first = opened(bot.github)
        wait_until(lambda: bot.rows("SELECT count(*) FROM delivery") != [0])
        ballast = fill_up(small_disk)
        files = [FileChange(f"web/{n}.css", 1, 1, os.urandom(2000).hex()) for n in range(100)]
        bot.github.open_pull_request(title="Much", body="x" * 60_000, files=files, author="author")
        numbers = out_of_room(bot, "the disk is full")
        ballast.unlink()
        all_done(bot, [first, *numbers])


@contextmanager
def locked(bot: Bot) -> Iterator[None]:
    """Another process writes."""
    with closing(sqlite3.connect(bot.database, isolation_level=None, timeout=20)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_while_the_database_is_locked_deliveries_wait_and_nothing_is_lost(tmp_path: Path) -> None:
    with bot_in(tmp_path) as bot:
        bot.start()
        first = opened(bot.github)
        wait_until(lambda: bot.rows("SELECT count(*) FROM delivery") != [0])
        with locked(bot):
            second = opened(bot.github)
            status, state = bot.ready()
            assert (status, "is locked" in state["reason"]) == (503, True)
            assert bot.metric("emptychair_database_writable") == 0
            assert bot.rows("SELECT count(*) FROM job WHERE state = 'parked'") == [0]
        assert bot.github.wait_idle(10)
        assert refused(bot) == []  # it waited, and was stored
        all_done(bot, [first, second])


def test_told_to_stop_it_ends_in_time_while_github_is_slow_and_goes_on_later(
    tmp_path: Path,
) -> None:
    """Also while somebody sends a delivery slowly and another process locks the database."""
    with bot_in(tmp_path) as bot:
        bot.start()
        bot.github.faults.add("slow-answer", on=COMMENT, seconds=15)
        numbers = [opened(bot.github) for _ in range(4)]
        wait_until(lambda: begun(bot, "comment") and len(bot.rows("SELECT id FROM review")) == 4)
        address = ("127.0.0.1", int(bot.url.rpartition(":")[2]))
        with slow_delivery(address), locked(bot):
            numbers.append(opened(bot.github))
            assert bot.terminate() == 0
        assert bot.rows("SELECT count(*) FROM job") != [0]
        bot.github.faults.clear()
        bot.start()
        all_done(bot, numbers)


@contextmanager
def slow_delivery(address: tuple[str, int]) -> Iterator[None]:
    """Somebody has begun to send a delivery and does not go on."""
    with socket.create_connection(address, timeout=5) as connection:
        lines = [f"{name}: {value}" for name, value in make.headers("push", b"x" * 90).items()]
        head = ["POST /github/webhooks HTTP/1.1", "Host: x", "Content-Length: 90", *lines]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + b"x" * 9)
        yield


def test_thousands_of_deliveries_that_waited_are_worked_off(tmp_path: Path) -> None:
    with bot_in(tmp_path) as bot:
        fill(bot)
        bot.start()
        status, state = bot.ready()
        assert (status, state["ready"]) == (200, True)
        assert state["jobs_waiting"] > 0
        assert "more than five minutes" in state["warning"]  # they came long ago
        wait_until(lambda: bot.rows("SELECT count(*) FROM job") == [0], 60)
        assert bot.memory("VmHWM") < 300 * MEGABYTE
        assert "warning" not in bot.ready()[1]
        assert bot.lines("job.parked") == []
        all_done(bot, [opened(bot.github)])


def fill(bot: Bot) -> None:
    """Comments that say nothing to us, on a hundred pull requests, promised and not dealt with."""
    store = Store(open_engine(f"sqlite:///{bot.database}"))
    body = inbox.pack(as_body(payload("issue_comment", "created")))

    def work(tx: Transaction) -> None:
        for n in range(MANY):
            inbox.accept(tx, f"d-{n}", "issue_comment", "CommentCreated", body, NOW)
            queue.add(tx, inbox.DELIVER, {"delivery": f"d-{n}"}, f"pr:1:{n % 100}", NOW, NOW)

    store.write(work)
    store.close()


def test_large_deliveries_at_once_stay_within_the_memory_of_a_small_machine(
    tmp_path: Path,
) -> None:
    with bot_in(tmp_path) as bot:
        bot.start()
        body = as_body(payload("pull_request", "opened", padding="x" * (LARGEST - 40_000)))
        assert len(body) < LARGEST

        def send(n: int) -> int:
            headers = make.headers("pull_request", body, f"large-{n}", bot.webhook_secret)
            url = f"{bot.url}/github/webhooks"
            return requests.post(url, data=body, headers=headers, timeout=30).status_code

        with concurrent.futures.ThreadPoolExecutor(8) as senders:
            answers = list(senders.map(send, range(8)))
        assert set(answers) <= {202, 503}
        assert 202 in answers
        assert bot.memory("VmHWM") < 700 * MEGABYTE
        assert bot.ready()[0] == 200
