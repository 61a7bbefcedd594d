"""What every job layer is tested with: a runner of one's own handlers over a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.jobs.embedded import EmbeddedJobs
from bot.ports import Jobs
from bot.store.store import Store
from tests import make

Handler = Callable[[Mapping[str, Any]], None]


class Clock:
    """The real time, and as much later as a test wants."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class Runner(Jobs, Protocol):
    """A job layer that can be started and stopped."""

    def start(self, handlers: Mapping[str, Handler], periodic: Mapping[str, timedelta]) -> None: ...

    def stop(self, timeout: float = 10) -> None: ...

    def wait_idle(self, timeout: float) -> bool: ...


class Bench:
    """A database, a clock, and as many runners, one after the other, as a test starts."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = make.store(folder)
        self.clock = Clock()
        self.runner: Runner | None = None
        self.done: list[Any] = []
        self._lock = threading.Lock()

    def new(self, workers: int = 4, max_attempts: int = 3) -> Runner:
        """A runner that is not started."""
        return EmbeddedJobs(self.store, self.clock, workers, max_attempts)

    def start(self, workers: int = 4, max_attempts: int = 3, **handlers: Handler) -> Runner:
        """A runner at work; `note` writes its argument down."""
        self.runner = self.new(workers, max_attempts)
        self.runner.start({"note": self.note, **handlers}, {})
        return self.runner

    def note(self, args: Mapping[str, Any]) -> None:
        with self._lock:
            self.done.append(args.get("n"))

    def enqueue(self, name: str, lock: str | None = None, delay: float = 0, **args: Any) -> None:
        """Promise one job."""
        jobs = self.runner or self.new()
        run_at = self.clock() + timedelta(seconds=delay) if delay else None
        self.store.write(lambda tx: jobs.enqueue(tx, name, args, lock=lock, run_at=run_at))

    def rows(self, columns: str = "name") -> list[Any]:
        """What stands in the table of jobs, oldest first."""
        with self.store.read() as connection:
            found = connection.exec_driver_sql(f"SELECT {columns} FROM job ORDER BY id").all()
        return [row[0] if len(row) == 1 else tuple(row) for row in found]

    def stop(self) -> None:
        """Take the runner down; the database stays."""
        if self.runner is not None:
            self.runner.stop()
            self.runner = None


@pytest.fixture(params=["embedded"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stop()
    made.store.close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    """What was logged, kept off the screen."""
    with capture_logs() as entries:
        yield entries
