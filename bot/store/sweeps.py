"""How far each sweep has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

_LOAD = select(t.sweep.c.cursor).where(t.sweep.c.key == bindparam("of"))
_AT = select(t.sweep.c.at).where(t.sweep.c.key == bindparam("of"))
_SAVE = upsert(t.sweep, ("key",), ("cursor", "at"))
_DROP = delete(t.sweep).where(t.sweep.c.key == bindparam("of"))


def cursor(connection: Connection, key: str) -> str | None:
    """What a sweep left for its next time; None before its first."""
    return connection.execute(_LOAD, {"of": key}).scalar()


def at(connection: Connection, key: str) -> datetime | None:
    """The time that was noted under a name; None if none was."""
    return connection.execute(_AT, {"of": key}).scalar()


def save(tx: Transaction, key: str, cursor: str, at: datetime) -> None:
    """Leave something for the next time."""
    tx.connection.execute(_SAVE, {"key": key, "cursor": cursor, "at": at})


def drop(tx: Transaction, key: str) -> None:
    """Forget what was left under a name."""
    tx.connection.execute(_DROP, {"of": key})
