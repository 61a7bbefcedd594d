"""Insert a row, or change the one that has the same key."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as insert


def upsert(table: Table, keys: Sequence[str], changes: Sequence[str]) -> Insert:
    """A statement that takes a row: inserts it, or where `keys` are known sets its `changes`."""
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=list(keys), set_={name: new.excluded[name] for name in changes}
    )
