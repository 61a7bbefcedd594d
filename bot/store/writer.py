"""One writer with group commit: units that wait together share one transaction and one fsync.

A unit that fails never takes its neighbours along: the batch is rolled back and replayed unit by
unit. What must happen after the commit (waking the runner) is registered on the transaction.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine

log = structlog.get_logger()
Result = TypeVar("Result")
CLOSE_SECONDS = 2  # for a commit that another process holds up; what was not committed is undone
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
    context: Context = field(
        default_factory=copy_context
    )  # so that its log lines name the delivery


class Writer:
    """Runs units of work in order, on one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Unit[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._closed = threading.Lock()
        self._open = True
        self.waits = False  # for another process that writes
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
        """Run one unit and wait until it is on disk. Never from inside another unit."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a unit of work would wait for itself; use its own transaction")
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what is queued, as far as it is done quickly, then stop."""
        with self._closed:
            if self._open:
                self._open = False
                self._queue.put(None)
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        more = True
        while more:
            units, more = self._gather()
            # Whoever stopped waiting in the queue is not served; from here on nobody can.
            wanted = [unit for unit in units if unit.future.set_running_or_notify_cancel()]
            if wanted:
                self._commit(wanted)

    def _gather(self) -> tuple[list[_Unit[Any]], bool]:
        """The units that wait, at least one, and whether more may come."""
        units: list[_Unit[Any]] = []
        while not units or (len(units) < BATCH and not self._queue.empty()):
            unit = self._queue.get()
            if unit is None:
                return units, False
            units.append(unit)
        return units, True

    def _commit(self, units: list[_Unit[Any]]) -> None:
        one_is_to_blame = False
        try:
            with self._engine.connect() as connection:
                self.waits = True
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                self.waits = False
                one_is_to_blame = len(units) > 1
                done = [_done(unit, Tx(connection)) for unit in units]
                connection.commit()
        except BaseException as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            self.waits = False
            for unit in units:
                if one_is_to_blame:
                    self._commit([unit])
                else:
                    unit.future.set_exception(error)
            return
        for unit, result, tx in done:
            for callback in tx.after_commit:
                unit.context.run(_call, callback)
            unit.future.set_result(result)


def _done(unit: _Unit[Any], tx: Tx) -> tuple[_Unit[Any], Any, Tx]:
    return unit, unit.work(tx), tx


def _call(callback: Callable[[], None]) -> None:
    """What is on disk stays done, whatever becomes of its callbacks."""
    try:
        callback()
    except Exception:
        log.error("store.after_commit_failed", exc_info=True)
