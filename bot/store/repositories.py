"""Repositories and the installations through which we see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.enforcement import Required, Ruled
from bot.core.facts import Repository
from bot.core.review import State
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

# Statements on the hot path are made once: making one costs more than running it.
_LOAD = select(t.repository).where(t.repository.c.id == bindparam("of"))
_BY_NAME = (
    select(t.repository)
    .where(func.lower(t.repository.c.full_name) == bindparam("of"))
    .order_by(t.repository.c.id.desc())
    .limit(1)
)
_NEWEST = (
    select(t.repository)
    .join(t.installation)
    .where(t.installation.c.removed_at.is_(None))
    .order_by(t.repository.c.id.desc())
    .limit(1)
)
_OF_ACCOUNTS = (
    select(t.repository)
    .join(t.installation)
    .where(t.installation.c.removed_at.is_(None))
    .order_by(t.repository.c.id)
)
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
_REQUIRED = select(t.repository.c.required, t.repository.c.required_at).where(
    t.repository.c.id == bindparam("of")
)
_TO_READ = (
    select(t.repository)
    .join(t.installation)
    .where(
        t.installation.c.removed_at.is_(None),
        or_(
            t.repository.c.required_at.is_(None),
            t.repository.c.required_at <= bindparam("since"),
        ),
    )
    .order_by(t.repository.c.required_at.is_not(None), t.repository.c.required_at)
    .limit(bindparam("most"))
)
_OPEN_REVIEWS = (
    select(func.count(t.review.c.id))
    .select_from(t.subject.join(t.review))
    .where(t.subject.c.repository_id == t.repository.c.id, t.review.c.state == State.OPEN)
    .scalar_subquery()
)
_STANDINGS = (
    select(
        t.repository.c.full_name,
        t.repository.c.required,
        t.repository.c.required_at,
        _OPEN_REVIEWS.label("open_reviews"),
    )
    .join(t.installation)
    .where(t.installation.c.removed_at.is_(None))
    .order_by(func.lower(t.repository.c.full_name), t.repository.c.id)
)


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


def by_name(connection: Connection, full_name: str) -> Repository | None:
    """The repository of that name, capitals aside; None if it was never seen."""
    row = connection.execute(_BY_NAME, {"of": full_name.lower()}).first()
    return _repository(row) if row else None


def by_account(connection: Connection) -> dict[str, Repository]:
    """One repository of each account, by its name in small letters, through which to ask about the
    account."""
    found = [_repository(row) for row in connection.execute(_OF_ACCOUNTS)]
    return {each.full_name.partition("/")[0].lower(): each for each in found}


def newest(connection: Connection) -> Repository | None:
    """The repository that we met last; None where there is none yet."""
    row = connection.execute(_NEWEST).first()
    return _repository(row) if row else None


def _repository(row: Row[Any]) -> Repository:
    return Repository(row.id, row.full_name, row.installation_id, row.private, row.default_branch)


def to_read(connection: Connection, since: datetime, most: int) -> list[Repository]:
    """At most so many repositories whose rules were last read then or earlier, or never; those
    first that wait longest. Not where the App is no longer installed."""
    rows = connection.execute(_TO_READ, {"since": since, "most": most})
    return [_repository(row) for row in rows]


def standings(connection: Connection) -> list[Ruled]:
    """Every repository where the App is installed, by name, with its open reviews."""
    return [
        Ruled(row.full_name, Required(row.required), row.required_at, row.open_reviews)
        for row in connection.execute(_STANDINGS)
    ]


def required(connection: Connection, id: int) -> tuple[Required, datetime | None]:
    """What the rules say of our check, and when they were read; None: never."""
    row = connection.execute(_REQUIRED, {"of": id}).first()
    return (Required(row.required), row.required_at) if row else (Required.UNKNOWN, None)


def save_required(tx: Transaction, id: int, found: Required, now: datetime) -> None:
    """Note what the rules say of our check."""
    here = update(t.repository).where(t.repository.c.id == id)
    tx.connection.execute(here.values(required=str(found), required_at=now))
