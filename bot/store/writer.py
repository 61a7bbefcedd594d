"""One writer with group commit: units that wait together share one transaction and one fsync.

A unit that fails never takes its neighbours along: the batch is rolled back and replayed unit by
unit. What must happen after the commit (waking the runner) is registered on the transaction.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, text

Result = TypeVar("Result")
BATCH = 256  # units in one transaction, at most


@dataclass(slots=True)
class Tx:
    """One unit's view of the transaction."""

    connection: Connection
    after_commit: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class _Unit(Generic[Result]):
    work: Callable[[Tx], Result]
    future: Future[Result]


class Writer:
    """Runs units of work in order, on one thread and one connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Unit[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._closed = threading.Lock()
        self._open = True
        self._thread.start()

    def submit(self, work: Callable[[Tx], Result]) -> Future[Result]:
        """Queue one unit; the future is done once it is on disk, or carries its error."""
        future: Future[Result] = Future()
        with self._closed:
            if not self._open:
                raise RuntimeError("the store is closed")
            self._queue.put(_Unit(work, future))
        return future

    def write(self, work: Callable[[Tx], Result]) -> Result:
        """Run one unit and wait until it is on disk."""
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._closed:
            if not self._open:
                return
            self._open = False
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (unit := self._queue.get()) is not None:
                units = [unit]
                last = False
                while len(units) < BATCH and not self._queue.empty():
                    more = self._queue.get()
                    if more is None:
                        last = True
                        break
                    units.append(more)
                self._commit(connection, units)
                if last:
                    return

    def _commit(self, connection: Connection, units: list[_Unit[Any]]) -> None:
        try:
            self._transaction(connection, units)
        except Exception as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            if len(units) == 1:
                units[0].future.set_exception(error)
                return
            for unit in units:
                self._commit(connection, [unit])

    @staticmethod
    def _transaction(connection: Connection, units: list[_Unit[Any]]) -> None:
        done: list[tuple[_Unit[Any], Any, Tx]] = []
        try:
            connection.execute(text("BEGIN IMMEDIATE"))
            for unit in units:
                tx = Tx(connection)
                done.append((unit, unit.work(tx), tx))
            connection.commit()
        except BaseException:
            _rollback(connection)
            raise
        for unit, result, tx in done:
            for callback in tx.after_commit:
                callback()
            unit.future.set_result(result)


def _rollback(connection: Connection) -> None:
    """Leave no transaction open, also where the database itself already gave up on it."""
    if connection.in_transaction():
        connection.rollback()
    raw = connection.connection.driver_connection
    if raw is not None and raw.in_transaction:
        raw.rollback()
