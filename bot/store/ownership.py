"""Whose the repositories are on GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, update

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

_CODEOWNERS = select(t.ownership.c.codeowners).where(t.ownership.c.repository_id == bindparam("of"))
_KNOWN = select(t.repository.c.id)
_SAVE_TEXT = upsert(t.ownership, ("repository_id",), ("codeowners",))
_SAVE_TEAMS = upsert(t.ownership, ("repository_id",), ("teams",))
_NONE = update(t.ownership).values(teams=[])


def codeowners(connection: Connection, repository: int) -> str:
    """What CODEOWNERS says; empty where there is none, or it was not read."""
    return connection.execute(_CODEOWNERS, {"of": repository}).scalar() or ""


def save_codeowners(tx: Transaction, repository: int, text: str) -> None:
    """Keep what it says."""
    tx.connection.execute(
        _SAVE_TEXT, {"repository_id": repository, "codeowners": text, "teams": []}
    )


def save_teams(tx: Transaction, teams: Mapping[int, Sequence[str]]) -> None:
    """Keep the teams of every repository that we know, by its id; the others have none."""
    tx.connection.execute(_NONE)
    known = set(tx.connection.execute(_KNOWN).scalars())
    for id in sorted(known & set(teams)):
        row = {"repository_id": id, "codeowners": "", "teams": list(teams[id])}
        tx.connection.execute(_SAVE_TEAMS, row)
