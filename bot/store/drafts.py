"""What calls of a model cost, and what it answered before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.core.drafting.budget import Spent
from bot.core.drafting.claims import Answered
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

KEPT = timedelta(days=90)  # answers; what a call cost stays
FAILED = ("timeout", "unreachable", "busy", "rejected")  # nothing was answered
_ADD = insert(t.llm_call)
_SUMS = select(
    func.coalesce(func.sum(t.llm_call.c.tokens_in + t.llm_call.c.tokens_out), 0),
    func.coalesce(func.sum(t.llm_call.c.cost), 0.0),
).where(
    t.llm_call.c.at >= bindparam("since", type_=t.llm_call.c.at.type),
    t.llm_call.c.tenant_id == t.TENANT,
)
_OF_REVIEW = select(func.count()).where(
    t.llm_call.c.review_id == bindparam("of"), t.llm_call.c.outcome.not_in(FAILED)
)
_TRIES = select(func.count()).where(t.llm_call.c.input_hash == bindparam("of"))
_LAST = (
    select(t.llm_call.c.outcome)
    .where(t.llm_call.c.review_id == bindparam("of"))
    .order_by(t.llm_call.c.id.desc())
    .limit(1)
)
_BY_DAY = (
    select(
        func.date(t.llm_call.c.at),
        t.llm_call.c.model,
        t.llm_call.c.outcome,
        func.count(),
        func.sum(t.llm_call.c.tokens_in),
        func.sum(t.llm_call.c.cached),
        func.sum(t.llm_call.c.tokens_out),
        func.sum(t.llm_call.c.cost),
        func.max(t.llm_call.c.prices_as_of),
    )
    .where(
        t.llm_call.c.at >= bindparam("since", type_=t.llm_call.c.at.type),
        t.llm_call.c.tenant_id == t.TENANT,
    )
    .group_by(func.date(t.llm_call.c.at), t.llm_call.c.model, t.llm_call.c.outcome)
    .order_by(func.date(t.llm_call.c.at), t.llm_call.c.model, t.llm_call.c.outcome)
)
_FATES = (
    select(t.ledger.c.event, func.count())
    .where(
        t.ledger.c.event.in_(("draft.accepted", "draft.edited", "draft.rejected")),
        t.ledger.c.at >= bindparam("since", type_=t.ledger.c.at.type),
        t.ledger.c.tenant_id == t.TENANT,
    )
    .group_by(t.ledger.c.event)
)
_KEEP = upsert(t.draft_answer, ("input_hash",), ("at", "answered"))
_FIND = select(t.draft_answer.c.answered).where(t.draft_answer.c.input_hash == bindparam("of"))
_OLD = delete(t.draft_answer).where(
    t.draft_answer.c.at < bindparam("before", type_=t.draft_answer.c.at.type)
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call and what it cost. No word of what was sent or answered."""

    at: datetime
    review_id: int | None
    model: str
    model_returned: str
    prompt_hash: str
    schema_hash: str
    input_hash: str
    tokens_in: int
    cached: int
    tokens_out: int
    counted: bool
    cost: float
    prices_as_of: date | None
    milliseconds: int
    attempts: int
    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one model cost on one day, by outcome."""

    day: str
    model: str
    outcome: str
    calls: int
    tokens_in: int
    cached: int
    tokens_out: int
    cost: float
    prices_as_of: date | None


def note(tx: Transaction, call: Call, answered: Answered | None = None) -> None:
    """Note a call; and what was answered, for an input that comes again."""
    tx.connection.execute(_ADD, asdict(call))
    if answered is not None:
        row = {"input_hash": call.input_hash, "at": call.at, "answered": answered.model_dump()}
        tx.connection.execute(_KEEP, row)


def known(connection: Connection, input_hash: str) -> Answered | None:
    """What was answered to this input; None where it was not asked, or is forgotten."""
    found: Any = connection.execute(_FIND, {"of": input_hash}).scalar()
    return None if found is None else Answered.model_validate(found)


def spent(connection: Connection, review: int, now: datetime) -> Spent:
    """What was spent until now, UTC days and months."""
    today = datetime.combine(now.date(), time(), UTC)
    day = connection.execute(_SUMS, {"since": today}).one()
    month = connection.execute(_SUMS, {"since": today.replace(day=1)}).one()
    calls = connection.execute(_OF_REVIEW, {"of": review}).scalar_one()
    return Spent(calls, int(day[0]), int(month[0]), float(day[1]), float(month[1]))


def tries(connection: Connection, input_hash: str) -> int:
    """How often this input was sent."""
    return connection.execute(_TRIES, {"of": input_hash}).scalar_one()


def last_outcome(connection: Connection, review: int) -> str:
    """What came of the last call for a review; empty where there was none."""
    return connection.execute(_LAST, {"of": review}).scalar() or ""


def costs(connection: Connection, since: datetime) -> list[Cost]:
    """What was spent since then, by day, model and outcome."""
    return [Cost(*row) for row in connection.execute(_BY_DAY, {"since": since})]


def fates(connection: Connection, since: datetime) -> dict[str, int]:
    """What people did with what was proposed: accepted as it stood, edited, rejected."""
    found: dict[str, int] = {"accepted": 0, "edited": 0, "rejected": 0}
    for event, number in connection.execute(_FATES, {"since": since}):
        found[event.partition(".")[2]] = number
    return found


def forget(tx: Transaction, now: datetime) -> None:
    """Let go of answers that are too old to come again."""
    tx.connection.execute(_OLD, {"before": now - KEPT})
