"""What every job layer promises, whatever is behind it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.errors import NotYet, Rejected, Stale, Transient
from bot.ports import Transaction
from tests.jobs.conftest import Bench, Handler
from tests.make import wait_until


def failing(*errors: BaseException) -> tuple[Handler, list[float]]:
    """A handler that raises these one after the other and then works, and when it was called."""
    calls: list[float] = []
    left = list(errors)

    def handler(args: Mapping[str, Any]) -> None:
        calls.append(time.monotonic())
        if left:
            raise left.pop(0)

    return handler, calls


def gate() -> tuple[Handler, threading.Event, threading.Event]:
    """A handler that holds its worker; the events say that it began, and let it go."""
    begun, go = threading.Event(), threading.Event()

    def handler(args: Mapping[str, Any]) -> None:
        begun.set()
        go.wait(5)

    return handler, begun, go


def test_a_job_runs_once_and_is_gone(bench: Bench) -> None:
    bench.start()
    bench.enqueue("note", n={"text": "größer 🛒", "list": [1, None, True]})
    wait_until(lambda: not bench.rows())
    assert bench.done == [{"text": "größer 🛒", "list": [1, None, True]}]


def test_jobs_that_were_promised_before_the_start_run(bench: Bench) -> None:
    bench.enqueue("note", n=1)
    bench.start()
    wait_until(lambda: bench.done == [1])


def test_a_job_of_a_unit_that_fails_never_runs(bench: Bench) -> None:
    runner = bench.start()

    def work(tx: Transaction) -> None:
        runner.enqueue(tx, "note", {"n": "never"})
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        bench.store.write(work)
    bench.enqueue("note", n="after")
    wait_until(lambda: not bench.rows())
    assert bench.done == ["after"]


def test_jobs_of_one_lock_run_in_order_one_at_a_time_also_from_many_threads(bench: Bench) -> None:
    running: Counter[str] = Counter()
    seen: dict[str, list[int]] = {}
    overlaps: list[str] = []

    def handler(args: Mapping[str, Any]) -> None:
        lock, n = args["lock"], args["n"]
        running[lock] += 1
        if running[lock] > 1:
            overlaps.append(lock)
        time.sleep(0.0005)
        seen.setdefault(lock, []).append(n)
        running[lock] -= 1

    runner = bench.start(workers=8, slow=handler)
    order: dict[str, list[int]] = {}

    def promise(n: int) -> None:
        lock = f"pr:{n % 5}"

        def work(tx: Transaction) -> None:
            order.setdefault(lock, []).append(n)
            runner.enqueue(tx, "slow", {"lock": lock, "n": n}, lock=lock)

        bench.store.write(work)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(promise, range(300)))
    wait_until(lambda: not bench.rows(), 10)
    assert overlaps == []
    assert seen == order


def test_jobs_of_different_locks_run_side_by_side(bench: Bench) -> None:
    meet = threading.Barrier(3)
    bench.start(workers=3, meet=lambda args: (meet.wait(5), None)[1])
    for lock in ("a", "b", None):
        bench.enqueue("meet", lock=lock)
    wait_until(lambda: not bench.rows())
    assert not meet.broken


def test_every_one_of_two_thousand_jobs_runs(bench: Bench) -> None:
    runner = bench.start(workers=8)

    def work(tx: Transaction, first: int) -> None:
        for n in range(first, first + 100):
            runner.enqueue(tx, "note", {"n": n}, lock=f"pr:{n % 50}" if n % 3 else None)

    futures = [bench.store.submit(lambda tx, f=first: work(tx, f)) for first in range(0, 2000, 100)]  # type: ignore[misc]
    for future in futures:
        future.result(10)
    wait_until(lambda: not bench.rows(), 20)
    assert sorted(bench.done) == list(range(2000))


def test_a_job_may_promise_jobs(bench: Bench) -> None:
    def more(args: Mapping[str, Any]) -> None:
        if args["n"]:
            bench.enqueue("more", lock="one", n=args["n"] - 1)
        bench.note(args)

    bench.start(more=more)
    bench.enqueue("more", lock="one", n=5)
    wait_until(lambda: not bench.rows())
    assert bench.done == [5, 4, 3, 2, 1, 0]


def test_a_job_that_is_told_when_runs_then_and_not_before(bench: Bench) -> None:
    handler, calls = failing(NotYet("busy", retry_after=0.2))
    bench.start(again=handler)
    bench.enqueue("again")
    wait_until(lambda: not bench.rows())
    assert 0.2 <= calls[1] - calls[0] < 0.6


def test_a_job_that_is_not_told_backs_off(bench: Bench) -> None:
    handler, calls = failing(ValueError("no"), Transient("no"))
    bench.start(max_attempts=9, again=handler)
    bench.enqueue("again")
    for count, pause in ((1, 0.266), (2, 0.532)):
        wait_until(lambda count=count: len(calls) == count)  # type: ignore[misc]
        wait_until(lambda count=count: bench.rows("attempts") == [count])  # type: ignore[misc]
        bench.clock.forward(pause - 0.2)
        bench.enqueue("note")
        wait_until(lambda: bench.rows() == ["again"])
        assert len(calls) == count
        bench.clock.forward(0.2)
        bench.enqueue("note")
    wait_until(lambda: not bench.rows())


def test_trouble_that_names_a_time_is_a_failure_and_waits_no_less_than_our_own_pause(
    bench: Bench,
) -> None:
    hurried = [Transient("503", retry_after=0.0) for _ in range(3)]
    handler, calls = failing(*hurried)
    bench.start(max_attempts=3, again=handler)
    bench.enqueue("again")
    wait_until(lambda: bench.rows("state, attempts") == [("parked", 3)])
    assert calls[2] - calls[0] > 0.7


def test_a_job_that_came_too_late_for_the_record_runs_again_at_once(bench: Bench) -> None:
    handler, calls = failing(Stale("moved"), Stale("moved"))
    bench.start(again=handler)
    bench.enqueue("again", lock="one")
    wait_until(lambda: not bench.rows(), 1)
    assert len(calls) == 3


def test_a_job_that_waits_for_its_next_try_holds_its_lane_and_no_other(bench: Bench) -> None:
    handler, calls = failing(NotYet("busy", retry_after=0.3))
    bench.start(again=handler)
    bench.enqueue("again", lock="one")
    bench.enqueue("note", lock="one", n="behind")
    bench.enqueue("note", lock="two", n="beside")
    wait_until(lambda: bench.rows() == ["again", "note"])
    assert (len(calls), bench.done) == (1, ["beside"])
    wait_until(lambda: not bench.rows())
    assert (len(calls), bench.done) == (2, ["beside", "behind"])


def test_a_job_for_later_holds_no_lane_and_runs_when_it_is_due(bench: Bench) -> None:
    bench.start()
    bench.enqueue("note", lock="one", delay=0.3, n="later")
    bench.enqueue("note", lock="one", n="now")
    wait_until(lambda: bench.done == ["now"])
    wait_until(lambda: bench.done == ["now", "later"], 2)


def test_jobs_for_later_run_in_the_order_in_which_they_are_due(bench: Bench) -> None:
    bench.start(workers=1)
    for n, delay in ((1, 0.3), (2, 0.1), (3, 0.2)):
        bench.enqueue("note", lock="one", delay=delay, n=n)
    wait_until(lambda: not bench.rows())
    assert bench.done == [2, 3, 1]


def test_a_job_for_much_later_does_not_disturb_the_workers(bench: Bench) -> None:
    bench.start(workers=1)
    bench.enqueue("note", delay=400 * 365 * 86400, n="in four centuries")
    bench.enqueue("note", n="now")
    wait_until(lambda: bench.done == ["now"])


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_no_job_is_overslept_while_workers_come_and_go(bench: Bench, workers: int) -> None:
    def work(args: Mapping[str, Any]) -> None:
        time.sleep(0.002)
        bench.note(args)

    bench.start(workers=workers, work=work)
    for n in range(40):
        bench.enqueue("work", lock=f"{n % 4}", delay=0.01 * (n % 7), n=n)
    wait_until(lambda: not bench.rows(), 3)
    assert sorted(bench.done) == list(range(40))


def test_what_was_rejected_is_parked_with_its_error_and_frees_its_lane(bench: Bench) -> None:
    handler, calls = failing(Rejected("GitHub answered 422: \ud800 no", 422))
    bench.start(bad=handler)
    bench.enqueue("bad", lock="one")
    bench.enqueue("note", lock="one", n="next")
    wait_until(lambda: bench.done == ["next"])
    wait_until(lambda: bench.rows() == ["bad"])
    [(state, attempts, error)] = bench.rows("state, attempts, error")
    assert (state, attempts, len(calls)) == ("parked", 1, 1)
    assert error.startswith("Rejected: GitHub answered 422: \\ud800")


def test_what_is_not_found_is_asked_for_three_times(bench: Bench) -> None:
    handler, calls = failing(*(Rejected("not found", 404) for _ in range(9)))
    bench.start(bad=handler)
    bench.enqueue("bad")
    for count in (1, 2):
        wait_until(lambda count=count: bench.rows("attempts") == [count])  # type: ignore[misc]
        bench.clock.forward(5)
        bench.enqueue("note", n=count)
    wait_until(lambda: bench.rows("state") == ["parked"])
    assert len(calls) == 3


def test_what_fails_too_often_is_parked_and_frees_its_lane(bench: Bench) -> None:
    handler, calls = failing(*(ValueError("x" * 5000) for _ in range(9)))
    bench.start(max_attempts=3, bad=handler)
    bench.enqueue("bad", lock="one")
    bench.enqueue("note", lock="one", n="next")
    for count in (1, 2):
        wait_until(lambda count=count: bench.rows("attempts")[:1] == [count])  # type: ignore[misc]
        bench.clock.forward(5)
        bench.enqueue("note", n=0)
    wait_until(lambda: "next" in bench.done)
    wait_until(lambda: bench.rows() == ["bad"])
    assert bench.rows("state, attempts, length(error)") == [("parked", 3, 1000)]
    assert len(calls) == 3


def test_what_is_parked_stays_parked_after_a_restart(bench: Bench) -> None:
    handler, calls = failing(Rejected("no", 403))
    bench.start(bad=handler)
    bench.enqueue("bad")
    wait_until(lambda: bench.rows("state") == ["parked"])
    bench.stop()
    bench.start(bad=handler)
    bench.enqueue("note", n=1)
    wait_until(lambda: bench.done == [1])
    assert len(calls) == 1


def test_a_job_that_was_told_to_wait_is_never_parked_and_its_waits_are_no_failures(
    bench: Bench,
) -> None:
    waits = [Transient("limit", 0, "github:7"), *(NotYet("ours", 0) for _ in range(19))]
    handler, calls = failing(*waits, ValueError("no"))
    bench.start(max_attempts=3, again=handler)
    bench.enqueue("again", lock="one")
    wait_until(lambda: len(calls) == 21)
    wait_until(lambda: bench.rows("state, attempts") == [("ready", 1)])
    bench.clock.forward(5)
    bench.enqueue("note")
    wait_until(lambda: not bench.rows())


def test_a_job_without_a_handler_is_parked_with_its_name(bench: Bench) -> None:
    bench.start(max_attempts=1)
    bench.enqueue("of another version")
    wait_until(lambda: bench.rows("state") == ["parked"])
    assert "of another version" in bench.rows("error")[0]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_no_error_takes_a_worker_down(bench: Bench, error: BaseException) -> None:
    handler, calls = failing(error)
    bench.start(workers=1, bad=handler)
    bench.enqueue("bad", lock="one")
    bench.enqueue("note", n="beside")
    wait_until(lambda: bench.done == ["beside"])
    bench.clock.forward(2)
    bench.enqueue("note", lock="one", n="behind")
    wait_until(lambda: not bench.rows())
    assert len(calls) == 2


def test_what_ran_at_a_crash_runs_again_at_the_next_start_and_first_in_its_lane(
    bench: Bench,
) -> None:
    held, begun, go = gate()
    bench.start(held=held)
    bench.enqueue("held", lock="one")
    bench.enqueue("note", lock="one", n="behind")
    assert begun.wait(5)
    other = Bench.__new__(Bench)  # the next process: the same table, another runner
    other.__dict__.update(bench.__dict__)
    other.done, other.runner = [], None
    other.start(held=lambda args: other.done.append("again"))
    wait_until(lambda: len(other.done) == 2)
    assert other.done == ["again", "behind"]
    go.set()
    other.stop()


def test_a_job_that_waits_for_its_next_try_holds_its_lane_over_a_restart(bench: Bench) -> None:
    handler, calls = failing(NotYet("busy", retry_after=0.3))
    bench.start(again=handler)
    bench.enqueue("again", lock="one")
    wait_until(lambda: bench.rows("error") != [""])
    bench.stop()
    bench.start(again=handler)
    bench.enqueue("note", lock="one", n="behind")
    bench.enqueue("note", n="beside")
    wait_until(lambda: bench.done == ["beside"])
    assert len(calls) == 1
    wait_until(lambda: bench.done == ["beside", "behind"])


def test_stopping_finishes_what_runs_and_leaves_the_rest(bench: Bench) -> None:
    held, begun, go = gate()
    runner = bench.start(workers=1, held=held)
    bench.enqueue("held")
    bench.enqueue("note", n="left")
    assert begun.wait(5)
    stopper = threading.Thread(target=runner.stop)
    stopper.start()
    stopper.join(0.03)
    assert stopper.is_alive()
    go.set()
    stopper.join(5)
    assert not stopper.is_alive()
    assert (bench.rows(), bench.done) == (["note"], [])
    bench.enqueue("note", n="also left")
    bench.start()
    wait_until(lambda: not bench.rows())
    assert bench.done == ["left", "also left"]


def test_stopping_does_not_wait_for_ever(bench: Bench) -> None:
    held, begun, go = gate()
    runner = bench.start(workers=4, held=held)
    for _ in range(4):
        bench.enqueue("held")
    assert begun.wait(5)
    began = time.monotonic()
    runner.stop(timeout=0.1)
    assert time.monotonic() - began < 0.5
    go.set()


def test_idle_means_that_nothing_is_due_or_running(bench: Bench) -> None:
    held, begun, go = gate()
    runner = bench.start(held=held)
    assert runner.wait_idle(1)
    bench.enqueue("held", lock="one")
    assert begun.wait(5)
    bench.enqueue("note", lock="one", n="behind")
    assert not runner.wait_idle(0.02)
    go.set()
    assert runner.wait_idle(5)
    assert bench.done == ["behind"]
