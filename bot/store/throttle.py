"""How long a stranger's service asked us to wait: shared by all workers, kept over a restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ports import Transaction
from bot.store import tables as t

_BLOCKED = select(t.throttle.c.blocked_until).where(t.throttle.c.key == bindparam("of"))


def blocked_until(connection: Connection, key: str) -> datetime | None:
    """When the next call may be made; None if nothing was said."""
    return connection.execute(_BLOCKED, {"of": key}).scalar()


def block(tx: Transaction, key: str, until: datetime) -> None:
    """Note that no call may be made before `until`; a longer rest stays as it is."""
    new = upsert(t.throttle).values(key=key, blocked_until=until)
    longer = new.excluded.blocked_until > t.throttle.c.blocked_until
    tx.connection.execute(
        new.on_conflict_do_update(
            index_elements=["key"],
            set_={"blocked_until": new.excluded.blocked_until},
            where=longer,
        )
    )
