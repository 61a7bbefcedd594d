"""Seal what the ledger was told since the last time, and sign what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.ports import Transaction
from bot.store import checkpoints, ledger
from bot.store.checkpoints import Checkpoint
from bot.store.store import Store

BATCH = 500  # rows in one transaction, so that nobody waits long for the one writer
EVERY_ROWS = 1000  # a checkpoint is signed after that many rows, or
EVERY = timedelta(hours=1)  # that long after the last one, when anything was sealed since
HINT = "`emptychair verify-ledger` names the first row that does not hold"
log = structlog.get_logger()


@dataclass
class Notary:
    """Who seals and signs. `key` seals, `signing_key` (32 bytes) signs.

    `last` is what it sealed last, as (row, seal): out of reach for who has only the database.
    `told` are the rows that were said to be broken, so that it is said once.
    """

    store: Store
    clock: Callable[[], datetime]
    key: bytes
    signing_key: bytes
    last: tuple[int, str] | None = None
    told: set[int] = field(default_factory=set)


def seal(notary: Notary, closing: bool = False) -> None:
    """Seal every row that waits, oldest first, and sign a checkpoint when it is time for one.

    `closing`: sign also when it is not time. With nothing to do, nothing is written. It may stop
    anywhere and run again: what is sealed stays so, and the rest goes on from there.
    """
    with notary.store.read() as connection:
        busy = ledger.waits(connection) or _due(notary, connection, closing) is not None
    while busy:
        busy = notary.store.write(lambda tx: _batch(notary, tx, closing))


def look(notary: Notary) -> None:
    """Say in the log when the ledger is not what the last checkpoint was signed over."""
    with notary.store.read() as connection:
        newest = ledger.newest_sealed(connection)
        last = _last(notary, connection, newest.seq if newest else 0)
        if last is not None:
            _compare(notary, connection, last.seq, last.hash)


def _batch(notary: Notary, tx: Transaction, closing: bool) -> bool:
    """One transaction of sealing; gives whether there may be more to seal."""
    if notary.last is not None:
        _compare(notary, tx.connection, *notary.last)
    more = ledger.seal_next(tx, notary.key, BATCH) == BATCH
    newest = ledger.newest_sealed(tx.connection)
    if newest is not None and newest.hash is not None:
        last = (newest.seq, newest.hash)
        tx.after_commit.append(lambda: setattr(notary, "last", last))
    _sign(notary, tx, closing and not more)
    return more


def _sign(notary: Notary, tx: Transaction, closing: bool) -> None:
    due = _due(notary, tx.connection, closing)
    if due is None:
        return
    signed = checkpoints.sign(notary.signing_key, *due, notary.clock())
    checkpoints.add(tx, signed)
    # One line that `emptychair verify-ledger --checkpoint` takes, for who keeps the logs elsewhere.
    tx.after_commit.append(lambda: log.info("ledger.checkpoint", checkpoint=str(signed)))


def _due(notary: Notary, connection: Connection, closing: bool) -> tuple[int, str] | None:
    """The row and its seal that a checkpoint is to be signed over now; None while there is none."""
    newest = ledger.newest_sealed(connection)
    if newest is None or newest.hash is None:
        return None
    last = _last(notary, connection, newest.seq)
    if last is not None:
        rows, age = newest.seq - last.seq, notary.clock() - last.at
        if rows <= 0 or not (closing or rows >= EVERY_ROWS or age >= EVERY):
            return None
    return newest.seq, newest.hash


def _last(notary: Notary, connection: Connection, sealed_to: int) -> Checkpoint | None:
    """The last checkpoint of ours over a row that is there.

    One that somebody else put there is said and not believed: it would end all signing.
    """
    newest, public = checkpoints.newest(connection), checkpoints.public_key(notary.signing_key)
    if newest is None or (newest.seq <= sealed_to and newest.signed_by(public)):
        return newest
    _tell(notary, newest.seq)
    return checkpoints.last_signed(connection, public, sealed_to)


def _compare(notary: Notary, connection: Connection, seq: int, hash: str) -> None:
    if ledger.seal_of(connection, seq) != hash:
        _tell(notary, seq)


def _tell(notary: Notary, row: int) -> None:
    if row not in notary.told:
        notary.told.add(row)
        log.error("ledger.broken", row=row, hint=HINT)
