"""What we posted below a proposal: its card, the line of its decision, posts not known done."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

CARD, DECISION = "card", "decision"

_HERE = (t.card.c.subject_id == bindparam("of")) & (t.card.c.kind == bindparam("what"))
_LOAD = select(t.card).where(_HERE)
_SUBJECT = select(t.review.c.subject_id).where(t.review.c.id == bindparam("of"))
_BEGIN = upsert(t.card, ("subject_id", "kind"), ("intent_at",))
_DONE = upsert(t.card, ("subject_id", "kind"), ("ts", "intent_at", "live", "live_at"))


@dataclass(frozen=True, slots=True)
class Card:
    """One message of ours. `ts` is empty while none stands, `live` what it says as far as we know.

    `begun`: a post was begun and is not known to be done, so look before posting.
    """

    ts: str = ""
    begun: bool = False
    live: str = ""
    live_at: datetime | None = None
    begun_at: datetime | None = None


def subject_of(connection: Connection, review: int) -> int:
    """The number of the row of a review's subject."""
    return int(connection.execute(_SUBJECT, {"of": review}).scalar_one())


def load(connection: Connection, subject: int, kind: str) -> Card:
    """What stands below that proposal."""
    row = connection.execute(_LOAD, {"of": subject, "what": kind}).first()
    if row is None:
        return Card()
    live = zlib.decompress(row.live).decode() if row.live is not None else ""
    return Card(row.ts, row.intent_at is not None, live, row.live_at, row.intent_at)


def begin(tx: Transaction, subject: int, kind: str, now: datetime) -> None:
    """Note that something is about to be posted."""
    row = {"subject_id": subject, "kind": kind, "intent_at": now}
    tx.connection.execute(_BEGIN, row)


def not_made(tx: Transaction, subject: int, kind: str) -> None:
    """Note that what was about to be posted was not."""
    key = {"of": subject, "what": kind}
    tx.connection.execute(update(t.card).where(_HERE).values(intent_at=None), key)


def done(tx: Transaction, subject: int, kind: str, ts: str, live: str, now: datetime) -> None:
    """Note what stands there now."""
    packed = zlib.compress(live.encode(), 1)
    row = {"subject_id": subject, "kind": kind, "ts": ts, "intent_at": None}
    tx.connection.execute(_DONE, {**row, "live": packed, "live_at": now})


def gone(tx: Transaction, subject: int, kind: str, ts: str) -> None:
    """Note that the message of that name was deleted; another one may stand there already."""
    row = {"ts": "", "intent_at": None, "live": None, "live_at": None}
    where = _HERE & (t.card.c.ts == bindparam("was"))
    key = {"of": subject, "what": kind, "was": ts}
    tx.connection.execute(update(t.card).where(where).values(**row), key)
