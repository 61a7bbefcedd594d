"""Reviews: rows to values and back. Nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.facts import PullRequest
from bot.core.organisation import Mode
from bot.core.proposal import Proposal
from bot.core.review import Review, State
from bot.errors import Stale
from bot.ports import Transaction
from bot.store import (
    answers,
    checklists,
    numbers,
    proposal_subjects,
    proposals,
    recent,
    review_rows,
    subjects,
)
from bot.store import tables as t

# Statements on the hot path are made once: making one costs more than running it.
_SELECT = (
    select(*subjects.COLUMNS, *t.review.c)
    .select_from(t.subject.join(t.review).join(t.repository))
    .order_by(t.subject.c.number)
)
_OF_REPOSITORY = t.subject.c.repository_id == bindparam("of")
# What tells a version of a review, so that one which is known need not be read.
_STAMP = (
    select(t.review.c.id, t.review.c.version, *subjects.OF_REPOSITORY)
    .select_from(t.subject.join(t.review).join(t.repository))
    .order_by(t.subject.c.number)
)
_NUMBER, _HEAD = t.subject.c.number == bindparam("pull"), t.subject.c.head_sha == bindparam("head")
_BY_NUMBER = tuple(each.where(_OF_REPOSITORY, _NUMBER) for each in (_STAMP, _SELECT))
_BY_HEAD = tuple(each.where(_OF_REPOSITORY, _HEAD) for each in (_STAMP, _SELECT))
_OPEN_MODES = (
    select(t.repository.c.id, t.repository.c.full_name, t.subject.c.number, t.review.c.mode)
    .select_from(t.subject.join(t.review).join(t.repository))
    .where(t.review.c.state == State.OPEN)
    .order_by(t.review.c.id)
)
_WAIVERS_OVER = (
    select(t.review.c.id).where(t.review.c.waived_until <= bindparam("now")).order_by(t.review.c.id)
)
_WITH_COMMENT = (
    select(t.subject.c.number)
    .where(
        t.subject.c.repository_id == bindparam("of"),
        select(t.surface.c.id)
        .where(
            t.surface.c.kind == "comment",
            t.surface.c.repository_id == t.subject.c.repository_id,
            t.surface.c.key == cast(t.subject.c.number, String),
            t.surface.c.external_id.is_not(None),
        )
        .exists(),
    )
    .order_by(t.subject.c.number.desc())
)
_OPEN_BY = (
    select(*subjects.COLUMNS, *t.review.c)
    .select_from(t.subject.join(t.review).join(t.repository))
    .where(t.subject.c.author_id == bindparam("author"), t.review.c.state == State.OPEN)
    .order_by(t.review.c.id.desc())
    .limit(bindparam("most"))
)
_OPEN_IDS = (
    select(t.review.c.id)
    .where(t.review.c.state == State.OPEN, t.review.c.id > bindparam("after"))
    .order_by(t.review.c.id)
    .limit(bindparam("most"))
)
_BY_ID = (
    select(*subjects.COLUMNS, *t.review.c)
    .select_from(t.subject.join(t.review).join(t.repository))
    .where(t.review.c.id == bindparam("of"))
)
_ID_OF = (
    select(t.review.c.id)
    .select_from(t.review.join(t.subject))
    .where(_OF_REPOSITORY, t.subject.c.number == bindparam("pull"))
)
_FIRST_OPENED = (
    select(func.min(t.review.c.opened_at))
    .select_from(t.review.join(t.subject))
    .where(_OF_REPOSITORY)
)
_INSERT = upsert(t.review).on_conflict_do_nothing().returning(t.review.c.id)
_SAVED = (  # by an update; `highest_tier` only ever rises
    "state", "gate", "triaged", "tier", "customer_facing", "overlays", "reasons", "mode", "exempt",
    "quiet", "checklist_version", "thresholds", "prefills", "offered", "quotes", "drafted",
    "suggestions", "waivers",
    "rulings", "attested", "waived_until", "last_picked", "course", "without_review", "bypassed",
    "opened_at", "first_answer_at", "completed_at", "decided_at", "owner", "superseded_by",
    "version",
)  # fmt: skip
_UPDATE = (
    update(t.review)
    .where(t.review.c.id == bindparam("of"), t.review.c.version == bindparam("since"))
    .values({name: bindparam(name, type_=t.review.c[name].type) for name in _SAVED})
    .values(highest_tier=func.max(t.review.c.highest_tier, bindparam("tier", type_=Integer)))
)


def load(connection: Connection, repository: int, number: int) -> Review | None:
    """The review of a pull request; None if it was never seen."""
    return next(iter(_load(connection, _BY_NUMBER, {"of": repository, "pull": number})), None)


def load_by_head(connection: Connection, repository: int, head_sha: str) -> list[Review]:
    """The open reviews of all pull requests with that head, or if none is open, all."""
    found = _load(connection, _BY_HEAD, {"of": repository, "head": head_sha})
    return [review for review in found if review.state is State.OPEN] or found


def open_modes(connection: Connection) -> list[tuple[int, str, int, Mode]]:
    """(repository, its name, number, mode) of every open review."""
    return [(row[0], row[1], row[2], Mode(row[3])) for row in connection.execute(_OPEN_MODES)]


def with_waivers_over(connection: Connection, now: datetime) -> list[int]:
    """The ids of the reviews with a waiver whose time is up and not yet marked."""
    return list(connection.execute(_WAIVERS_OVER, {"now": now}).scalars())


def open_ids(connection: Connection, after: int, most: int) -> list[int]:
    """The ids of the open reviews, those above `after`, at most so many."""
    return list(connection.execute(_OPEN_IDS, {"after": after, "most": most}).scalars())


def by_id(connection: Connection, id: int) -> Review | None:
    """The review of that id, whatever its subject."""
    row = connection.execute(_BY_ID, {"of": id}).first()
    if row is not None:
        return review_rows.read(connection, row, subjects.read(row))
    return next(iter(proposals.load_all(connection, [id])), None)


def with_comment(connection: Connection, repository: int) -> list[int]:
    """The pull requests of a repository on which our comment stands."""
    return list(connection.execute(_WITH_COMMENT, {"of": repository}).scalars())


def open_by(connection: Connection, author: int, most: int) -> list[Review]:
    """The newest open reviews of the pull requests of one author."""
    rows = connection.execute(_OPEN_BY, {"author": author, "most": most}).all()
    return [review_rows.read(connection, row, subjects.read(row)) for row in rows]


def id_of(connection: Connection, repository: int, number: int) -> int | None:
    """The id of the review of a pull request; None if it was never seen."""
    return connection.execute(_ID_OF, {"of": repository, "pull": number}).scalar()


def first_opened(connection: Connection, repository: int) -> datetime | None:
    """When the first pull request of a repository was seen; None where none was."""
    return connection.execute(_FIRST_OPENED, {"of": repository}).scalar()


def _load(
    connection: Connection, statements: Sequence[Select[Any]], key: Mapping[str, object]
) -> list[Review]:
    stamp, whole = statements
    stamps = connection.execute(stamp, key).all()
    known = [
        (recent.find(connection, s.id, s.version), subjects.read_repository(s)) for s in stamps
    ]
    found = [known for known, of in known if known and known.pull_request.repository == of]
    if len(found) == len(stamps):
        return found
    return [
        review_rows.read(connection, row, subjects.read(row))
        for row in connection.execute(whole, key).all()
    ]


def save(tx: Transaction, review: Review) -> Review:
    """Write a review as it is now and give it back with its id and new version.

    Raises Stale when somebody saved it since it was loaded.
    """
    checklists.save(tx, review.checklist)
    subject_id = _save_subject(tx, review.subject)
    saved = _update(tx, review) if review.id else _insert(tx, review, subject_id)
    answers.save(tx, saved)
    if isinstance(saved.subject, Proposal):
        proposals.save_parts(tx, saved)
    numbers.save(tx, saved)
    recent.keep(tx, saved)
    return saved


def _save_subject(tx: Transaction, subject: PullRequest | Proposal) -> int:
    if isinstance(subject, Proposal):
        return proposal_subjects.save(tx, subject)
    return subjects.save(tx, subject)


def _insert(tx: Transaction, review: Review, subject_id: int) -> Review:
    row = review_rows.write(review) | {
        "subject_id": subject_id,
        "highest_tier": int(review.tier),
        "version": 1,
    }
    id = tx.connection.execute(_INSERT, row).scalar()
    if id is None:
        raise Stale("the review was opened meanwhile")
    return replace(review, id=int(id), version=1)


def _update(tx: Transaction, review: Review) -> Review:
    row = review_rows.write(review) | {"version": review.version + 1}
    key = {"of": review.id, "since": review.version}
    if tx.connection.execute(_UPDATE, {**row, **key}).rowcount != 1:
        raise Stale(f"review {review.id} was saved by somebody else")
    return replace(review, version=review.version + 1)
