"""What we published where: GitHub's id, the text that stands there, and creates not known done."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ports import Transaction
from bot.store import tables as t

COMMENT, CHECK = "comment", "check"


@dataclass(frozen=True, slots=True)
class Surface:
    """One published thing. `live` is None while nothing stands there, or we do not know what."""

    external_id: int | None = None
    begun: bool = False  # a create was begun and is not known to be done: look before creating
    live: str | None = None
    edited_at: datetime | None = None


def load(connection: Connection, kind: str, repository: int, key: str) -> Surface:
    """What stands for that pull request number or commit; an empty surface if nothing does."""
    row = connection.execute(select(t.surface).where(_is(kind, repository, key))).first()
    if row is None:
        return Surface()
    live = zlib.decompress(row.live).decode() if row.live is not None else None
    return Surface(row.external_id, row.intent_at is not None, live, row.edited_at)


def comment_key(connection: Connection, repository: int, comment_id: int) -> str | None:
    """The number of the pull request on which our comment of that id stands."""
    return connection.execute(
        select(t.surface.c.key).where(
            t.surface.c.kind == COMMENT,
            t.surface.c.repository_id == repository,
            t.surface.c.external_id == comment_id,
        )
    ).scalar()


def begin(tx: Transaction, kind: str, repository: int, key: str, now: datetime) -> None:
    """Note that something is about to be created."""
    _put(tx, kind, repository, key, {"intent_at": now})


def done(
    tx: Transaction,
    kind: str,
    repository: int,
    key: str,
    external_id: int,
    live: str,
    seen_edit: datetime | None = None,
) -> bool:
    """Note what stands there now; False when a person changed it while we wrote.

    `seen_edit` is the last edit that was known when we began. After a later one nobody can tell
    whose text came last, so the text counts as unknown and has to be written again.
    """
    where = select(t.surface.c.edited_at).where(_is(kind, repository, key))
    alone = tx.connection.execute(where).scalar() == seen_edit
    text = zlib.compress(live.encode(), 1) if alone else None
    row = {"external_id": external_id, "intent_at": None, "live": text}
    _put(tx, kind, repository, key, row)
    return alone


def touched(tx: Transaction, kind: str, repository: int, key: str, live: str, at: datetime) -> None:
    """Note that a person changed the text."""
    row = {"live": zlib.compress(live.encode(), 1), "edited_at": at}
    tx.connection.execute(update(t.surface).where(_is(kind, repository, key)).values(**row))


def gone(tx: Transaction, kind: str, repository: int, key: str) -> None:
    """Note that it was deleted."""
    row = {"external_id": None, "live": None, "intent_at": None}
    tx.connection.execute(update(t.surface).where(_is(kind, repository, key)).values(**row))


def _put(tx: Transaction, kind: str, repository: int, key: str, row: Mapping[str, object]) -> None:
    tx.connection.execute(
        upsert(t.surface)
        .values(kind=kind, repository_id=repository, key=key, **row)
        .on_conflict_do_update(index_elements=["kind", "repository_id", "key"], set_=row)
    )


def _is(kind: str, repository: int, key: str) -> ColumnElement[bool]:
    c = t.surface.c
    return and_(c.kind == kind, c.repository_id == repository, c.key == key)
