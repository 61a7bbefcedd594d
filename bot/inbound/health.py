"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, how does it do?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.ports import Transaction
from bot.store import queue
from bot.store.queue import Backlog
from bot.store.store import Store

READY_SECONDS = 2  # a write that takes longer is not ready
STUCK_SECONDS = 300  # a queue older than this is named


class Health:
    """The three pages that a platform engineer watches."""

    def __init__(self, store: Store, clock: Callable[[], datetime], github: bool = True) -> None:
        self._store, self._clock, self._github = store, clock, github
        self._registry = _Joined(self)

    async def healthz(self, _request: Request) -> Response:
        """200 as long as the process answers."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _request: Request) -> Response:
        """200 when the database takes a write; else 503 and why. With the age of the queue."""
        try:
            future = asyncio.wrap_future(self._store.submit(_touch))
            await asyncio.wait_for(future, READY_SECONDS)
            backlog = await asyncio.to_thread(self.backlog)
        except (SQLAlchemyError, TimeoutError, RuntimeError) as error:
            reason = f"the database does not take writes ({type(error).__name__})"
            return JSONResponse({"ready": False, "reason": reason}, 503)
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
        if age > STUCK_SECONDS:
            state["warning"] = "the oldest job waits for more than five minutes"
        return JSONResponse(state)

    async def metrics(self, _request: Request) -> Response:
        """Prometheus text."""
        text = await asyncio.to_thread(lambda: generate_latest(self._registry))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def backlog(self) -> Backlog:
        """How much is waiting."""
        with self._store.read() as connection:
            return queue.backlog(connection, self._clock())

    def age(self, backlog: Backlog) -> float:
        """For how many seconds the oldest due job has waited; 0 when none does."""
        return (self._clock() - backlog.oldest).total_seconds() if backlog.oldest else 0.0


class _Joined(CollectorRegistry):
    """The process's counters and, asked for when read, the state of the queue."""

    def __init__(self, health: Health) -> None:
        super().__init__()
        self._health = health
        self.register(_Queue(health))

    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from super().collect()


class _Queue(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
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
    """The smallest write there is: SQLite takes the write lock and commits."""
