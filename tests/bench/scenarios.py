"""What is measured: each scenario yields its results, from a bot that was started for it."""

from __future__ import annotations

import asyncio
import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import uvloop

from tests.bench.drive import Plan, drive
from tests.bench.flood import flood
from tests.bench.machine import CORES, busy, usage, wait_quiet
from tests.bench.processes import Stage
from tests.bench.watch import control
from tests.bench.webhooks import FULL_SIZE

OPENED = "pull_request.opened"
CALL_MS = 30  # what a call of GitHub's takes in most scenarios
PACE = 300  # deliveries a second
Rows = Iterator[dict[str, Any]]


class Run:
    """One peer going through scenarios. `size` below 1 makes every run shorter."""

    def __init__(self, stage: Stage, size: float = 1) -> None:
        self.stage, self.size = stage, size
        self._numbers = itertools.count(1)

    def count(self, events: int, few: int) -> int:
        """How many events: `few` for a slow peer."""
        return few if self.stage.peer.slow else max(5, int(events * self.size))

    def requests(self, events: int, name: str = OPENED, size: int = 0) -> list[tuple[int, bytes]]:
        """Webhooks of pull requests that nobody has seen, built and signed."""
        hooks, path = self.stage.webhooks, self.stage.peer.path
        numbers = [next(self._numbers) for _ in range(events)]
        return [(n, hooks.request(path, name, hooks.body(name, n, size))) for n in numbers]

    def drive(self, events: int, plan: Plan, *, killed: bool = False) -> dict[str, Any]:
        """See `drive.drive`."""
        plan = replace(plan, patience=self.stage.peer.patience)
        return self.send(self.requests(events), plan, killed=killed)

    def send(
        self, requests: list[tuple[int, bytes]], plan: Plan, *, killed: bool = False
    ) -> dict[str, Any]:
        """These webhooks."""
        pid = None if killed else self.stage.pid
        return uvloop.run(drive(self.stage.target, requests, plan, pid))

    def starts(self, start: Callable[[], float]) -> dict[str, Any]:
        """Start the bot some times; the middle of the times counts."""
        times, foreign = [], 0.0
        for _ in range(5 if self.size == 1 else 3):
            self.stage.stop()
            before = busy() - time.process_time()
            times.append(round(start(), 3))
            used = usage(self.stage.pid).cpu
            foreign += max(0.0, busy() - time.process_time() - before - used)
        share = round(foreign / sum(times) / CORES, 2)
        return {
            "cold_s": sorted(times)[len(times) // 2],
            "all_s": times,
            "foreign_cpu_share": share,
        }

    def warm(self) -> None:
        """A fresh bot that has done some work: connections, tokens, compiled statements."""
        self.stage.fresh()
        self.stage.faults()
        self.drive(self.count(40, 1), Plan(slots=4))


def cold(run: Run) -> Rows:
    """From the start of the process, on an empty record, to the first acknowledged webhook."""
    wait_quiet()
    row = run.starts(run.stage.fresh)
    idle = usage(run.stage.pid)
    yield row | {"cpu_s": idle.cpu, "rss_mib": round(idle.rss, 1)}


def load(run: Run) -> Rows:
    """Pull requests that open, so many in flight; the quietest of up to three runs is kept."""
    run.warm()
    short = run.stage.peer.slow or run.size < 1
    latencies = (CALL_MS,) if short else (0, CALL_MS)
    for latency, in_flight in itertools.product(latencies, (1, 32) if short else (1, 16, 32)):
        run.stage.faults(latency_ms=latency)
        events = run.stage.peer.events // (4 if in_flight == 1 else 1)
        rows = itertools.islice(_tries(run, events, in_flight), 3)
        best = min(rows, key=lambda row: row["foreign_cpu_share"])
        yield best | {"latency_ms": latency, "in_flight": in_flight}


def _tries(run: Run, events: int, in_flight: int) -> Rows:
    while True:
        wait_quiet()
        row = run.drive(run.count(events, events), Plan(slots=in_flight))
        yield row
        if row["foreign_cpu_share"] < 0.1 or run.stage.peer.slow or run.size < 1:
            return


def pace(run: Run) -> Rows:
    """Deliveries at a fixed pace: how long each takes to be acknowledged, from when it was due."""
    run.warm()
    run.stage.faults(latency_ms=CALL_MS)
    wait_quiet()
    requests = [request for _, request in run.requests(run.count(3000, 32), size=FULL_SIZE)]
    work = flood(run.stage.target, requests, run.stage.pid, connections=32, rate=PACE)
    yield uvloop.run(work) | {"rate": PACE, "latency_ms": CALL_MS, "in_flight": 32}


def accept(run: Run) -> Rows:
    """Deliveries as fast as they are acknowledged, on 64 connections, while the bot also works."""
    run.warm()
    run.stage.faults(latency_ms=CALL_MS)
    wait_quiet()
    requests = [request for _, request in run.requests(run.count(6000, 64), size=FULL_SIZE)]
    work = flood(run.stage.target, requests, run.stage.pid, connections=64)
    yield uvloop.run(work) | {"latency_ms": CALL_MS, "in_flight": 64}


def dup(run: Run) -> Rows:
    """The same delivery twice at once; then the same events again under new delivery ids."""
    run.warm()
    run.stage.faults(latency_ms=CALL_MS)
    events = run.count(40, 6)
    plan = Plan(slots=4, copies=2, settle=3, patience=run.stage.peer.patience)
    requests = run.requests(events)
    yield run.send(requests, plan) | {"case": "at once"}
    if run.stage.peer.slow:
        return
    hooks, path = run.stage.webhooks, run.stage.peer.path
    again = [(n, hooks.request(path, OPENED, hooks.body(OPENED, n))) for n, _ in requests]
    run.send(again, Plan(slots=4, until_done=False, patience=0, settle=5))
    seen = control(run.stage.target.stub, "pulls")
    want = run.stage.target.want
    more = [n for n, _ in again if any(seen[str(n)].get(kind, 0) > want[kind] for kind in want)]
    yield {"case": "later", "sent": events, "duplicates": len(more)}


FAULTS: dict[str, dict[str, Any]] = {
    "502": {"status": 502},
    "403": {"status": 403, "retry_after": 1},
    "lost answer": {"status": 502, "mode": "after", "scope": "write"},
}


def faults(run: Run) -> Rows:
    """One call in five fails: 502; 403 with Retry-After; 502 after the write was made."""
    for name, settings in FAULTS.items():
        run.stage.fresh()
        run.stage.faults(latency_ms=CALL_MS, p=0.2, **settings)
        plan = Plan(slots=8, slot=2, settle=1)
        yield run.drive(run.count(100, 12), plan) | {"fault": name, "latency_ms": CALL_MS}


def burst(run: Run) -> Rows:
    """200 at once, and nothing goes wrong: is any refused or lost?"""
    run.warm()
    run.stage.faults(latency_ms=CALL_MS)
    row = run.drive(run.count(200, 20), Plan(slots=200, until_done=False, settle=1))
    yield row | {"latency_ms": CALL_MS}


def kill(run: Run) -> Rows:
    """kill -9 half way through 200, at full speed over 16 connections, then at 50 a second.

    Nothing is sent while the bot is down: only what it held, or was just being handed, can be lost.
    """
    speeds = (("full speed", 16, 0), ("50/s", 64, 50))
    for speed, slots, rate in speeds[:1] if run.stage.peer.slow else speeds:
        run.warm()
        run.stage.faults(latency_ms=CALL_MS)
        events = run.count(200, 20)
        down: list[float] = []

        def crash(down: list[float] = down) -> None:
            began = time.monotonic()
            run.stage.stop(signal.SIGKILL)
            _elsewhere(run.stage.start)
            down.append(time.monotonic() - began)

        def on_sent(count: int, half: int = events // 2, crash: Callable[[], None] = crash) -> None:
            if count == half:
                asyncio.get_running_loop().call_later(0.02, crash)

        plan = Plan(slots=slots, until_done=False, rate=rate, settle=1, on_sent=on_sent)
        row = run.drive(events, plan, killed=True)
        yield row | {"speed": speed, "down_s": round(sum(down), 2)}


def _elsewhere(work: Callable[[], object]) -> None:
    """Run it while this thread, and with it all sending, stands still."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


SCENARIOS: dict[str, Callable[[Run], Rows]] = {
    scenario.__name__: scenario for scenario in (cold, load, pace, accept, dup, faults, burst, kill)
}
