"""The table of promised jobs: rows in and out, for the embedded runner and the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.ports import Transaction
from bot.store import tables as t


@dataclass(frozen=True, slots=True)
class Job:
    """One promised job. `attempts` counts the failed ones."""

    id: int
    name: str
    args: Mapping[str, Any]
    lock: str | None
    run_at: datetime
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is waiting.

    `ready` is all that is to be done, `retrying` the part that failed at least once; `oldest` is
    since when the oldest due or failed job waits.
    """

    ready: int
    retrying: int
    parked: int
    oldest: datetime | None


# Statements on the hot path are made once: making one costs more than running it.
_ADD = insert(t.job).returning(t.job.c.id)
_STANDS = select(t.job.c.id).where(t.job.c.id == bindparam("job"))
_REMOVE = delete(t.job).where(t.job.c.id == bindparam("job"))


def add(
    tx: Transaction,
    name: str,
    args: Mapping[str, Any],
    lock: str | None,
    run_at: datetime,
    now: datetime,
) -> Job:
    """Promise a job."""
    row = {"name": name, "args": dict(args), "lock": lock, "run_at": run_at, "created_at": now}
    id = tx.connection.execute(_ADD, row).scalar_one()
    return Job(int(id), name, dict(args), lock, run_at, 0, now)


def ready_after(connection: Connection, id: int) -> list[Job]:
    """The jobs to run with a higher id, oldest first. Ids grow in the order of the commits."""
    rows = connection.execute(
        select(t.job).where(t.job.c.state == "ready", t.job.c.id > id).order_by(t.job.c.id)
    )
    return [Job(r.id, r.name, r.args, r.lock, r.run_at, r.attempts, r.created_at) for r in rows]


def stands(connection: Connection, id: int) -> bool:
    """Whether the job is still promised."""
    return connection.execute(_STANDS, {"job": id}).first() is not None


def remove(tx: Transaction, id: int) -> None:
    """The job is done."""
    tx.connection.execute(_REMOVE, {"job": id})


def put_back(tx: Transaction, job: Job, run_at: datetime, attempts: int, error: str) -> Job:
    """The job is tried again at `run_at`."""
    row = {"run_at": run_at, "attempts": attempts, "error": _short(error)}
    tx.connection.execute(update(t.job).where(t.job.c.id == job.id).values(**row))
    return replace(job, run_at=run_at, attempts=attempts)


def park(tx: Transaction, id: int, attempts: int, error: str) -> None:
    """Trying again will not help; an operator has to look."""
    row = {"state": "parked", "attempts": attempts, "error": _short(error)}
    tx.connection.execute(update(t.job).where(t.job.c.id == id).values(**row))


def backlog(connection: Connection, now: datetime) -> Backlog:
    """How much is waiting, what failed and is tried again included."""
    c = t.job.c
    ready, failed = c.state == "ready", c.attempts > 0
    row = connection.execute(
        select(
            func.count().filter(ready),
            func.count().filter(ready & failed),
            func.count().filter(c.state == "parked"),
            func.min(c.run_at).filter(ready & (c.run_at <= now)),
            func.min(c.created_at).filter(ready & failed),
        )
    ).one()
    oldest = min((moment for moment in row[3:] if moment is not None), default=None)
    return Backlog(row[0], row[1], row[2], oldest)


def _short(error: str) -> str:
    """An error as an operator reads it; whatever it quotes, the database takes it."""
    return error[:1000].encode("utf-8", "backslashreplace").decode()
