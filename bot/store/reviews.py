"""Reviews: rows to values and back. Nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.gate import standing
from bot.core.organisation import Mode, Thresholds
from bot.core.prefill import Prefill
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Ruling, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.triage import Reason
from bot.core.waivers import Waiver
from bot.errors import Stale
from bot.ports import Transaction
from bot.store import answers, checklists, recent, subjects
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
    select(t.subject.c.repository_id, t.subject.c.number)
    .select_from(t.subject.join(t.review))
    .where(t.review.c.waived_until <= bindparam("now"))
    .order_by(t.review.c.id)
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
    "quiet", "checklist_version", "thresholds", "prefills", "offered", "suggestions", "waivers",
    "rulings", "attested", "waived_until", "last_picked", "bypassed", "opened_at",
    "first_answer_at", "completed_at", "decided_at", "version",
)  # fmt: skip
_UPDATE = (
    update(t.review)
    .where(t.review.c.id == bindparam("of"), t.review.c.version == bindparam("since"))
    .values({name: bindparam(name, type_=t.review.c[name].type) for name in _SAVED})
    .values(highest_tier=func.max(t.review.c.highest_tier, bindparam("tier", type_=Integer)))
)

_PREFILLS = TypeAdapter(tuple[Prefill, ...])
_SUGGESTIONS = TypeAdapter(tuple[Suggestion, ...])
_WAIVERS = TypeAdapter(tuple[Waiver, ...])
_RULINGS = TypeAdapter(tuple[Ruling, ...])


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


def with_waivers_over(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """(repository, number) of every review with a waiver whose time is up and not yet marked."""
    return [(row[0], row[1]) for row in connection.execute(_WAIVERS_OVER, {"now": now})]


def with_comment(connection: Connection, repository: int) -> list[int]:
    """The pull requests of a repository on which our comment stands."""
    return list(connection.execute(_WITH_COMMENT, {"of": repository}).scalars())


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
    known = [recent.find(connection, s.id, s.version, subjects.read_repository(s)) for s in stamps]
    found = [review for review in known if review is not None]
    if len(found) == len(stamps):
        return found
    return [_review(connection, row) for row in connection.execute(whole, key).all()]


def _review(connection: Connection, row: Row[Any]) -> Review:
    return Review(
        subject=subjects.read(row),
        state=State(row.state),
        triaged=Tier(row.triaged),
        tier=Tier(row.tier),
        customer_facing=row.customer_facing,
        overlays=tuple(row.overlays),
        reasons=tuple(Reason(r["rule"], Tier(r["tier"]), r["text"]) for r in row.reasons),
        mode=Mode(row.mode),
        exempt=row.exempt,
        quiet=row.quiet,
        checklist=checklists.load(connection, row.checklist_version),
        thresholds=Thresholds(**row.thresholds),
        opened_at=row.opened_at,
        answers=answers.load_answers(connection, row.id),
        evidence=answers.load_evidence(connection, row.id),
        prefills=_PREFILLS.validate_python(row.prefills),
        offered=_PREFILLS.validate_python(row.offered),
        suggestions=_SUGGESTIONS.validate_python(row.suggestions),
        waivers=_WAIVERS.validate_python(row.waivers),
        rulings=_RULINGS.validate_python(row.rulings),
        last_picked=row.last_picked,
        bypassed=row.bypassed,
        first_answer_at=row.first_answer_at,
        completed_at=row.completed_at,
        decided_at=row.decided_at,
        id=row.id,
        version=row.version,
    )


def save(tx: Transaction, review: Review) -> Review:
    """Write a review as it is now and give it back with its id and new version.

    Raises Stale when somebody saved it since it was loaded.
    """
    checklists.save(tx, review.checklist)
    subject_id = subjects.save(tx, review.subject)
    saved = _update(tx, review) if review.id else _insert(tx, review, subject_id)
    answers.save(tx, saved)
    recent.keep(tx, saved)
    return saved


def _insert(tx: Transaction, review: Review, subject_id: int) -> Review:
    row = _row(review) | {
        "subject_id": subject_id,
        "highest_tier": int(review.tier),
        "version": 1,
    }
    id = tx.connection.execute(_INSERT, row).scalar()
    if id is None:
        raise Stale("the review was opened meanwhile")
    return replace(review, id=int(id), version=1)


def _update(tx: Transaction, review: Review) -> Review:
    row = _row(review) | {"version": review.version + 1}
    key = {"of": review.id, "since": review.version}
    if tx.connection.execute(_UPDATE, {**row, **key}).rowcount != 1:
        raise Stale(f"review {review.id} was saved by somebody else")
    return replace(review, version=review.version + 1)


def _row(review: Review) -> dict[str, Any]:
    return {
        "state": review.state,
        "gate": standing(review).gate,
        "triaged": int(review.triaged),
        "tier": int(review.tier),
        "customer_facing": review.customer_facing,
        "overlays": list(review.overlays),
        "reasons": [{"rule": r.rule, "tier": int(r.tier), "text": r.text} for r in review.reasons],
        "mode": review.mode,
        "exempt": review.exempt,
        "quiet": review.quiet,
        "checklist_version": review.checklist.version,
        "thresholds": review.thresholds.model_dump(),
        "prefills": _PREFILLS.dump_python(review.prefills, mode="json"),
        "offered": _PREFILLS.dump_python(review.offered, mode="json"),
        "suggestions": _SUGGESTIONS.dump_python(review.suggestions, mode="json"),
        "waivers": _WAIVERS.dump_python(review.waivers, mode="json"),
        "rulings": _RULINGS.dump_python(review.rulings, mode="json"),
        "attested": standing_ruling(review.rulings, Ruled.ATTESTED) is not None,
        "waived_until": min(
            (w.ends_at for w in review.waivers if w.ends_at and not w.expired), default=None
        ),
        "last_picked": review.last_picked,
        "bypassed": review.bypassed,
        "opened_at": review.opened_at,
        "first_answer_at": review.first_answer_at,
        "completed_at": review.completed_at,
        "decided_at": review.decided_at,
    }
