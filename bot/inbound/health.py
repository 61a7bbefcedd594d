"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, how does it do?"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.inbound.watched import Watched
from bot.ports import Transaction
from bot.store import queue
from bot.store.queue import Backlog
from bot.store.store import Store

PROBE_SECONDS = 1.0  # between two tries whether the database takes a write
READY_SECONDS = 2  # a write that takes longer is not ready
STUCK_SECONDS = 300  # a queue older than this is named
T = TypeVar("T")
_TOUCHES = itertools.count(secrets.randbits(30))


class Health:
    """The three pages that a platform engineer watches. `more` is measured when it is read."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        github: Watched | None = None,
        more: Iterable[Collector] = (),
    ) -> None:
        """`github` is None where that door is off."""
        self._store, self._clock, self._github = store, clock, github
        self._threads = ThreadPoolExecutor(2, "health")  # its own: the door has need of the others
        self._probing = threading.Lock()
        self._took_one = self._tried = -PROBE_SECONDS  # when, by the monotonic clock
        self._reason: str | None = None
        self._registry = _Joined(self, (*more, *([github] if github else [])))

    async def healthz(self, _request: Request) -> Response:
        """200 as long as the process answers."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _request: Request) -> Response:
        """200 when the database takes a write; else 503 and why. With the age of the queue."""
        if reason := await self._beside(self.trouble):
            return JSONResponse({"ready": False, "reason": reason}, 503)
        try:
            backlog = await self._beside(self.backlog)
        except SQLAlchemyError as error:
            return JSONResponse({"ready": False, "reason": self._store.why_not(error)}, 503)
        age = self.age(backlog)
        state: dict[str, object] = {
            "ready": True,
            "database": "ok",
            "jobs_waiting": backlog.ready,
            "jobs_retrying": backlog.retrying,
            "jobs_parked": backlog.parked,
            "github": "on" if self._github else "off",
            "queue_age_seconds": round(age, 1),
        }
        if backlog.parked:
            state["parked"] = "`emptychair jobs list --state parked` says why"
        if warnings := list(self._warnings(age)):
            state["warning"] = "; ".join(warnings)
        return JSONResponse(state)

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _warnings(self, age: float) -> Iterator[str]:
        if age > STUCK_SECONDS:
            yield "the oldest job waits for more than five minutes"
        if self._github is not None:
            yield from self._github.warnings()

    async def metrics(self, _request: Request) -> Response:
        """Prometheus text."""
        text = await self._beside(lambda: generate_latest(self._registry))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def trouble(self) -> str | None:
        """Why the database takes no write now; None as soon as it has taken one.

        What it took counts for a second, and those who ask at once share one try: anybody may ask,
        and each try is a write.
        """
        asked = time.monotonic()
        with self._probing:
            if asked - self._took_one < PROBE_SECONDS:
                return None
            if self._tried < asked:
                self._tried, self._reason = time.monotonic(), self._probe()
                self._took_one = self._took_one if self._reason else time.monotonic()
            return self._reason

    def _probe(self) -> str | None:
        try:
            probe = self._store.submit(_touch)
            try:
                probe.result(READY_SECONDS)
            finally:
                probe.cancel()
        except (SQLAlchemyError, TimeoutError, RuntimeError, OSError) as error:
            return self._store.why_not(error)
        return None

    def backlog(self) -> Backlog:
        """How much is waiting."""
        with self._store.read() as connection:
            return queue.backlog(connection, self._clock())

    def age(self, backlog: Backlog) -> float:
        """For how many seconds the oldest due job has waited; 0 when none does."""
        return (self._clock() - backlog.oldest).total_seconds() if backlog.oldest else 0.0


class _Joined(CollectorRegistry):
    """The process's counters and, asked for when read, the state of the queue."""

    def __init__(self, health: Health, more: Iterable[Collector]) -> None:
        super().__init__()
        for collector in (_Queue(health), *more):
            self.register(collector)

    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from super().collect()


class _Queue(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "emptychair_database_writable",
            "1 while the database takes a write within two seconds",
            int(self._health.trouble() is None),
        )
        try:
            backlog = self._health.backlog()
        except SQLAlchemyError:
            return
        jobs = GaugeMetricFamily("emptychair_jobs", "Jobs in the queue", labels=["state"])
        jobs.add_metric(["ready"], backlog.ready)
        jobs.add_metric(["retrying"], backlog.retrying)
        jobs.add_metric(["parked"], backlog.parked)
        yield jobs
        yield GaugeMetricFamily(
            "emptychair_queue_age_seconds", "Age of the oldest due job", self._health.age(backlog)
        )

    def describe(self) -> Iterable[Metric]:
        return ()


def _touch(tx: Transaction) -> None:
    """The smallest write that reaches the disk; what is the same as before would not."""
    tx.connection.exec_driver_sql(f"PRAGMA user_version = {next(_TOUCHES)}")
