"""The reviews of proposals: by their message, by who has a part in them, by when they ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, desc, func, insert, select

from bot.core.deciding import owner
from bot.core.review import Review, State
from bot.ports import Transaction
from bot.store import proposal_subjects, recent, review_rows
from bot.store import tables as t

OWNER, REVIEWER = "owner", "reviewer"

_TABLES = t.subject.join(t.review).join(t.channel)
_SELECT = select(*proposal_subjects.COLUMNS, *t.review.c).select_from(_TABLES)
_STAMP = select(t.review.c.id, t.review.c.version, *proposal_subjects.OF_CHANNEL).select_from(
    _TABLES
)
_THIS = (t.subject.c.channel_id == bindparam("of")) & (t.subject.c.ts == bindparam("message"))
_IN_THREAD = (t.subject.c.channel_id == bindparam("of")) & (
    t.subject.c.thread == bindparam("message")
)
_BY_ID = t.review.c.id.in_(bindparam("ids", expanding=True))
_PERSON = t.part.c.person_id.in_(bindparam("people", expanding=True))
_OPEN_OF = (
    select(t.part.c.review_id)
    .where(_PERSON, t.part.c.kind == bindparam("kind"), t.part.c.open)
    .order_by(t.part.c.review_id.desc())
    .limit(bindparam("most"))
)
_DECIDED_OF = (
    select(t.part.c.review_id, func.max(t.part.c.decided_at).label("at"))
    .where(_PERSON, t.part.c.decided_at >= bindparam("since", type_=t.part.c.decided_at.type))
    .group_by(t.part.c.review_id)
    .order_by(desc("at"))
    .limit(bindparam("most"))
)
_OPEN_IN = (
    select(t.review.c.id)
    .select_from(t.subject.join(t.review))
    .where(t.subject.c.channel_id == bindparam("of"), t.review.c.state == State.OPEN)
    .order_by(t.review.c.id.desc())
    .limit(bindparam("most"))
)
_PARTS = select(t.part.c.person_id).where(t.part.c.review_id == bindparam("of"))
_DROP_PARTS = delete(t.part).where(t.part.c.review_id == bindparam("of"))
_ADD_PARTS = insert(t.part)


def load(connection: Connection, channel: str, ts: str) -> Review | None:
    """The review of the proposal in that message; None if nobody opened one."""
    return _one(connection, _THIS, {"of": channel, "message": ts})


def in_thread(connection: Connection, channel: str, thread: str) -> Review | None:
    """The review whose card stands in that thread; None if none does."""
    return _one(connection, _IN_THREAD, {"of": channel, "message": thread})


def load_all(connection: Connection, ids: Sequence[int]) -> list[Review]:
    """The reviews with these ids that are of proposals, in that order."""
    if not ids:
        return []
    rows = connection.execute(_SELECT.where(_BY_ID), {"ids": list(ids)}).all()
    found = [_read(connection, row) for row in rows]
    place = {id: index for index, id in enumerate(ids)}
    return sorted(found, key=lambda review: place[review.id])


def open_of(connection: Connection, people: Sequence[int], kind: str, most: int) -> list[int]:
    """The newest open reviews in which any of these people has that part."""
    key = {"people": list(people), "kind": kind, "most": most}
    return list(connection.execute(_OPEN_OF, key).scalars())


def decided_of(
    connection: Connection, people: Sequence[int], since: datetime, most: int
) -> list[int]:
    """The newest reviews that were decided since then and in which any of these people has a
    part."""
    key = {"people": list(people), "since": since, "most": most}
    return list(connection.execute(_DECIDED_OF, key).scalars())


def open_in(connection: Connection, channel: str, most: int) -> list[int]:
    """The newest open reviews of a channel."""
    return list(connection.execute(_OPEN_IN, {"of": channel, "most": most}).scalars())


def people_of(connection: Connection, review: int) -> list[int]:
    """Everybody who has a part in a review."""
    return list(connection.execute(_PARTS, {"of": review}).scalars())


def save_parts(tx: Transaction, review: Review) -> None:
    """Note who owns a proposal and who is asked to review it."""
    reviewers = {person.id for person in review.course.reviewers}
    reviewers |= {consent.by.id for consent in review.course.consents}
    parts = [(owner(review).id, OWNER), *((id, REVIEWER) for id in sorted(reviewers))]
    if review.version > 1:
        tx.connection.execute(_DROP_PARTS, {"of": review.id})
    ended = review.decided_at if review.state is State.DECIDED else None
    stands = {"review_id": review.id, "open": review.state is State.OPEN, "decided_at": ended}
    rows = [{**stands, "person_id": id, "kind": kind} for id, kind in parts]
    tx.connection.execute(_ADD_PARTS, rows)


def _one(connection: Connection, where: Any, key: dict[str, object]) -> Review | None:
    stamp = connection.execute(_stamps(where), key).first()
    if stamp is None:
        return None
    known = recent.find(connection, stamp.id, stamp.version)
    if known and known.proposal.channel == proposal_subjects.read_channel(stamp):
        return known
    row = connection.execute(_SELECT.where(where), key).first()
    return _read(connection, row) if row else None


def _stamps(where: Any) -> Select[Any]:
    return _STAMP.where(where).order_by(t.review.c.id.desc()).limit(1)


def _read(connection: Connection, row: Any) -> Review:
    return review_rows.read(connection, row, proposal_subjects.read(row))
