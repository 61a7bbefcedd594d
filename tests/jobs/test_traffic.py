"""The door goes first: work gives way to a crowd of deliveries, and is done all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import traffic as rules
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.traffic import CROWD, Traffic
from bot.store.store import Store
from tests import make
from tests.jobs.conftest import Clock


class Counting:
    """A handler that says how many of it run at once, and waits until it is let go."""

    def __init__(self) -> None:
        self.now = self.most = self.done = 0
        self._lock = threading.Lock()
        self.go = threading.Event()

    def __call__(self, args: Mapping[str, Any]) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go.wait(5)
        with self._lock:
            self.now -= 1
            self.done += 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = make.store(tmp_path)
    yield opened
    opened.close()


def running(store: Store, traffic: Traffic, handler: Counting) -> EmbeddedJobs:
    jobs = EmbeddedJobs(store, Clock(), 4, 3, traffic=traffic)
    jobs.start({"count": handler}, {})
    return jobs


def promise(store: Store, jobs: EmbeddedJobs, count: int) -> None:
    for _ in range(count):
        store.write(lambda tx: jobs.enqueue(tx, "count", {}))


def test_in_a_crowd_one_worker_goes_on_and_the_others_follow_when_it_is_over(
    store: Store,
) -> None:
    traffic, handler = Traffic(), Counting()
    for _ in range(CROWD):
        traffic.enter()
    jobs = running(store, traffic, handler)
    promise(store, jobs, 4)
    make.wait_until(lambda: handler.now == 1)
    traffic.leave()
    make.wait_until(lambda: handler.now == 4)
    handler.go.set()
    assert jobs.wait_idle(5)
    jobs.stop()
    assert handler.done == 4


def test_a_crowd_that_never_ends_stops_nobody_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LONGEST", 0.05)
    traffic, handler = Traffic(), Counting()
    for _ in range(CROWD + 3):
        traffic.enter()
    jobs = running(store, traffic, handler)
    promise(store, jobs, 4)
    make.wait_until(lambda: handler.now == 4)
    handler.go.set()
    jobs.stop()


def test_a_few_deliveries_at_once_are_no_crowd(store: Store) -> None:
    traffic, handler = Traffic(), Counting()
    for _ in range(CROWD - 1):
        traffic.enter()
    jobs = running(store, traffic, handler)
    promise(store, jobs, 4)
    make.wait_until(lambda: handler.now == 4)
    handler.go.set()
    jobs.stop()
