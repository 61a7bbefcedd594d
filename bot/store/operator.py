"""What an operator sees of the promised jobs, and may do about those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    select,
)

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.queue import Job


class State(StrEnum):
    """Where a job stands."""

    PARKED = "parked"  # it failed, and is not tried again by itself
    RETRYING = "retrying"  # it failed, and is tried again
    READY = "ready"  # it waits for its turn or its time


@dataclass(frozen=True, slots=True)
class Seen:
    """One job, where it stands, and the whole error of its last try (empty without one)."""

    job: Job
    state: State
    error: str


@dataclass(frozen=True, slots=True)
class Told:
    """The delivery that a job deals with: GitHub's event, and what the bot took it for."""

    event: str
    fact: str
    received_at: datetime


_STATE: ColumnElement[str] = case(
    (t.job.c.state == "parked", State.PARKED.value),
    (t.job.c.attempts > 0, State.RETRYING.value),
    else_=State.READY.value,
)
_JOBS: Select[Any] = select(t.job, _STATE.label("standing"))
_COPIED = ("name", "args", "lock", "created_at", "tenant_id")


def listed(connection: Connection, state: State | None, most: int) -> list[Seen]:
    """The jobs in that state (None: in any), at most so many, oldest first."""
    wanted = _JOBS.order_by(t.job.c.id).limit(most)
    if state is not None:
        wanted = wanted.where(_STATE.is_(state.value))
    return [_seen(row) for row in connection.execute(wanted)]


def counted(connection: Connection) -> dict[State, int]:
    """How many there are in each state."""
    rows = connection.execute(select(_STATE, func.count()).group_by(_STATE))
    found = {State(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in State}


def load(connection: Connection, id: int) -> Seen | None:
    """One job; None when it is not there (any more)."""
    row = connection.execute(_JOBS.where(t.job.c.id == id)).first()
    return _seen(row) if row else None


def _seen(r: Row[Any]) -> Seen:
    job = Job(r.id, r.name, r.args, r.lock, r.run_at, r.attempts, r.created_at)
    return Seen(job, State(r.standing), r.error)


def newest(connection: Connection) -> int:
    """The highest id of all jobs; 0 without any."""
    return connection.execute(select(func.max(t.job.c.id))).scalar() or 0


def repositories(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The names of those repositories that are known."""
    of = t.repository.c
    rows = connection.execute(select(of.id, of.full_name).where(of.id.in_(set(ids))))
    return {row.id: row.full_name for row in rows}


def told(connection: Connection, delivery: str) -> Told | None:
    """A delivery; None when it is not known."""
    of = t.delivery.c
    wanted = select(of.event, of.action, of.received_at).where(of.id == delivery)
    row = connection.execute(wanted).first()
    return Told(row.event, row.action, row.received_at) if row else None


def retry(tx: Transaction, ids: Sequence[int], now: datetime) -> int:
    """Promise parked jobs again, as new ones that count their tries anew; gives how many.

    They get new ids, in the order of the old ones: that is how a running bot learns of them.
    """
    old = t.job.c.id.in_(ids) & (t.job.c.state == "parked")
    again = select(
        *(t.job.c[name] for name in _COPIED),
        literal(now, t.job.c.run_at.type),
        literal(0),
        literal("ready"),
        literal(""),
        false(),
    )
    names = [*_COPIED, "run_at", "attempts", "state", "error", "passing"]
    tx.connection.execute(insert(t.job).from_select(names, again.where(old).order_by(t.job.c.id)))
    return tx.connection.execute(delete(t.job).where(old)).rowcount


def retry_parked(tx: Transaction, up_to: int, now: datetime, most: int) -> int:
    """Promise the parked jobs up to that id again, oldest first, at most so many; gives how many.

    What is parked anew meanwhile has a higher id, so that this comes to an end.
    """
    wanted = select(t.job.c.id).where(t.job.c.state == "parked", t.job.c.id <= up_to)
    ids = tx.connection.execute(wanted.order_by(t.job.c.id).limit(most)).scalars().all()
    return retry(tx, ids, now)


def drop(tx: Transaction, id: int) -> bool:
    """Take a job away for good; False when it is not there."""
    return tx.connection.execute(delete(t.job).where(t.job.c.id == id)).rowcount == 1
