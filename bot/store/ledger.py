"""The ledger: append-only, each row sealed over the one before with a key.

Rows are written in the transaction that made them true, and sealed soon after, in order, so that
nobody waits for a seal. A row's chain holds ids and digests only. Who acted stands beside it with
a salt: erase both and the chain is still whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from bot.core.events import Event
from bot.ports import Transaction
from bot.store import tables as t

START = "0" * 64  # what the first row is sealed over
SEALED = ("review_id", "at", "event", "data", "door", "actor_digest")

# Statements on the hot path are made once: making one costs more than running it.
_APPEND = insert(t.ledger)
_IN_ORDER = select(t.ledger).order_by(t.ledger.c.seq)
_ALL = _IN_ORDER.execution_options(yield_per=1000)  # read as it goes: a ledger of any length fits
_NEWEST = select(t.ledger.c.seq, t.ledger.c.hash).order_by(t.ledger.c.seq.desc()).limit(1)
_NEWEST_SEALED = (
    select(t.ledger)
    .where(t.ledger.c.hash.is_not(None))
    .order_by(t.ledger.c.seq.desc())
    .limit(1)
)  # fmt: skip
_FORGED = select(t.ledger.c.data).where(
    t.ledger.c.event == "check.forged",
    or_(t.ledger.c.review_id.is_(None), t.ledger.c.review_id.in_(bindparam("of", expanding=True))),
    t.ledger.c.data["commit"].as_string() == bindparam("commit"),
    t.ledger.c.data["repository"].as_integer() == bindparam("repository"),
)
_SEAL_OF = select(t.ledger.c.hash).where(t.ledger.c.seq == bindparam("row"))
_AFTER = _IN_ORDER.where(t.ledger.c.seq > bindparam("seq")).limit(bindparam("most"))
_SEAL = (
    update(t.ledger)
    .where(t.ledger.c.seq == bindparam("row"))
    .values(previous=bindparam("over"), hash=bindparam("sealed"))
)


class Wrong(StrEnum):
    """What does not hold about a row, in words."""

    CHANGED = "it is not what was sealed: what it says or its seal was changed"
    ORPHAN = "the row it was sealed over is not there: rows before it were removed or swapped"
    UNSEALED = "it carries no seal, although rows after it do"
    ACTOR = "who acted is not who it was sealed with"
    CHECKPOINT = "it is not the row that the checkpoint was signed over"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain as it was found.

    `hash` is None while it is not sealed yet, `wrong` while it holds. `review` is the id of the
    review that it is about, None for none.
    """

    seq: int
    event: str
    review: int | None
    at: datetime
    hash: str | None
    wrong: Wrong | None = None


def append(
    tx: Transaction, review_id: int | None, events: Iterable[Event], now: datetime, salt: bytes
) -> None:
    """Write what happened, in order, in the transaction that made it so. Sealed later."""
    rows = []
    for event in events:
        actor = f"{event.by.id}:{event.by.login}" if event.by else None
        row = {
            "review_id": review_id,
            "at": now,
            "event": event.name,
            "data": dict(event.data),
            "door": event.door,
            "actor_digest": digest(salt, actor) if actor else None,
            "actor": actor,
            "salt": salt.hex() if actor else None,
        }
        rows.append(row)
    if rows:
        tx.connection.execute(_APPEND, rows)


def digest(salt: bytes, actor: str) -> str:
    """What the chain holds of who acted."""
    return hashlib.sha256(salt + actor.encode()).hexdigest()


def seal(key: bytes, previous: str, row: Mapping[str, Any] | RowMapping) -> str:
    """The keyed hash of one row over the one before it. 64 hexadecimal digits."""
    at: datetime = row["at"]
    content = {name: row[name] for name in SEALED}
    content["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = previous + json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def forged(
    connection: Connection, repository: int, commit: str, reviews: Iterable[int]
) -> list[Mapping[str, Any]]:
    """The data of every forged check on that commit that was noted of these reviews, or of none."""
    where = {"repository": repository, "commit": commit, "of": list(reviews)}
    return list(connection.execute(_FORGED, where).scalars())


def waits(connection: Connection) -> bool:
    """Whether there are rows to be sealed."""
    newest = connection.execute(_NEWEST).first()
    return newest is not None and newest.hash is None


def newest_sealed(connection: Connection) -> Link | None:
    """The last row that carries a seal; None as long as none does."""
    row = connection.execute(_NEWEST_SEALED).mappings().first()
    return _link(row) if row else None


def seal_of(connection: Connection, seq: int) -> str | None:
    """The seal of one row; None where it has none, or is not there."""
    found: str | None = connection.execute(_SEAL_OF, {"row": seq}).scalar()
    return found


def seal_next(tx: Transaction, key: bytes, most: int) -> int:
    """Seal the rows after the last sealed one, oldest first; gives how many, at most `most`.

    A row without a seal before a sealed one is left as it is: somebody took its seal away.
    """
    last = newest_sealed(tx.connection)
    previous, seq = (last.hash or START, last.seq) if last else (START, 0)
    seals = []
    for row in tx.connection.execute(_AFTER, {"seq": seq, "most": most}).mappings():
        over, previous = previous, seal(key, previous, row)
        seals.append({"row": row["seq"], "over": over, "sealed": previous})
    if seals:
        tx.connection.execute(_SEAL, seals)
    return len(seals)


def chain(connection: Connection, key: bytes) -> Iterator[Link]:
    """Every row in order, each held against the key and the row before it.

    What has not been sealed yet holds as long as no row after it is sealed.
    """
    newest = newest_sealed(connection)
    sealed_to = newest.seq if newest else 0
    previous = START
    for row in connection.execute(_ALL).mappings():
        yield _link(row, _wrong(row, key, previous, sealed_to))
        previous = row["hash"] or previous


def first_broken(connection: Connection, key: bytes) -> int | None:
    """The number of the first row that does not hold; None if all do."""
    return next((link.seq for link in chain(connection, key) if link.wrong), None)


def last_holds(connection: Connection, key: bytes) -> bool:
    """Whether the newest seal was made with this key; true as long as there is none."""
    row = connection.execute(_NEWEST_SEALED).mappings().first()
    return row is None or _fits(row, key)


def _link(row: RowMapping, wrong: Wrong | None = None) -> Link:
    return Link(row["seq"], row["event"], row["review_id"], row["at"], row["hash"], wrong)


def _wrong(row: RowMapping, key: bytes, previous: str, sealed_to: int) -> Wrong | None:
    if not _erased(row) and digest(_salt(row["salt"]), row["actor"] or "") != row["actor_digest"]:
        return Wrong.ACTOR
    if row["hash"] is None:
        return Wrong.UNSEALED if row["seq"] < sealed_to else None
    if not _fits(row, key):
        return Wrong.CHANGED
    return Wrong.ORPHAN if row["previous"] != previous else None


def _fits(row: RowMapping, key: bytes) -> bool:
    """Whether this row was sealed with the key over the one that it names."""
    expected = seal(key, row["previous"] or "", row)
    return hmac.compare_digest(row["hash"].encode(), expected.encode())


def _erased(row: RowMapping) -> bool:
    return row["actor"] is None and row["salt"] is None


def _salt(written: str | None) -> bytes:
    try:
        return bytes.fromhex(written or "")
    except ValueError:
        return b""
