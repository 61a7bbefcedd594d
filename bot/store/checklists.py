"""Checklists by version: a review keeps the one that its answers were given on."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.checklist import Checklist
from bot.ports import Transaction
from bot.store import tables as t

_read: dict[str, Checklist] = {}  # a version names its content, so it never changes
_kept: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()  # on disk, as far as we know
_SAVE = insert(t.checklist).on_conflict_do_nothing()
_LOAD = select(t.checklist.c.content).where(t.checklist.c.version == bindparam("of"))
_KNOWN = select(t.checklist.c.version).where(t.checklist.c.version == bindparam("of"))


def save(tx: Transaction, checklist: Checklist) -> None:
    """Keep a checklist, if it is not kept yet."""
    _read[checklist.version] = checklist
    kept = _kept.setdefault(tx.connection.engine, set())
    if checklist.version in kept:
        return
    if tx.connection.execute(_KNOWN, {"of": checklist.version}).first() is None:
        row = {"version": checklist.version, "content": checklist.content()}
        tx.connection.execute(_SAVE, row)
    tx.after_commit.append(lambda: kept.add(checklist.version))


def load(connection: Connection, version: str) -> Checklist:
    """The checklist of that version."""
    if version not in _read:
        content = connection.execute(_LOAD, {"of": version}).scalar_one()
        _read[version] = Checklist.from_content(content)
    return _read[version]


def forget() -> None:
    """Read every checklist afresh, as after a restart."""
    _read.clear()
    _kept.clear()
