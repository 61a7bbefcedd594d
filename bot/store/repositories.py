"""Repositories and the installations through which we see them."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.facts import Repository
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

# Statements on the hot path are made once: making one costs more than running it.
_LOAD = select(t.repository).where(t.repository.c.id == bindparam("of"))
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


def load(connection: Connection, id: int) -> Repository | None:
    """A repository by GitHub's id; None if it was never seen."""
    row = connection.execute(_LOAD, {"of": id}).first()
    if row is None:
        return None
    return Repository(row.id, row.full_name, row.installation_id, row.private, row.default_branch)
