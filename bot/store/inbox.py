"""Accepted deliveries: one row each, on disk before GitHub hears of success."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ports import Transaction
from bot.store import tables as t

# The jobs that deal with a delivery of GitHub's, and of Slack's; their argument is the id.
DELIVER, DELIVER_SLACK = "deliver", "deliver_slack"
_BOTH = (DELIVER, DELIVER_SLACK)
SHORT = 4096  # bytes
KEEP = timedelta(days=7)  # how long a body is kept; the id stays, so that a late copy is known

_ACCEPT = upsert(t.delivery).on_conflict_do_nothing()
_WAITING = select(t.job.c.args["delivery"].as_string()).where(t.job.c.name.in_(_BOTH))
_UNPARK = (
    delete(t.job)
    .where(t.job.c.name.in_(_BOTH), t.job.c.state == "parked")
    .where(t.job.c.args["delivery"].as_string() == bindparam("of"))
)
_RECEIVED = select(t.delivery.c.received_at).where(t.delivery.c.id == bindparam("of"))
_LOAD = select(t.delivery.c.event, t.delivery.c.body).where(t.delivery.c.id == bindparam("of"))


def accept(tx: Transaction, id: str, event: str, action: str, packed: bytes, now: datetime) -> bool:
    """Store one delivery, its body packed by `pack`; False if it was here before."""
    row = {"id": id, "event": event, "action": action, "body": packed, "received_at": now}
    return tx.connection.execute(_ACCEPT, row).rowcount == 1


def unpark(tx: Transaction, id: str) -> bool:
    """Take away the parked job of a delivery, for a new one to try again; False without one."""
    return tx.connection.execute(_UNPARK, {"of": id}).rowcount > 0


def pack(body: bytes) -> bytes:
    """A body as it is stored: JSON that is short as it is, for packing it takes longer than all
    else that is done with it."""
    return body if len(body) < SHORT and body[:1] == b"{" else zlib.compress(body, 1)


def _unpacked(stored: bytes) -> bytes:
    return stored if stored[:1] == b"{" else zlib.decompress(stored)


def load(connection: Connection, id: str) -> tuple[str, bytes] | None:
    """(event, body) of a delivery; None when it is unknown or its body was dropped."""
    row = connection.execute(_LOAD, {"of": id}).first()
    return (row.event, _unpacked(row.body)) if row and row.body is not None else None


def received_at(connection: Connection, id: str) -> datetime | None:
    """When a delivery came; None for one that is unknown."""
    return connection.execute(_RECEIVED, {"of": id}).scalar()


def forget_bodies(tx: Transaction, now: datetime) -> int:
    """Drop the bodies older than a week; gives their number (at most 500 at a time).

    What is still to be done, or has failed and may be tried again, keeps its body.
    """
    old = (
        select(t.delivery.c.id)
        .where(t.delivery.c.received_at < now - KEEP, t.delivery.c.body.is_not(None))
        .where(t.delivery.c.id.not_in(_WAITING))
        .limit(500)
    )
    result = tx.connection.execute(
        update(t.delivery).where(t.delivery.c.id.in_(old)).values(body=None)
    )
    return result.rowcount
