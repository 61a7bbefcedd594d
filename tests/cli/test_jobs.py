"""`emptychair jobs`: what failed and why is told, done again or given up, beside a running bot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli, jobs
from bot.core.facts import Repository
from bot.errors import Rejected, Transient
from bot.jobs.hold import hold
from bot.store import inbox, operator, queue, repositories
from bot.store.engine import database_file
from bot.store.store import Store
from bot.views.jobs import about
from tests import make
from tests.golden import same_as_golden
from tests.jobs.conftest import Bench
from tests.make import NOW, wait_until

PARKED = operator.State.PARKED
DELIVERY = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
HOSTILE = "Rejected: GitHub said no (422) to \x1b[31mOnly\u202e a\nrename\x9b of `Größe`."


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = make.store(tmp_path)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(opened.engine.url))
    yield opened
    opened.close()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A running runner and its database."""
    made = Bench(tmp_path)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(made.store.engine.url))
    yield made
    made.stop()
    made.store.close()


def run(*arguments: object, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["jobs", *map(str, arguments)], input=input)


def add(store: Store, name: str, args: dict[str, Any], lock: str | None = None) -> int:
    return store.write(lambda tx: queue.add(tx, name, args, lock, NOW, NOW)).id


def park(store: Store, id: int, error: str = "Rejected: no") -> int:
    store.write(lambda tx: queue.park(tx, id, 12, error))
    return id


def some(store: Store) -> None:
    """One of each: parked, tried again, and waiting for its turn."""
    shop = Repository(7, "acme/shop", 3, True, "main")
    store.write(lambda tx: repositories.save(tx, shop))
    store.write(lambda tx: inbox.accept(tx, DELIVERY, "issue_comment", "CommentEdited", b"", NOW))
    park(store, add(store, "deliver", {"delivery": DELIVERY}, "pr:7:12"), HOSTILE)
    check = {"repository": 7, "head_sha": "1a2b3c4d" * 5, "force": False}
    tried = store.write(lambda tx: queue.add(tx, "publish_check", check, "check:7:1", NOW, NOW))
    later = NOW + timedelta(minutes=4)
    store.write(lambda tx: queue.put_back(tx, tried, later, 3, "Transient: GitHub is away (502)"))
    add(store, "check_app", {})


def test_each_job_is_listed_with_state_place_tries_and_error(store: Store) -> None:
    some(store)
    same_as_golden("cli/jobs-list.txt", run("list").output)


def test_the_list_can_be_narrowed_to_one_state_and_cut(store: Store) -> None:
    some(store)
    said = run("list", "--state", "retrying").output
    assert "publish_check" in said
    assert "deliver" not in said
    assert "And 2 more; --limit shows them." in run("list", "--limit", 1).output
    assert "more" not in run("list", "--state", "ready", "--limit", 1).output


def test_json_tells_the_same_with_errors_whole(store: Store) -> None:
    some(store)
    found = json.loads(run("list", "--json", "--state", "parked").output)
    assert found["counted"] == {"parked": 1, "retrying": 1, "ready": 1}
    assert found["jobs"] == [
        {
            "id": 1, "state": "parked", "name": "deliver", "about": "acme/shop#12", "tries": 12,
            "since": "2026-03-02T09:30:00+00:00", "next_run": None, "lock": "pr:7:12",
            "error": HOSTILE,
        }
    ]  # fmt: skip


def test_one_job_is_shown_with_its_whole_error_and_its_delivery(store: Store) -> None:
    some(store)
    same_as_golden("cli/jobs-show.txt", run("show", 1).output)


def test_without_jobs_the_list_says_so(store: Store) -> None:
    assert run("list").output == "0 parked, 0 retrying, 0 ready.\n"
    assert run("retry", "all-parked").output == "No job is parked.\n"


@pytest.mark.parametrize(
    ("args", "lock", "expected"),
    [
        ({"repository": 7, "number": 12}, None, "acme/shop#12"),
        ({"repository": 8, "number": 12}, None, "repository 8#12"),
        ({"repository": 7, "head_sha": "1a2b3c4d"}, None, "acme/shop at 1a2b3c4"),
        ({"delivery": "x"}, "head:7:1a2b3c4d", "acme/shop at 1a2b3c4"),
        ({"delivery": "x"}, "repository:7", "acme/shop"),
        ({"delivery": "x"}, "installation:7", ""),
        ({"full_names": ["a/b", "a/c", "a/d"]}, None, "a/b and 2 more"),
        ({}, None, ""),
        ({}, "pr:", ""),
    ],
)
def test_what_a_job_is_about(args: dict[str, Any], lock: str | None, expected: str) -> None:
    assert about(args, lock, {7: "acme/shop"}) == expected


# -- retry -----------------------------------------------------------------------------------------


def test_a_parked_job_that_is_retried_from_another_process_is_done_by_the_running_bot(
    bench: Bench,
) -> None:
    refusing = [True]

    def moody(args: Any) -> None:
        if refusing:
            raise Rejected("no", 403)
        bench.done.append(args["n"])

    bench.start(moody=moody)
    bench.enqueue("moody", lock="one", n=1)
    wait_until(lambda: bench.rows("state") == ["parked"])
    refusing.clear()
    command = [sys.executable, "-m", "bot", "jobs", "retry", "all-parked"]
    said = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=True)
    assert said.stdout == "1 job is promised again.\n"
    wait_until(lambda: bench.done == [1])
    wait_until(lambda: not bench.rows())


