"""Holding a ledger against its key and its checkpoints, row by row."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.store import checkpoints, ledger
from bot.store import tables as t
from bot.store.checkpoints import Checkpoint
from bot.store.trouble import trouble

_ABOUT = select(t.repository.c.full_name, t.subject.c.number).select_from(
    t.review.join(t.subject).join(t.repository)
)
FORGED = "its checkpoint was not signed with the key of this record"
UNREADABLE = "here, or a little further on, the database holds what no program of ours wrote"
CUT = "it is not there, but a checkpoint of {at:%Y-%m-%d %H:%M} UTC was signed over it"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not hold, and why. `row` is None where it is not there."""

    seq: int
    why: str
    row: ledger.Link | None = None


@dataclass(slots=True)
class Audit:
    """What was found: how many rows, how many of them sealed, the last checkpoint that held.

    `unsealed_since` is the time of the first row without a seal; `broken` is None for a ledger that
    is whole. What comes after the first broken row was not looked at.
    """

    rows: int = 0
    sealed: int = 0
    last: Checkpoint | None = None
    unsealed_since: datetime | None = None
    broken: Broken | None = None

    def add(self, link: ledger.Link) -> None:
        """One more row that holds."""
        self.rows += 1
        self.sealed += link.hash is not None
        if link.hash is None and self.unsealed_since is None:
            self.unsealed_since = link.at


def count(connection: Connection) -> int:
    """How many rows there are to be looked at."""
    return int(connection.execute(select(func.count()).select_from(t.ledger)).scalar_one())


def about(connection: Connection, link: ledger.Link) -> str:
    """The pull request that a row is about, "acme/shop#12"; empty where it is not known."""
    row = connection.execute(_ABOUT.where(t.review.c.id == link.review)).first()
    return f"{row.full_name}#{row.number}" if row else ""


def audit(
    connection: Connection,
    key: bytes,
    public: Ed25519PublicKey,
    given: Checkpoint | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Audit:
    """Look at every row until one does not hold. `given` is a checkpoint that was kept elsewhere.

    `progress` is called for each row. The connection has to show one moment throughout. Raises
    OperationalError where the machine did not let us read: that says nothing of the ledger.
    """
    found = Audit()
    kept = checkpoints.in_order(connection)
    signed = heapq.merge(kept, [given] if given else [], key=lambda each: each.seq)
    seq = 0
    try:
        due = next(signed, None)
        for link in ledger.chain(connection, key):
            seq = link.seq
            while due and due.seq <= seq and not found.broken:
                found.broken = _against(due, link if due.seq == seq else None, public)
                found.last, due = due, next(signed, None)
            if link.wrong and not found.broken:
                found.broken = Broken(seq, link.wrong, link)
            if found.broken:
                return found
            found.add(link)
            progress()
        if due:
            found.broken = _against(due, None, public)
    except (ValueError, TypeError, DatabaseError) as error:  # it is no time, no JSON, no page
        if isinstance(error, OperationalError) and trouble(error):
            raise
        found.broken = Broken(seq + 1, UNREADABLE)
    return found


def _against(
    checkpoint: Checkpoint, link: ledger.Link | None, public: Ed25519PublicKey
) -> Broken | None:
    """Hold a checkpoint against the row that it names, None where that is not there."""
    if not checkpoint.signed_by(public):
        return Broken(checkpoint.seq, FORGED, link)
    if link is None:
        return Broken(checkpoint.seq, CUT.format(at=checkpoint.at))
    if link.hash != checkpoint.hash:
        return Broken(link.seq, ledger.Wrong.CHECKPOINT, link)
    return None
