"""The table of promised jobs: rows in and out, for the embedded runner and the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.ports import Transaction
from bot.store import tables as t

LONGEST_REST = timedelta(hours=6)  # of a parked job before it is revived


@dataclass(frozen=True, slots=True)
class Job:
    """One promised job. `attempts` counts the failed ones.

    `paced`: it was sent away until `run_at`. `error`: why it was put back last; empty before that.
    """

    id: int
    name: str
    args: Mapping[str, Any]
    lock: str | None
    run_at: datetime
    attempts: int
    created_at: datetime
    paced: bool = False
    error: str = ""

    @property
    def holds_lane(self) -> bool:
        """Whether what waits behind it waits for its next try."""
        return self.attempts > 0 or self.paced


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
_SAME = and_(t.job.c.name == bindparam("of"), t.job.c.lock == bindparam("under"))
_PROMISED = select(t.job.c.id).where(
    _SAME, or_(t.job.c.state == "ready", t.job.c.run_at > bindparam("since"))
)
_DROP_PARKED = delete(t.job).where(_SAME, t.job.c.state == "parked")
_MOMENT = t.job.c.run_at.type
_WAITED = 2 * func.julianday(t.job.c.run_at) - func.julianday(t.job.c.created_at)
_WAITING = select(t.job.c.args).where(
    t.job.c.state == "ready", t.job.c.name == bindparam("of"), t.job.c.lock == bindparam("under")
)
_PASSING = (
    select(t.job)
    .where(t.job.c.state == "parked", t.job.c.passing, t.job.c.created_at >= bindparam("since"))
    .where(
        or_(
            func.julianday(bindparam("now", type_=_MOMENT)) >= _WAITED,
            t.job.c.run_at <= bindparam("long_ago"),
        )
    )
    .order_by(t.job.c.id)
    .limit(bindparam("most"))
)


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
    return [_job(row) for row in rows]


def stands(connection: Connection, id: int) -> bool:
    """Whether the job is still promised."""
    return connection.execute(_STANDS, {"job": id}).first() is not None


def _job(row: Row[Any]) -> Job:
    """One that says why it was put back holds its lane until its next try."""
    r, error = row, row.error or ""
    return Job(r.id, r.name, r.args, r.lock, r.run_at, r.attempts, r.created_at, bool(error), error)


def remove(tx: Transaction, id: int) -> None:
    """The job is done."""
    tx.connection.execute(_REMOVE, {"job": id})


def put_back(tx: Transaction, job: Job, run_at: datetime, attempts: int, error: str) -> Job:
    """The job is tried again at `run_at`."""
    row = {"run_at": run_at, "attempts": attempts, "error": _short(error)}
    tx.connection.execute(update(t.job).where(t.job.c.id == job.id).values(**row))
    return replace(job, run_at=run_at, attempts=attempts, paced=True, error=_short(error))


def park(tx: Transaction, id: int, attempts: int, error: str, passing: bool = False) -> None:
    """Trying again will not help now; unless it is `passing`, an operator has to look."""
    row = {"state": "parked", "attempts": attempts, "error": _short(error), "passing": passing}
    tx.connection.execute(update(t.job).where(t.job.c.id == id).values(**row))


def revive(tx: Transaction, since: datetime, most: int, now: datetime) -> list[Job]:
    """Parked jobs that are `passing` and were promised since then, as new ones to run now.

    Each rests first, as long as it had waited when it last failed, and six hours at most: what
    never succeeds comes ever more seldom. They come anew, for the runner knows jobs by ids that
    grow; since when they wait stays true.
    """
    rows = tx.connection.execute(_PASSING, _due(since, most, now)).all()
    for row in rows:
        remove(tx, row.id)
    return [add(tx, r.name, r.args, r.lock, now, r.created_at) for r in rows]


def passing(connection: Connection, since: datetime, now: datetime) -> bool:
    """Whether there is anything to revive."""
    return connection.execute(_PASSING, _due(since, 1, now)).first() is not None


def _due(since: datetime, most: int, now: datetime) -> dict[str, object]:
    return {"since": since, "most": most, "now": now, "long_ago": now - LONGEST_REST}


def promised(connection: Connection, name: str, lock: str, since: datetime) -> bool:
    """Whether such a job is waiting, or was tried since then and is parked."""
    args = {"of": name, "under": lock, "since": since}
    return connection.execute(_PROMISED, args).first() is not None


def drop_parked(tx: Transaction, name: str, lock: str) -> None:
    """Another such job takes the place of those that are parked."""
    tx.connection.execute(_DROP_PARKED, {"of": name, "under": lock})


def waiting(connection: Connection, name: str, lock: str) -> list[Mapping[str, Any]]:
    """The arguments of such jobs that wait, or run right now."""
    return list(connection.execute(_WAITING, {"of": name, "under": lock}).scalars())


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
