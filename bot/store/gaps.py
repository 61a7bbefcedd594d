"""What should stand on GitHub and does not, as far as the record itself can tell."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Connection, String, and_, bindparam, cast, or_, select
from sqlalchemy.sql.expression import ColumnElement

from bot.core.gate import Gate
from bot.core.organisation import Mode
from bot.core.review import State
from bot.store import tables as t
from bot.store.surfaces import CHECK, COMMENT

Key = TypeVar("Key", int, str)

_REPOSITORY = t.subject.c.repository_id
_NUMBER = cast(t.subject.c.number, String)
_INSTALLED = t.subject.join(t.review).join(t.repository).join(t.installation)
_OPEN = and_(t.review.c.state == State.OPEN, t.installation.c.removed_at.is_(None))


def _here(kind: object, key: ColumnElement[str]) -> ColumnElement[bool]:
    surface = t.surface.c
    return and_(surface.kind == kind, surface.repository_id == _REPOSITORY, surface.key == key)


_STANDS = _here(bindparam("kind"), t.subject.c.head_sha) & t.surface.c.external_id.is_not(None)
_WITHOUT_CHECK = (
    select(_REPOSITORY, t.subject.c.head_sha)
    .select_from(_INSTALLED)
    .where(_OPEN, ~select(t.surface.c.id).where(_STANDS).exists())
    .distinct()
)
_WITHOUT_COMMENT = (
    select(_REPOSITORY, t.subject.c.number)
    .select_from(_INSTALLED.outerjoin(t.surface, _here(COMMENT, _NUMBER)))
    .where(
        _OPEN,
        t.review.c.gate == Gate.PENDING,
        t.review.c.mode != Mode.SHADOW,
        t.review.c.quiet.is_(False),
        or_(t.surface.c.external_id.is_(None), t.surface.c.live.is_(None)),
    )
)
_LOCKS = select(t.job.c.lock).where(t.job.c.lock.startswith(bindparam("prefix"))).distinct()


def without_check(connection: Connection, kind: str, most: int) -> list[tuple[int, str]]:
    """(repository, head) of open pull requests on which no check of ours stands, or no status where
    that is the kind, and none is under way."""
    rows = connection.execute(_WITHOUT_CHECK, {"kind": kind})
    return _idle(connection, CHECK, [(row[0], row[1]) for row in rows])[:most]


def without_comment(connection: Connection, most: int) -> list[tuple[int, int]]:
    """(repository, number) of those that are asked something and have no comment of ours, or one of
    which nobody knows what it says; and none is under way."""
    rows = connection.execute(_WITHOUT_COMMENT)
    return _idle(connection, COMMENT, [(row[0], row[1]) for row in rows])[:most]


def _idle(connection: Connection, kind: str, found: list[tuple[int, Key]]) -> list[tuple[int, Key]]:
    """Those that no job has in hand; a parked one has them too: there is a reason."""
    locks = set(connection.execute(_LOCKS, {"prefix": f"{kind}:"}).scalars()) if found else set()
    return [each for each in found if f"{kind}:{each[0]}:{each[1]}" not in locks]
