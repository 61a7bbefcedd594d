"""What nobody told of is found: what is looked at, what is left alone, and what that costs."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.core.facts import Actor, PullRequest, Repository
from bot.errors import Rejected, Transient
from bot.flows.sweep_repositories import differing, sweep_repositories
from bot.gateways import github_comments
from bot.jobs.embedded import EmbeddedJobs
from bot.ports import Transaction
from bot.store import queue, repositories, surfaces
from bot.store.surfaces import CHECK, COMMENT
from tests import make
from tests.flows.people import ALL, THEME, answered, click, only_comment, says
from tests.sweeps.conftest import Bench, Days

PULLS = "GET /repos/{owner}/{repo}/pulls"
COMMENTS = "GET /repos/{owner}/{repo}/issues/comments"
FACE: dict[str, Any] = {"title": "A theme", "body": "Asked for.\n\nFixes #4", "author": "author"}
LONG_AGO = make.NOW - timedelta(hours=1)
PULL = PullRequest(
    Repository(501, "acme/shop", 7), 12, "A theme", "Why", Actor(11, "author"), "a" * 40, "main",
    "theme", ("a", "b"), False, True, False, LONG_AGO, "https://github.com/acme/shop/pull/12",
)  # fmt: skip


@pytest.mark.parametrize(
    ("listed", "known", "visited"),
    [
        ([PULL], [PULL], []),
        ([PULL], [], [12]),
        ([], [PULL], [12]),
        ([replace(PULL, head_sha="b" * 40)], [PULL], [12]),
        ([replace(PULL, base_ref="next")], [PULL], [12]),
        ([replace(PULL, draft=True)], [PULL], [12]),
        ([replace(PULL, title="Another")], [PULL], [12]),
        ([replace(PULL, body="Another")], [PULL], [12]),
        ([replace(PULL, labels=("a",))], [PULL], [12]),
        # The order of labels means nothing, and a comment changes nothing but the time.
        ([replace(PULL, labels=("b", "a"))], [PULL], []),
        ([replace(PULL, updated_at=LONG_AGO + timedelta(minutes=9))], [PULL], []),
        # A copy that lags behind; what happened just now, and may still be told.
        ([replace(PULL, title="Old", updated_at=LONG_AGO - timedelta(minutes=9))], [PULL], []),
        ([replace(PULL, updated_at=make.NOW - timedelta(seconds=30))], [], []),
        ([], [replace(PULL, updated_at=make.NOW - timedelta(seconds=30))], []),
    ],
)
def test_what_is_looked_at_again(
    listed: list[PullRequest], known: list[PullRequest], visited: list[int]
) -> None:
    assert differing(listed, known, make.NOW) == visited


def opened(days: Days) -> int:
    number = days.pair.github.open_pull_request(**FACE, files=(THEME,))
    days.settle()
    return number


def unheard(days: Days) -> None:
    """What just happened is never told."""
    days.pair.github.deliveries.clear()
    days.pair.github.faults.clear()


def test_a_tick_that_github_never_recorded_counts_as_that_of_who_made_it(days: Days) -> None:
    number = opened(days)
    days.pair.github.faults.lose_deliveries = 1.0
    days.pair.github.tick(only_comment(days.pair, number).id, 0, "writer", checked=True)
    unheard(days)
    days.minutes(7)
    assert len(answered(days.pair, number)) == 1
    assert set(answered(days.pair, number).values()) == {"writer"}
    assert says(days.pair, number)[1] == "1 of 5 answered"


def test_a_command_that_github_never_recorded_is_obeyed_once(days: Days) -> None:
    number = opened(days)
    days.pair.github.faults.lose_deliveries = 1.0
    comment = days.pair.github.comment(number, ALL, "author")
    unheard(days)
    days.minutes(14)
    assert says(days.pair, number)[0] == "success"
    assert sorted(days.pair.github.reactions(comment)) == ["eyes", "rocket"]


def test_a_stranger_s_command_is_kept_as_ever(days: Days) -> None:
    number = opened(days)
    days.pair.github.faults.lose_deliveries = 1.0
    days.pair.github.comment(number, ALL, "outsider")
    unheard(days)
    days.minutes(7)
    assert answered(days.pair, number) == {}


def test_a_lost_closing_is_noticed_and_so_is_a_push(days: Days) -> None:
    closed, pushed = opened(days), opened(days)
    days.pair.github.faults.lose_deliveries = 1.0
    days.pair.github.close(closed)
    days.pair.github.push(pushed, (THEME,))
    unheard(days)
    days.minutes(7)
    review = days.pair.review(closed)
    assert review is not None
    assert review.state == "withdrawn"
    assert says(days.pair, pushed) == ("action_required", "0 of 5 answered")


def test_a_check_that_was_never_written_is_written(days: Days) -> None:
    number = opened(days)
    assert days.pair.bot is not None
    repository = days.pair.github.state.repository_id
    head = days.pair.github.pull_request(number).head_sha
    days.pair.github.state.checks.clear()
    days.pair.github.state._checks_by_sha.clear()
    days.pair.bot.store.write(lambda tx: surfaces.gone(tx, CHECK, repository, head))
    days.pair.bot.store.write(lambda tx: surfaces.gone(tx, COMMENT, repository, str(number)))
    days.pair.github.delete_comment(only_comment(days.pair, number).id, "reviewer")
    days.minutes(7)
    assert says(days.pair, number)[0] == "action_required"
    only_comment(days.pair, number)


def test_what_an_outage_parked_goes_on_by_itself(days: Days) -> None:
    number = opened(days)
    days.pair.github.faults.add("502-before")
    click(days.pair, number, "effect=better", "writer")
    for _ in range(15):
        days.settle()
        days.clock.forward(minutes=5)
    days.clock.forward(hours=2)  # they rest as long as they had waited
    assert {passing for _, passing in parked(days)} == {1}
    assert says(days.pair, number)[1] == "0 of 5 answered"
    days.pair.github.faults.clear()
    days.minutes(6)
    assert parked(days) == []
    assert says(days.pair, number)[1] == "1 of 5 answered"


def parked(days: Days) -> list[tuple[str, int]]:
    assert days.pair.bot is not None
    with days.pair.bot.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT name, passing FROM job WHERE state = 'parked'")
        return [(row[0], row[1]) for row in rows]


def installed(bench: Bench, count: int) -> None:
    """Repositories that the record knows; of all but the first GitHub knows nothing."""
    state = bench.github.state
    for n in range(count):
        name = state.full_name if n == 0 else f"acme/shop-{n}"
        one = Repository(state.repository_id + n, name, bench.github.installation_id)
        bench.world.store.write(lambda tx, one=one: repositories.save(tx, one))  # type: ignore[misc]


def test_ten_repositories_a_sweep_those_first_that_waited_longest(bench: Bench) -> None:
    installed(bench, 14)
    unknown = "GET /repos/{owner}/{repo}/pulls"
    assert bench.sweep(sweep_repositories) == {unknown: 10}
    assert bench.rows("SELECT count(*) FROM repository WHERE swept_at IS NULL") == [4]
    bench.clock.forward(minutes=5)
    assert bench.sweep(sweep_repositories) == {unknown: 10}
    assert bench.rows("SELECT count(*) FROM repository WHERE swept_at IS NULL") == [0]


def test_whatever_is_said_on_issues_what_is_said_after_it_is_heard(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, issue = opened(days), opened(days)
    other = re.compile(rf"/pull/(?!{issue}\b)(\d+)")  # the stand-in knows no issues
    monkeypatch.setattr(github_comments, "PULL_REQUEST", other)
    days.pair.github.faults.lose_deliveries = 1.0
    for n in range(350):
        days.pair.github.comment(issue, f"Me too {n}", "reviewer")
    days.clock.forward(seconds=2)
    days.pair.github.comment(number, ALL, "author")
    unheard(days)
    days.minutes(14)
    assert says(days.pair, number)[0] == "success"


def test_a_removed_installation_is_not_asked(bench: Bench) -> None:
    installed(bench, 1)
    with bench.world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE installation SET removed_at = '2026-01-01 00:00:00'")
    assert bench.sweep(sweep_repositories) == {}


def test_to_look_for_gaps_waits_for_no_writer_and_holds_none_up(bench: Bench) -> None:
    looked, writing = threading.Event(), threading.Event()

    def long(tx: Transaction) -> bool:
        writing.set()
        return looked.wait(5)

    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(bench.world.store.write, long)
        assert writing.wait(5)
        bench.sweep(sweep_repositories)
        looked.set()
        assert busy.result()


def test_visits_keep_the_pace_and_are_planned_once(bench: Bench) -> None:
    installed(bench, 1)
    for n in range(60):
        bench.github.open_pull_request(title=f"Change {n}")
    bench.clock.forward(minutes=2)
    assert bench.sweep(sweep_repositories) == {PULLS: 1}
    assert bench.rows("SELECT count(*), count(DISTINCT run_at) FROM job") == [(50, 50)]
    assert bench.sweep(sweep_repositories) == {PULLS: 1}
    numbers = bench.rows("SELECT args ->> 'number' FROM job ORDER BY id")
    assert sorted(numbers) == list(range(1, 61))


def test_a_repository_that_github_cannot_list_stops_none_of_the_others(bench: Bench) -> None:
    installed(bench, 14)
    bench.github.faults.add("502-before", on="GET /repos/acme/shop-3/pulls")
    assert bench.sweep(sweep_repositories) == {PULLS: 10}
    assert bench.rows("SELECT count(*) FROM repository WHERE swept_at IS NULL") == [4]


def test_nobody_there_ends_the_sweep_at_once_and_revives_nothing(bench: Bench) -> None:
    installed(bench, 5)
    job = bench.world.store.write(
        lambda tx: queue.add(tx, "react", {}, None, bench.clock(), bench.clock())
    )
    bench.world.store.write(lambda tx: queue.park(tx, job.id, 12, "Transient", passing=True))
    bench.github.faults.add("502-before", on="* /repos/*")
    bench.github.faults.add("502-before", on="GET /app")
    assert bench.sweep(sweep_repositories) == {PULLS: 2, "GET /app": 1}
    assert bench.rows("SELECT count(*) FROM repository WHERE swept_at IS NULL") == [3]
    assert bench.rows("SELECT state FROM job") == ["parked"]
    bench.github.faults.clear()
    bench.sweep(sweep_repositories)
    assert bench.rows("SELECT state, attempts FROM job") == [("ready", 0)]


def test_a_sweep_revives_a_hundred_and_nothing_that_waits_for_days(bench: Bench) -> None:
    def park(tx: Any, name: str, days: int) -> None:
        created = bench.clock() - timedelta(days=days)
        job = queue.add(tx, name, {}, "lane", created, created)
        queue.park(tx, job.id, 12, "Transient", passing=True)

    for n in range(120):
        bench.world.store.write(lambda tx, n=n: park(tx, f"young {n}", 0))  # type: ignore[misc]
    bench.world.store.write(lambda tx: park(tx, "old", 4))
    assert bench.sweep(sweep_repositories) == {"GET /app": 1}
    ready = bench.rows("SELECT name FROM job WHERE state = 'ready' ORDER BY id")
    assert ready == [f"young {n}" for n in range(100)]
    bench.sweep(sweep_repositories)
    assert bench.rows("SELECT name FROM job WHERE state = 'parked'") == ["old"]


def test_what_never_succeeds_is_revived_ever_more_seldom(bench: Bench) -> None:
    began = bench.clock() - timedelta(minutes=7)
    now = bench.clock()
    bench.world.store.write(lambda tx: queue.add(tx, "react", {}, "lane", now, began))
    ages = []
    for _ in range(3 * 24 * 12):
        for id in bench.rows("SELECT id FROM job WHERE state = 'ready'"):
            ages.append((bench.clock() - began) // timedelta(minutes=1))
            bench.world.store.write(
                lambda tx, id=id: queue.park(tx, id, 12, "Stale", passing=True)  # type: ignore[misc]
            )
        bench.clock.forward(minutes=5)
        bench.sweep(sweep_repositories)
    assert ages[:7] == [7, 17, 37, 77, 157, 317, 637]
    assert len(ages) < 20
    assert max(later - sooner for sooner, later in pairwise(ages)) <= 6 * 60 + 5


def test_a_visit_that_failed_for_good_keeps_nobody_away_for_longer_than_an_hour(
    bench: Bench,
) -> None:
    installed(bench, 1)
    bench.github.open_pull_request(title="A theme")
    bench.clock.forward(minutes=2)
    bench.sweep(sweep_repositories)
    (visit,) = bench.rows("SELECT id FROM job")
    bench.world.store.write(lambda tx: queue.park(tx, visit, 5, "Rejected"))
    for minutes, state in ((55, "parked"), (65, "ready")):
        tried = (bench.clock() - timedelta(minutes=minutes)).replace(tzinfo=None)
        with bench.world.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE job SET run_at = ?", (str(tried),))
        bench.sweep(sweep_repositories)
        assert bench.rows("SELECT state FROM job") == [state]


def test_what_github_refused_and_what_is_our_own_mistake_waits_for_a_person(bench: Bench) -> None:
    jobs = EmbeddedJobs(bench.world.store, bench.clock, 2, 1)

    def refused(_: Any) -> None:
        raise Rejected("no", 403)

    def broken(_: Any) -> None:
        raise ZeroDivisionError

    jobs.start({"refused": refused, "broken": broken}, {})
    for name in ("refused", "broken"):
        bench.world.store.write(lambda tx, name=name: jobs.enqueue(tx, name, {}))  # type: ignore[misc]
    make.wait_until(lambda: len(bench.rows("SELECT id FROM job WHERE state = 'parked'")) == 2)
    jobs.stop()
    assert bench.sweep(sweep_repositories) == {}
    assert bench.rows("SELECT state FROM job") == ["parked", "parked"]


def test_a_revived_job_runs_at_once_in_the_order_of_old(bench: Bench) -> None:
    done: list[Any] = []
    jobs = EmbeddedJobs(bench.world.store, bench.clock, 2, 1)

    def shaky(args: Any) -> None:
        if args["n"] not in failed:
            failed.append(args["n"])
            raise Transient("nobody there")
        done.append(args["n"])

    failed: list[Any] = []
    jobs.start({"shaky": shaky}, {})
    for n in range(5):
        bench.world.store.write(
            lambda tx, n=n: jobs.enqueue(tx, "shaky", {"n": n}, lock="lane")  # type: ignore[misc]
        )
    make.wait_until(lambda: len(bench.rows("SELECT id FROM job WHERE state = 'parked'")) == 5)
    since = bench.clock() - timedelta(hours=1)
    assert bench.world.store.write(lambda tx: jobs.revive(tx, since, 100)) == 5
    make.wait_until(lambda: done == [0, 1, 2, 3, 4])
    jobs.stop()
