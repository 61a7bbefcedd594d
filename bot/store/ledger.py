"""The ledger: append-only, each row sealed over the one before with a key.

A row's chain holds ids and digests only. Who acted stands beside it with a salt: erase both and
the chain is still whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select

from bot.core.events import Event
from bot.ports import Transaction
from bot.store import tables as t

START = "0" * 64  # what the first row is sealed over
_FORGED = select(t.ledger.c.data).where(
    t.ledger.c.event == "check.forged",
    or_(t.ledger.c.review_id.is_(None), t.ledger.c.review_id.in_(bindparam("of", expanding=True))),
)

SEALED = ("review_id", "at", "event", "data", "door", "actor_digest")


def append(
    tx: Transaction,
    key: bytes,
    review_id: int | None,
    events: Iterable[Event],
    now: datetime,
    salt: bytes,
) -> None:
    """Write what happened, in order, in the transaction that made it so.

    `review_id` None: it is about no review.
    """
    last = select(t.ledger.c.hash).order_by(t.ledger.c.seq.desc()).limit(1)
    previous = tx.connection.execute(last).scalar() or START
    for event in events:
        actor = f"{event.by.id}:{event.by.login}" if event.by else None
        row = {
            "review_id": review_id,
            "at": now,
            "event": event.name,
            "data": dict(event.data),
            "door": event.door,
            "actor_digest": hashlib.sha256(salt + actor.encode()).hexdigest() if actor else None,
        }
        sealed = {"previous": previous, "hash": seal(key, previous, row)}
        personal = {"actor": actor, "salt": salt.hex() if actor else None}
        tx.connection.execute(insert(t.ledger).values(**row, **sealed, **personal))
        previous = sealed["hash"]


def seal(key: bytes, previous: str, row: dict[str, Any]) -> str:
    """The keyed hash of one row over the one before it. 64 hexadecimal digits."""
    at: datetime = row["at"]
    content = {**row, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = previous + json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def forged(connection: Connection, reviews: Iterable[int]) -> list[Mapping[str, Any]]:
    """The data of every forged check that was noted of these reviews, or of none."""
    return list(connection.execute(_FORGED, {"of": list(reviews)}).scalars())


def first_broken(connection: Connection, key: bytes) -> int | None:
    """The number of the first row whose seal does not hold; None if all do."""
    previous = START
    for row in connection.execute(select(t.ledger).order_by(t.ledger.c.seq)).mappings():
        expected = seal(key, previous, {name: row[name] for name in SEALED})
        if row["previous"] != previous or not hmac.compare_digest(row["hash"], expected):
            return int(row["seq"])
        previous = row["hash"]
    return None


def last_holds(connection: Connection, key: bytes) -> bool:
    """Whether the newest row was sealed with this key; true for an empty ledger."""
    newest = select(t.ledger).order_by(t.ledger.c.seq.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    if row is None:
        return True
    expected = seal(key, row["previous"], {name: row[name] for name in SEALED})
    return hmac.compare_digest(row["hash"], expected)
