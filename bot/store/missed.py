"""Events that GitHub could not deliver to us, not settled yet: a row of `sweep` each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.inbox import DELIVER
from bot.store.upsert import upsert

PREFIX = "missed:"

_LISTED = select(t.sweep).where(t.sweep.c.key.startswith(PREFIX))
_NEW = insert(t.sweep).on_conflict_do_nothing()
_ASKED = upsert(t.sweep, ("key",), ("cursor", "at"))
_SETTLE = delete(t.sweep).where(t.sweep.c.key == bindparam("of"))
_HERE = select(t.delivery.c.id).where(t.delivery.c.id == bindparam("of"))
_PARKED = (
    select(t.job.c.id)
    .where(t.job.c.name == DELIVER, t.job.c.state == "parked")
    .where(t.job.c.args["delivery"].as_string() == bindparam("of"))
)
_FIRST = select(func.min(t.delivery.c.received_at))


@dataclass(frozen=True, slots=True)
class Missed:
    """An event that did not arrive.

    `id` is one attempt to deliver it and `at` the time of that; `asked` is how often we asked for
    it, `due` when we may ask again. `event` is GitHub's name, empty in rows of earlier versions.
    """

    guid: str
    id: int
    at: datetime
    asked: int
    due: datetime
    event: str


def listed(connection: Connection) -> list[Missed]:
    """All of them, what happened first coming first."""
    found = [_missed(row.key, row.cursor, row.at) for row in connection.execute(_LISTED)]
    return sorted(found, key=lambda missed: (missed.at, missed.id))


def note(tx: Transaction, found: Iterable[Missed]) -> None:
    """Remember what did not arrive; what is known already stays as it is."""
    for missed in found:
        tx.connection.execute(_NEW, _row(missed))


def asked(tx: Transaction, missed: Missed) -> None:
    """Note that an event was asked for."""
    tx.connection.execute(_ASKED, _row(missed))


def settle(tx: Transaction, guids: Iterable[str]) -> None:
    """These need not be asked for any more."""
    for guid in guids:
        tx.connection.execute(_SETTLE, {"of": PREFIX + guid})


def arrived(connection: Connection, guid: str) -> bool:
    """Whether the record has it, though GitHub did not hear so: it is dealt with, or will be.

    Not where it failed for good: delivered once more, it is tried once more.
    """
    here = connection.execute(_HERE, {"of": guid}).first() is not None
    return here and connection.execute(_PARKED, {"of": guid}).first() is None


def first_received(connection: Connection) -> datetime | None:
    """When the first delivery of the record arrived; None before that."""
    return connection.execute(_FIRST).scalar()


def _row(missed: Missed) -> dict[str, object]:
    cursor = f"{missed.id} {missed.asked} {missed.at.isoformat()} {missed.event}"
    return {"key": PREFIX + missed.guid, "cursor": cursor, "at": missed.due}


def _missed(key: str, cursor: str, due: datetime) -> Missed:
    id, asked, at, *event = cursor.split(" ")
    guid, moment = key.removeprefix(PREFIX), datetime.fromisoformat(at)
    return Missed(guid, int(id), moment, int(asked), due, event[0] if event else "")
