"""Customers' voice on file: put there from exports, listed, let go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, text, update

from bot.core.grammar import Piece
from bot.core.voice.rows import Row
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.voices import NO_WORDS, WORDS, digest, words_of

ROWS = 1000  # read at a time
_KEY = (
    t.voice.c.source == bindparam("of"),
    t.voice.c.source_id == bindparam("id"),
    t.voice.c.source_id != text("''"),  # in these words, or the index is not used
)
_KNOWN = select(t.voice).where(*_KEY, t.voice.c.tenant_id == t.TENANT)
_ADD = insert(t.voice).returning(t.voice.c.id)
_DROP = delete(t.voice).where(t.voice.c.id == bindparam("id"))
_NO_MEANING = delete(t.voice_vector).where(t.voice_vector.c.voice_id == bindparam("id"))
_OVER = (
    select(t.voice.c.id)
    .where(t.voice.c.keep_until < bindparam("today", type_=t.voice.c.keep_until.type))
    .limit(ROWS)
)
_OF_CUSTOMER = select(t.voice).where(
    t.voice.c.customer == bindparam("of"), t.voice.c.tenant_id == t.TENANT
)
_ALL = (
    select(t.voice)
    .where(t.voice.c.id > bindparam("after"), t.voice.c.tenant_id == t.TENANT)
    .order_by(t.voice.c.id)
    .limit(ROWS)
)
_COUNTS = (
    select(
        t.voice.c.source,
        t.voice.c.kind,
        func.count(),
        func.min(t.voice.c.heard_on),
        func.max(t.voice.c.heard_on),
    )
    .where(t.voice.c.tenant_id == t.TENANT)
    .group_by(t.voice.c.source, t.voice.c.kind)
    .order_by(t.voice.c.source, t.voice.c.kind)
)
_WITHOUT_WORDS = text(
    "SELECT id, text FROM voice WHERE id NOT IN (SELECT rowid FROM voice_text) LIMIT 1000"
)
SECURE = sqlite3.sqlite_version_info >= (3, 42)  # from then on FTS5 overwrites what is deleted


@dataclass(frozen=True, slots=True)
class Filed:
    """One piece on file. `customer` is a digest; empty where it is not known who said it."""

    id: int
    source: str
    source_id: str
    piece: Piece
    customer: str
    weight: float
    at: datetime
    review: int | None
    keep_until: date | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many pieces there are of one source and kind, and the days of the first and last."""

    source: str
    kind: str
    pieces: int
    first: date | None
    last: date | None


def put(tx: Transaction, row: Row, customer: str, now: datetime, until: date | None) -> str:
    """Put a piece on file by its name in its source: "new", "changed" or "known"."""
    connection, piece = tx.connection, row.piece
    values: dict[str, Any] = {
        "digest": digest(piece.text),
        "kind": piece.kind,
        "text": piece.text,
        "link": piece.link,
        "heard_on": piece.on,
        "segment": piece.segment,
        "former": piece.former,
        "customer": customer,
        "weight": row.weight,
        "keep_until": until,
    }
    known = connection.execute(_KNOWN, {"of": row.source, "id": row.source_id}).first()
    if known is None:
        values |= {"source": row.source, "source_id": row.source_id, "at": now}
        values |= {"by_id": 0, "by_name": "", "private_to": ""}
        id = connection.execute(_ADD, values).scalar_one()
        connection.execute(WORDS, words_of(id, piece.text))
        return "new"
    if all(known._mapping[name] == value for name, value in values.items()):
        return "known"
    connection.execute(update(t.voice).where(t.voice.c.id == known.id).values(**values))
    if known.text != piece.text:
        connection.execute(NO_WORDS, {"id": known.id})
        connection.execute(WORDS, words_of(known.id, piece.text))
    return "changed"


def all_of(connection: Connection) -> Iterator[Filed]:
    """Every piece, the oldest first."""
    after = 0
    while rows := connection.execute(_ALL, {"after": after}).all():
        yield from map(filed, rows)
        after = rows[-1].id


def filed(row: Any) -> Filed:
    """The piece in a row of the table."""
    piece = Piece(
        row.kind, row.text, row.link, row.heard_on, row.segment, row.former, row.private_to
    )
    return Filed(
        row.id, row.source, row.source_id, piece, row.customer, row.weight, row.at,
        row.review_id, row.keep_until,
    )  # fmt: skip


def counts(connection: Connection) -> list[Count]:
    """What is on file, by source and kind."""
    return [Count(*row) for row in connection.execute(_COUNTS)]


def of_customer(connection: Connection, customer: str) -> list[Filed]:
    """What one customer said."""
    return [filed(row) for row in connection.execute(_OF_CUSTOMER, {"of": customer})]


def drop(tx: Transaction, ids: Iterable[int]) -> int:
    """Let pieces go, and the words by which they were found; gives how many."""
    gone = 0
    # What is deleted here is overwritten, too: a page that is only free could still be read.
    before = tx.connection.exec_driver_sql("PRAGMA secure_delete").scalar()
    tx.connection.exec_driver_sql("PRAGMA secure_delete = ON")
    if SECURE:
        tx.connection.execute(
            text("INSERT INTO voice_text (voice_text, rank) VALUES ('secure-delete', 1)")
        )
    for id in ids:
        tx.connection.execute(NO_WORDS, {"id": id})
        tx.connection.execute(_NO_MEANING, {"id": id})
        gone += tx.connection.execute(_DROP, {"id": id}).rowcount
    tx.connection.exec_driver_sql(f"PRAGMA secure_delete = {int(before or 0)}")
    return gone


def drop_over(tx: Transaction, today: date) -> int:
    """Let go of what was to be kept until a day that is over, at most a thousand at a time."""
    return drop(tx, tx.connection.execute(_OVER, {"today": today}).scalars().all())


def scrub(engine: Engine) -> None:
    """Leave nothing of what was dropped in the file: neither in the search, nor on a free page, nor
    in the log of writes."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("INSERT INTO voice_text (voice_text) VALUES ('optimize')")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def rebuild(engine: Engine) -> None:
    """The words of every piece that has none."""
    while True:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            lacking = connection.execute(_WITHOUT_WORDS).all()
            for id, said in lacking:
                connection.execute(WORDS, words_of(id, said))
            connection.exec_driver_sql("COMMIT")
        if not lacking:
            return
