"""Who is signed in. A browser holds a random name; we keep a digest of it, and what it means."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.ports import Transaction
from bot.store import tables as t

_FIND = select(t.session.c.data).where(
    t.session.c.digest == bindparam("of"),
    t.session.c.ends_at > bindparam("now", type_=t.session.c.ends_at.type),
    t.session.c.tenant_id == t.TENANT,
)
_DROP = delete(t.session).where(t.session.c.digest == bindparam("of"))
_SWEEP = delete(t.session).where(
    t.session.c.ends_at <= bindparam("now", type_=t.session.c.ends_at.type)
)
_ADD = insert(t.session)


def begin(
    tx: Transaction, name: str, data: Mapping[str, Any], now: datetime, end: datetime
) -> None:
    """Begin one of that name, and drop what has ended."""
    tx.connection.execute(_SWEEP, {"now": now})
    tx.connection.execute(_ADD, {"digest": _digest(name), "data": dict(data), "ends_at": end})


def find(connection: Connection, name: str, now: datetime) -> dict[str, Any] | None:
    """What the session of that name holds; None where there is none, or it has ended."""
    found = connection.execute(_FIND, {"of": _digest(name), "now": now}).scalar()
    return dict(found) if found is not None else None


def end(tx: Transaction, name: str) -> None:
    """End it."""
    tx.connection.execute(_DROP, {"of": _digest(name)})


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
