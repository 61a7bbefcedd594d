"""What we published where: GitHub's id, the text that stands there, and creates not known done."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

COMMENT, CHECK, STATUS, REPLY = "comment", "check", "status", "reply"
IDENTITY = ("kind", "repository_id", "key")

# Statements on the hot path are made once: making one costs more than running it.
_HERE = and_(
    t.surface.c.kind == bindparam("of_kind"),
    t.surface.c.repository_id == bindparam("of_repository"),
    t.surface.c.key == bindparam("of_key"),
)
_LOAD = select(t.surface).where(_HERE)
_EDITED = select(t.surface.c.edited_at).where(_HERE)
_KEY = select(t.surface.c.key).where(
    t.surface.c.kind == COMMENT,
    t.surface.c.repository_id == bindparam("of"),
    t.surface.c.external_id == bindparam("comment"),
)
_NOT_MADE = update(t.surface).where(_HERE).values(intent_at=None)
_BEGIN = upsert(t.surface, IDENTITY, ("intent_at",))
_RESERVE = insert(t.surface).on_conflict_do_nothing()
_DONE = upsert(t.surface, IDENTITY, ("external_id", "intent_at", "live", "live_at"))


@dataclass(frozen=True, slots=True)
class Surface:
    """One published thing. `live` is None while nothing stands there, or we do not know what."""

    external_id: int | None = None
    begun: bool = False  # a create was begun and is not known to be done: look before creating
    live: str | None = None
    live_at: datetime | None = None  # GitHub's time of that text
    edited_at: datetime | None = None
    begun_at: datetime | None = None  # when that create was begun


def load(connection: Connection, kind: str, repository: int, key: str) -> Surface:
    """What stands for that pull request number or commit; an empty surface if nothing does."""
    row = connection.execute(_LOAD, _at(kind, repository, key)).first()
    if row is None:
        return Surface()
    live = zlib.decompress(row.live).decode() if row.live is not None else None
    begun = row.intent_at is not None
    return Surface(row.external_id, begun, live, row.live_at, row.edited_at, row.intent_at)


def comment_key(connection: Connection, repository: int, comment_id: int) -> str | None:
    """The number of the pull request on which our comment of that id stands."""
    return connection.execute(_KEY, {"of": repository, "comment": comment_id}).scalar()


def begin(tx: Transaction, kind: str, repository: int, key: str, now: datetime) -> None:
    """Note that something is about to be created."""
    row = {"kind": kind, "repository_id": repository, "key": key, "intent_at": now}
    tx.connection.execute(_BEGIN, row)


def reserve(tx: Transaction, kind: str, repository: int, key: str, now: datetime) -> bool:
    """The same, where nothing ever stood there and nothing was begun; else False, and no change."""
    row = {"kind": kind, "repository_id": repository, "key": key, "intent_at": now}
    return tx.connection.execute(_RESERVE, row).rowcount == 1


def first(tx: Transaction, kind: str, repository: int, key: str) -> bool:
    """Note that this is done once and for all; False where it was noted before."""
    row = {"kind": kind, "repository_id": repository, "key": key}
    return tx.connection.execute(_RESERVE, row).rowcount == 1


def not_made(tx: Transaction, kind: str, repository: int, key: str) -> None:
    """Note that what was about to be created was not; what stands there meanwhile stays."""
    tx.connection.execute(_NOT_MADE, _at(kind, repository, key))


def done(
    tx: Transaction,
    kind: str,
    repository: int,
    key: str,
    external_id: int,
    live: str,
    live_at: datetime | None = None,
    seen_edit: datetime | None = None,
) -> bool:
    """Note what stands there now; False when a person changed it while we wrote.

    `live_at` is GitHub's time of our write. `seen_edit` is the last edit that was known when we
    began. After a later one nobody can tell whose text came last, so the text counts as unknown and
    has to be written again.
    """
    edited_at = tx.connection.execute(_EDITED, _at(kind, repository, key)).scalar()
    alone = edited_at == seen_edit
    row = {
        "kind": kind,
        "repository_id": repository,
        "key": key,
        "external_id": external_id,
        "intent_at": None,
        "live": zlib.compress(live.encode(), 1) if alone else None,
        "live_at": live_at,
    }
    tx.connection.execute(_DONE, row)
    return alone


def heard(
    tx: Transaction,
    kind: str,
    repository: int,
    key: str,
    external_id: int,
    stands: Surface,
    edited_at: datetime | None,
) -> None:
    """Note what we heard to stand in the one with that id; `edited_at` is now where a person wrote,
    else None. Where it was deleted meanwhile, nothing stands there."""
    live = None if stands.live is None else zlib.compress(stands.live.encode(), 1)
    row: dict[str, object] = {"live": live, "live_at": stands.live_at}
    if edited_at is not None:
        row["edited_at"] = edited_at
    here = update(t.surface).where(_HERE, t.surface.c.external_id == external_id)
    tx.connection.execute(here.values(**row), _at(kind, repository, key))


def gone(
    tx: Transaction, kind: str, repository: int, key: str, external_id: int | None = None
) -> None:
    """Note that it was deleted: just the one with that id, where one is named, for another one may
    have taken its place meanwhile."""
    row = {"external_id": None, "live": None, "live_at": None, "intent_at": None}
    here = update(t.surface).where(_HERE)
    if external_id is not None:
        here = here.where(t.surface.c.external_id == external_id)
    tx.connection.execute(here.values(**row), _at(kind, repository, key))


def lost(
    tx: Transaction, kind: str, repository: int, key: str, external_id: int, now: datetime
) -> None:
    """Note that GitHub does not find the one with that id: look for what stands there."""
    here = update(t.surface).where(_HERE, t.surface.c.external_id == external_id)
    row = {"external_id": None, "live": None, "live_at": None, "intent_at": now}
    tx.connection.execute(here.values(**row), _at(kind, repository, key))


def _at(kind: str, repository: int, key: str) -> dict[str, object]:
    return {"of_kind": kind, "of_repository": repository, "of_key": key}
