"""Repositories and the installations through which we see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.facts import Repository
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

# Statements on the hot path are made once: making one costs more than running it.
_LOAD = select(t.repository).where(t.repository.c.id == bindparam("of"))
_SWEPT_LONGEST_AGO = (
    select(t.repository)
    .select_from(t.repository.join(t.installation))
    .where(t.installation.c.removed_at.is_(None))
    .order_by(t.repository.c.swept_at.asc().nulls_first(), t.repository.c.id)
    .limit(bindparam("most"))
)
_SWEPT = (
    update(t.repository)
    .where(t.repository.c.id == bindparam("of"))
    .values(swept_at=bindparam("now", type_=t.repository.c.swept_at.type))
)
_INSTALLED = insert(t.installation).on_conflict_do_nothing()
_SAVE = upsert(t.repository, ("id",), ("installation_id", "full_name", "private", "default_branch"))


def add(tx: Transaction, repository: Repository) -> None:
    """Note a repository, unless it is known: what is known may be newer."""
    if load(tx.connection, repository.id) is None:
        save(tx, repository)


def save(tx: Transaction, repository: Repository) -> None:
    """Note a repository and its installation, or what changed about them (a new name)."""
    if load(tx.connection, repository.id) == repository:
        return
    row = {
        "id": repository.id,
        "installation_id": repository.installation,
        "full_name": repository.full_name,
        "private": repository.private,
        "default_branch": repository.default_branch,
    }
    tx.connection.execute(_INSTALLED, {"id": repository.installation})
    tx.connection.execute(_SAVE, row)


def swept_longest_ago(connection: Connection, most: int) -> list[Repository]:
    """The repositories that were gone through longest ago, or never, of Apps that are installed."""
    rows = connection.execute(_SWEPT_LONGEST_AGO, {"most": most})
    return [_repository(row) for row in rows]


def swept(tx: Transaction, id: int, now: datetime) -> None:
    """Note that a repository was gone through."""
    tx.connection.execute(_SWEPT, {"of": id, "now": now})


def load(connection: Connection, id: int) -> Repository | None:
    """A repository by GitHub's id; None if it was never seen."""
    row = connection.execute(_LOAD, {"of": id}).first()
    return None if row is None else _repository(row)


def _repository(row: Row[Any]) -> Repository:
    return Repository(row.id, row.full_name, row.installation_id, row.private, row.default_branch)
