"""What GitHub counts against an installation, kept over a restart: our writes of the last hour, and
how long it asked us to rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ports import Transaction
from bot.store import tables as t

KEEP = timedelta(hours=1)
GITHUB = "github:"

# Statements on the hot path are made once: making one costs more than running it.
_NOTE = insert(t.recent_write)


def blocked(connection: Connection) -> dict[int, datetime]:
    """Until when each installation was asked to rest."""
    rows = connection.execute(select(t.throttle.c.key, t.throttle.c.blocked_until))
    return {int(key.removeprefix(GITHUB)): until for key, until in rows if key.startswith(GITHUB)}


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


def note_write(tx: Transaction, installation: int, now: datetime) -> None:
    """A write is about to be made."""
    tx.connection.execute(_NOTE, {"key": f"{GITHUB}{installation}", "at": now})


def writes(connection: Connection, now: datetime) -> dict[int, list[datetime]]:
    """The times of the last hour's writes, by installation."""
    rows = connection.execute(
        select(t.recent_write.c.key, t.recent_write.c.at)
        .where(t.recent_write.c.at > now - KEEP)
        .order_by(t.recent_write.c.at)
    )
    found: dict[int, list[datetime]] = {}
    for key, at in rows:
        found.setdefault(int(key.removeprefix(GITHUB)), []).append(at)
    return found


def forget_writes(tx: Transaction, now: datetime) -> None:
    """Drop what GitHub does not count any more."""
    tx.connection.execute(delete(t.recent_write).where(t.recent_write.c.at <= now - KEEP))
