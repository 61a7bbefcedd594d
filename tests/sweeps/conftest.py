"""The bot and the stand-in GitHub on one clock that goes as far ahead as a test wants; and, for
single sweeps, a world that reaches the stand-in and does no jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot import main
from bot.cli.pair import Pair, start_pair
from bot.flows.figures import Counting
from bot.flows.pacer import Pacer
from bot.flows.world import World
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.jobs import embedded
from bot.jobs.embedded import EmbeddedJobs
from bot.sandbox.app_key import AppKey, make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.server import Server
from bot.store import catalog
from tests import make
from tests.flows.people import until

APP_ID = 4711


class Clock:
    """The real time, and as much later as a test wants."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def seconds(self) -> datetime:
        """As GitHub tells it."""
        return self().replace(microsecond=0)

    def forward(self, **much: float) -> None:
        self._ahead += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Days:
    """Both running, and time passing as fast as a test can wait."""

    pair: Pair
    clock: Clock
    polls: list[int]
    most: dict[str, int] = field(default_factory=dict)  # calls in the dearest minute, by route

    def settle(self) -> None:
        """All that was told is dealt with, and another second begins."""
        assert until(lambda: self.pair.settle() and not self.due(), 30)
        self.clock.forward(seconds=2)

    def due(self) -> int:
        """How many jobs could run now."""
        assert self.pair.bot is not None
        now = self.clock() + timedelta(seconds=5)  # those that come a moment later are waited for
        with self.pair.bot.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT run_at FROM job WHERE state = 'ready'").all()
        return sum(datetime.fromisoformat(row[0]).replace(tzinfo=UTC) <= now for row in rows)

    def minutes(self, count: int) -> None:
        """Time passes, minute by minute, with the sweeps that belong into it."""
        for _ in range(count):
            self.settle()
            before = self.pair.github.call_counts.copy()
            self.clock.forward(seconds=58)
            polls = self.polls[0]
            assert until(lambda polls=polls: self.polls[0] > polls + 1)  # type: ignore[misc]
            self.settle()
            for (method, route), n in (self.pair.github.call_counts - before).items():
                name = f"{method} {route}"
                self.most[name] = max(self.most.get(name, 0), n)


@contextmanager
def running(folder: Path, clock: Clock) -> Iterator[Days]:
    """Both on this clock."""
    polls, promise = [0], EmbeddedJobs._promise_periodic

    def counted(self: EmbeddedJobs, due: dict[str, datetime]) -> None:
        promise(self, due)
        polls[0] += 1

    with (
        mock.patch.object(main, "_now", clock),
        mock.patch.object(embedded, "POLL_SECONDS", 0.02),
        mock.patch.object(EmbeddedJobs, "_promise_periodic", counted),
        start_pair(folder, quiet_seconds=0, workers=4, tune=lambda it: _tuned(it, clock)) as pair,
    ):
        pair.github.grant("writer", "write")
        yield Days(pair, clock, polls)


def _tuned(github: StandIn, clock: Clock) -> None:
    github.state.clock = clock.seconds


@pytest.fixture
def days(tmp_path: Path, clock: Clock) -> Iterator[Days]:
    with running(tmp_path, clock) as made:
        yield made


@dataclass
class Ear:
    """Listens where the bot would, and answers what it is told to; what is `bad` it never takes."""

    status: int = 202
    bad: str = ""
    heard: list[str] = field(default_factory=list)

    async def hear(self, request: Request) -> Response:
        guid = request.headers["x-github-delivery"]
        self.heard.append(guid)
        return Response(status_code=500 if guid == self.bad else self.status)


@dataclass
class Bench:
    """A world in front of a stand-in; nobody does its jobs, and an ear hears its webhooks."""

    world: World
    github: StandIn
    ear: Ear
    clock: Clock

    def sweep(self, flow: Callable[[World], None]) -> dict[str, int]:
        """One sweep, all that follows from it, and what it asked."""
        self.github.call_counts.clear()
        flow(self.world)
        assert self.github.wait_idle(10)
        counted = self.github.call_counts.items()
        tokens = "access_tokens"
        return {f"{method} {route}": n for (method, route), n in counted if tokens not in route}

    def rows(self, query: str) -> list[Any]:
        """What stands in the record."""
        with self.world.store.read() as connection:
            found = connection.exec_driver_sql(query).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in found]


@pytest.fixture(scope="session")
def app_key() -> AppKey:
    return make_app_key()


@pytest.fixture
def bench(tmp_path: Path, clock: Clock, app_key: AppKey) -> Iterator[Bench]:
    ear = Ear()
    server = Server(Starlette(routes=[Route("/hook", ear.hear, methods=["POST"])]), "127.0.0.1", 0)
    server.start()
    store = make.store(tmp_path)
    with StandIn(
        webhook_url=f"{server.url}/hook",
        webhook_secret="a secret of the tests",
        app_id=APP_ID,
        app_public_key=app_key.public,
        clock=clock.seconds,
        seed=1,
    ) as github:
        pacer = Pacer(True, lambda: clock().timestamp())
        read = catalog.load(None)
        world = World(
            store=store,
            counting=Counting(store, read.organisation),
            github=GitHubGateway(app_auth(APP_ID, app_key.private), github.api_url, pacer),
            jobs=EmbeddedJobs(store, clock, 1, 3),
            catalog=read,
            clock=clock,
            salt=lambda: b"salt",
            ledger_key=b"key",
            app_id=APP_ID,
            quiet=timedelta(),
            pacer=pacer,
        )
        yield Bench(world, github, ear, clock)
    server.stop()
    store.close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    """What was logged, kept off the screen."""
    with capture_logs() as entries:
        yield entries
