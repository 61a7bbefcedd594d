"""The door and the health pages on loopback, over a real database; nobody works off the jobs."""

from __future__ import annotations

import http.client
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.flows.pacer import Pacer
from bot.inbound.github import GitHubDoor
from bot.inbound.health import Health
from bot.inbound.watched import Watched
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.traffic import Traffic
from bot.sandbox.server import Server
from bot.store.store import Store
from tests import make


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]


class Web:
    """The web side of the bot. `patience` and `busy_seconds` are short, as tests need it."""

    def __init__(
        self,
        folder: Path,
        patience: float = 8,
        busy_seconds: float = 10,
        by_token: bool = False,
    ) -> None:
        self.store: Store = make.store(folder, busy_seconds)
        self._file = folder / "emptychair.db"
        clock = lambda: make.NOW  # noqa: E731
        jobs = EmbeddedJobs(self.store, clock, 1, 3)
        self.traffic = Traffic()
        secrets = [b"another secret", make.SECRET.encode()]
        door = GitHubDoor(
            self.store, jobs, secrets, clock, patience, by_token=by_token, traffic=self.traffic
        )
        health = Health(self.store, clock, Watched(lambda: 0.0, Pacer(True)))
        routes = [
            Route("/github/webhooks", door, methods=["POST"]),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
        ]
        self._server = Server(Starlette(routes=routes), "127.0.0.1", 0)
        self._server.start()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        with closing(
            http.client.HTTPConnection(urlsplit(self._server.url).netloc, timeout=10)
        ) as connection:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, text, {k.lower(): v for k, v in response.getheaders()})

    def deliver(self, event: str, body: bytes, delivery: str = "d-1", **headers: str) -> Answer:
        """One delivery, rightly signed; `headers` replace others, an empty one leaves it out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lower = {name.lower(): v for name, v in make.headers(event, body, delivery).items()}
        sent = {name: value for name, value in {**lower, **named}.items() if value}
        return self.ask("POST", "/github/webhooks", body, sent)

    @contextmanager
    def begun(self, body: bytes, **headers: str) -> Iterator[http.client.HTTPConnection]:
        """A delivery that announces its body and does not send it yet."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lower = {n.lower(): v for n, v in make.headers("pull_request", body).items()}
        with closing(
            http.client.HTTPConnection(urlsplit(self._server.url).netloc, timeout=10)
        ) as connection:
            connection.putrequest("POST", "/github/webhooks")
            for name, value in {**lower, "content-length": str(len(body)), **named}.items():
                connection.putheader(name, value)
            connection.endheaders()
            yield connection

    def rows(self, query: str) -> list[Any]:
        """What another process sees in the database."""
        with closing(sqlite3.connect(self._file)) as other:
            return [row[0] if len(row) == 1 else row for row in other.execute(query)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another process writes."""
        with closing(sqlite3.connect(self._file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def stop(self) -> None:
        self._server.stop()
        self.store.close()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    running = Web(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Web]:
    """The same, giving up on a locked database after a twentieth of a second."""
    running = Web(tmp_path, patience=0.05, busy_seconds=0.3)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    """What was logged, kept off the screen."""
    with capture_logs() as entries:
        yield entries
