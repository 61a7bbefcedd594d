"""The record as the flows see it: many readers, one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.store.trouble import LOCKED, SLOW, trouble
from bot.store.writer import Tx, Writer

Result = TypeVar("Result")


class Store:
    """Reads see what was committed; writes come back once they are on disk."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = Writer(engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for a consistent look: all its statements see the same moment."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    def write(self, work: Callable[[Tx], Result]) -> Result:
        """Run a unit of work and wait until it is on disk. Its errors come back to the caller."""
        return self._writer.write(work)

    def submit(self, work: Callable[[Tx], Result]) -> Future[Result]:
        """Queue a unit of work; the future is done once it is on disk."""
        return self._writer.submit(work)

    def trouble(self, error: BaseException) -> str | None:
        """What is wrong with the machine where the database raised this; None where nothing is."""
        return trouble(error, Path(self.engine.url.database or ""))

    def why_not(self, error: BaseException) -> str:
        """Why a write failed with this, or was not waited for any longer."""
        if isinstance(error, TimeoutError):
            return LOCKED if self._writer.waits else SLOW
        fallback = f"the database does not take writes ({type(error).__name__})"
        return self.trouble(error) or fallback

    def close(self) -> None:
        """Finish what is queued and close the database."""
        self._writer.close()
        self.engine.dispose()