def test_a_retried_job_has_all_its_tries_and_keeps_since_when_it_was_promised(
    store: Store,
) -> None:
    old = park(store, add(store, "deliver", {"delivery": DELIVERY}, "pr:7:12"))
    assert run("retry", old).output == "1 job is promised again.\n"
    with store.read() as connection:
        (job,) = queue.ready_after(connection, old)
    assert (job.attempts, job.lock, job.args) == (0, "pr:7:12", {"delivery": DELIVERY})
    assert job.created_at == NOW
    assert job.run_at > NOW
    assert json.loads(run("list", "--json").output)["jobs"][0]["error"] == ""


def test_many_are_retried_in_their_order_some_in_each_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    ids = [park(store, add(store, "react", {"n": n})) for n in range(5)]
    waits = add(store, "react", {"n": 9})
    assert run("retry", "all-parked").output == "5 jobs are promised again.\n"
    with store.read() as connection:
        found = queue.ready_after(connection, 0)
    assert [job.args["n"] for job in found] == [9, 0, 1, 2, 3, 4]
    assert found[0].id == waits
    assert min(job.id for job in found[1:]) > max(ids)


def test_what_is_parked_anew_meanwhile_is_left_so_that_it_comes_to_an_end(store: Store) -> None:
    first = park(store, add(store, "react", {}))
    anew = park(store, add(store, "react", {}))
    assert store.write(lambda tx: operator.retry_parked(tx, first, NOW, 500)) == 1
    assert store.write(lambda tx: operator.retry_parked(tx, first, NOW, 500)) == 0
    with store.read() as connection:
        assert [seen.job.id for seen in operator.listed(connection, PARKED, 9)] == [anew]


def test_some_are_retried_all_or_none(store: Store) -> None:
    first = park(store, add(store, "react", {}))
    waits = add(store, "react", {})
    found = run("retry", first, waits)
    assert found.exit_code == 1
    assert f"Job {waits} is not parked: it runs by itself, next at 2026-03-02 09:30:00 UTC." in (
        found.output
    )
    assert "There is no job 99." in run("retry", first, 99).output
    assert "or never was: `emptychair jobs list`" in run("show", 99).output
    for nonsense in ("abc", "-1", "٣", "9" * 20):
        found = run("show", "--", nonsense)
        assert (found.exit_code, "is not the number of a job" in found.output) == (2, True)
    assert run("list", "--state", "parked").output.startswith("1 parked")


# -- drop ------------------------------------------------------------------------------------------


def test_a_job_is_dropped_only_after_saying_what_is_lost(store: Store) -> None:
    id = park(store, add(store, "deliver", {"delivery": DELIVERY}, "pr:7:12"))
    kept = run("drop", id, input="n\n")
    assert kept.exit_code == 1
    assert (
        "Job 1, deliver of repository 7#12, is parked.\nIf it is dropped, what GitHub told"
        in kept.output
    )
    assert "1 parked" in run("list").output
    assert run("drop", id, input="y\n").output.endswith("Dropped.\n")
    assert "0 parked" in run("list").output


def test_a_dropped_job_that_waited_for_its_next_try_is_not_tried_again(bench: Bench) -> None:
    tries = []

    def fails(args: Any) -> None:
        tries.append(args["n"])
        raise Transient("away", 30)

    bench.start(fails=fails)
    bench.enqueue("fails", lock="one", n=1)
    bench.enqueue("note", lock="one", n=2)
    wait_until(lambda: bench.rows("attempts") == [1, 0])
    assert run("drop", 1, "--yes").exit_code == 0
    bench.clock.forward(31)
    bench.enqueue("note", n=3)  # wakes a worker, which looks at the clock
    wait_until(lambda: sorted(bench.done) == [2, 3])
    assert tries == [1]


def test_a_job_that_has_not_failed_is_dropped_only_while_the_bot_is_stopped(store: Store) -> None:
    id = add(store, "check_app", {})
    with hold(database_file(str(store.engine.url))):
        refused = run("drop", id, "--yes")
    assert refused.exit_code == 1
    assert "Stop the bot to drop it." in refused.output
    done = run("drop", id, "--yes")
    assert "promised again at its next turn" in done.output
    assert done.exit_code == 0


# -- what cannot be done ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("show", 5), ("retry", 5), ("drop", 5, "--yes")])
def test_an_unknown_job_is_named_with_the_next_step(store: Store, command: tuple[Any]) -> None:
    found = run(*command)
    assert found.exit_code == 1
    assert "There is no job 5." in found.output
    assert "`emptychair jobs list` shows all." in found.output


@pytest.mark.parametrize("which", [["all"], ["1", "all-parked"], ["-1"], ["9" * 30]])
def test_what_is_no_id_is_not_understood(store: Store, which: list[str]) -> None:
    assert run("retry", *which).exit_code == 2


@pytest.mark.parametrize("command", [("list",), ("show", 1), ("retry", 1), ("retry", "all-parked")])
def test_without_a_database_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[Any]
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    found = run(*command)
    assert found.exit_code == 1
    assert "There is no database at" in found.output
    assert list(tmp_path.iterdir()) == []
