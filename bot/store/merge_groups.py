"""Merge groups: which pull requests stand behind the commit that a queue asks about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.core.facts import MergeGroup
from bot.ports import Transaction
from bot.store import repositories
from bot.store import tables as t
from bot.store.upsert import upsert

LONGEST_QUEUE = 100  # more than any queue that GitHub builds at once

_SAVE = upsert(t.merge_group, ("repository_id", "head_sha"), ("base_sha", "number", "at"))
_LOAD = select(t.merge_group.c.number, t.merge_group.c.base_sha).where(
    t.merge_group.c.repository_id == bindparam("of"), t.merge_group.c.head_sha == bindparam("head")
)

_OF_PULL = select(t.merge_group.c.head_sha).where(
    t.merge_group.c.repository_id == bindparam("of"), t.merge_group.c.number == bindparam("pull")
)
_BUILT_ON = select(t.merge_group.c.head_sha).where(
    t.merge_group.c.repository_id == bindparam("of"), t.merge_group.c.base_sha == bindparam("base")
)


def save(tx: Transaction, group: MergeGroup, now: datetime) -> None:
    """Remember a merge group: later groups are built on it."""
    repositories.save(tx, group.repository)
    row = {
        "repository_id": group.repository.id,
        "head_sha": group.head_sha,
        "base_sha": group.base_sha,
        "number": group.number,
        "at": now,
    }
    tx.connection.execute(_SAVE, row)


def numbers(connection: Connection, repository: int, head_sha: str) -> list[int]:
    """The pull requests of a merge group: its own, and those of the groups it is built on.

    Empty when that commit is not the head of a merge group.
    """
    found: list[int] = []
    sha = head_sha
    while len(found) < LONGEST_QUEUE:
        row = connection.execute(_LOAD, {"of": repository, "head": sha}).first()
        if row is None or row.number in found:
            break
        found.append(row.number)
        sha = row.base_sha
    return found


def heads_with(connection: Connection, repository: int, number: int) -> list[str]:
    """The commits of all groups that hold a pull request: its own and those built on them."""
    key = {"of": repository, "pull": number}
    heads = list(connection.execute(_OF_PULL, key).scalars())
    return heads + [head for own in heads for head in built_on(connection, repository, own)]


def built_on(connection: Connection, repository: int, head_sha: str) -> list[str]:
    """The commits of the groups that stand on that group, near ones first."""
    found: list[str] = []
    waiting = [head_sha]
    while waiting and len(found) < LONGEST_QUEUE:
        key = {"of": repository, "base": waiting.pop(0)}
        new = [h for h in connection.execute(_BUILT_ON, key).scalars() if h not in found]
        found += new
        waiting += new
    return found
