"""What should stand on GitHub and does not, as far as the record itself can tell."""

from __future__ import annotations

from sqlalchemy import Connection, String, and_, bindparam, cast, or_, select
from sqlalchemy.sql.expression import ColumnElement

from bot.core.gate import Gate
from bot.core.organisation import Mode
from bot.core.review import State
from bot.store import tables as t
from bot.store.surfaces import CHECK, COMMENT, STATUS

_REPOSITORY = t.subject.c.repository_id
_NUMBER = cast(t.subject.c.number, String)
_INSTALLED = t.subject.join(t.review).join(t.repository).join(t.installation)
_OPEN = and_(t.review.c.state == State.OPEN, t.installation.c.removed_at.is_(None))


def _under_way(kind: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a job has it in hand; a parked one too: there is a reason."""
    lock = f"{kind}:" + cast(_REPOSITORY, String) + ":" + key
    return select(t.job.c.id).where(t.job.c.lock == lock).exists()


def _here(kind: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    surface = t.surface.c
    return and_(surface.kind == kind, surface.repository_id == _REPOSITORY, surface.key == key)


# Where there is no App, a status stands in the place of the check.
_CHECKED = or_(_here(CHECK, t.subject.c.head_sha), _here(STATUS, t.subject.c.head_sha))
_WITHOUT_CHECK = (
    select(_REPOSITORY, t.subject.c.head_sha)
    .select_from(_INSTALLED.outerjoin(t.surface, _CHECKED))
    .where(_OPEN, t.surface.c.external_id.is_(None), ~_under_way(CHECK, t.subject.c.head_sha))
    .distinct()
    .limit(bindparam("most"))
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
        ~_under_way(COMMENT, _NUMBER),
    )
    .limit(bindparam("most"))
)


def without_check(connection: Connection, most: int) -> list[tuple[int, str]]:
    """(repository, head) of open pull requests without a check of ours, and none under way."""
    return [(row[0], row[1]) for row in connection.execute(_WITHOUT_CHECK, {"most": most})]


def without_comment(connection: Connection, most: int) -> list[tuple[int, int]]:
    """(repository, number) of those that are asked something and have no comment of ours, or one of
    which nobody knows what it says."""
    return [(row[0], row[1]) for row in connection.execute(_WITHOUT_COMMENT, {"most": most})]
