"""Lists of reviews for the pages: a line for each, by id, by who has to act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from bot.core.gate import Gate
from bot.core.review import State
from bot.store import tables as t

_FROM = t.review.join(t.subject).outerjoin(t.repository).outerjoin(t.channel).outerjoin(t.ownership)
_LINES = select(
    t.review.c.id,
    t.subject.c.title,
    t.subject.c.kind,
    t.subject.c.number,
    t.repository.c.full_name,
    t.channel.c.name.label("channel"),
    t.subject.c.repository_id,
    t.subject.c.channel_id,
    t.subject.c.author,
    t.review.c.tier,
    t.review.c.gate,
    t.review.c.state,
    t.review.c.mode,
    t.review.c.opened_at,
    t.review.c.decided_at,
    t.review.c.bypassed,
    t.review.c.waived_until,
    t.review.c.owner,
    t.ownership.c.teams,
).select_from(_FROM)
_OURS = t.review.c.tenant_id == t.TENANT
_BY_IDS = _LINES.where(t.review.c.id.in_(bindparam("ids", expanding=True)), _OURS)
_OPEN = t.review.c.state == State.OPEN
_MINE = (
    _LINES.where(t.subject.c.author_id.in_(bindparam("people", expanding=True)), _OURS)
    .where(_OPEN | (t.review.c.gate == Gate.PENDING))
    .order_by(t.review.c.id.desc())
    .limit(bindparam("most"))
)
_ENDING = (
    _LINES.where(t.review.c.waived_until.is_not(None), _OURS)
    .where(t.review.c.waived_until <= bindparam("until", type_=t.review.c.waived_until.type))
    .order_by(t.review.c.waived_until)
    .limit(bindparam("most"))
)
_WITH = {
    name: _LINES.where(_OPEN, _OURS, func.json_array_length(t.review.c[name]) > 0)
    .order_by(t.review.c.id.desc())
    .limit(bindparam("most"))
    for name in ("suggestions", "rulings")
}
_PROPOSALS = (
    _LINES.where(_OPEN, _OURS, t.subject.c.channel_id.is_not(None), t.review.c.tier >= 2)
    .order_by(t.review.c.id.desc())
    .limit(bindparam("most"))
)
_SUPERSEDED = (
    _LINES.where(t.review.c.superseded_by == bindparam("by"), _OURS)
    .order_by(t.review.c.id)
    .limit(bindparam("most"))
)
_BELONGS = select(t.review.c.id).where(t.review.c.id == bindparam("of"), _OURS)
_TRAIL = (
    select(t.ledger.c.at, t.ledger.c.event, t.ledger.c.data, t.ledger.c.actor, t.ledger.c.door)
    .where(t.ledger.c.review_id == bindparam("of"), t.ledger.c.tenant_id == t.TENANT)
    .order_by(t.ledger.c.seq.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """One review in a list. `key` is that of its place, `where` the name of that, `teams` whose it
    is on GitHub; `owner` is the team whose files are changed."""

    id: int
    title: str
    key: str
    where: str
    name: str
    author: str
    tier: int
    gate: Gate
    state: State
    mode: str
    opened_at: datetime
    decided_at: datetime | None
    bypassed: bool
    waived_until: datetime | None
    owner: str
    teams: tuple[str, ...]


def lines(connection: Connection, ids: Sequence[int]) -> list[Line]:
    """A line for each of these reviews that is ours, in their order."""
    if not ids:
        return []
    rows: Sequence[Any] = connection.execute(_BY_IDS, {"ids": list(ids)}).all()
    found = {row.id: _line(row) for row in rows}
    return [found[id] for id in ids if id in found]


def mine(connection: Connection, people: Collection[int], most: int) -> list[Line]:
    """What somebody opened and is open, or still waits for answers; the newest first."""
    return _all(connection, _MINE, {"people": list(people), "most": most})


def superseded(connection: Connection, by: int, most: int) -> list[Line]:
    """The reviews whose place that one took."""
    return _all(connection, _SUPERSEDED, {"by": by, "most": most})


def waivers_ending(connection: Connection, until: datetime, most: int) -> list[Line]:
    """The reviews with a waiver that ends by then, the first to end first."""
    return _all(connection, _ENDING, {"until": until, "most": most})


def with_suggestions(connection: Connection, most: int) -> list[Line]:
    """Open reviews for which somebody suggested an answer that nobody took yet."""
    return _all(connection, _WITH["suggestions"], {"most": most})


def with_rulings(connection: Connection, most: int) -> list[Line]:
    """Open reviews of which people raised, lowered or attested the tier."""
    return _all(connection, _WITH["rulings"], {"most": most})


def open_proposals(connection: Connection, most: int) -> list[Line]:
    """Open proposals that take consents."""
    return _all(connection, _PROPOSALS, {"most": most})


def belongs(connection: Connection, id: int) -> bool:
    """Whether there is a review of that id, and it is ours."""
    return connection.execute(_BELONGS, {"of": id}).first() is not None


def trail(
    connection: Connection, id: int, most: int
) -> list[tuple[datetime, str, Mapping[str, Any], str, str]]:
    """The last lines that the ledger has of a review, oldest first: when, what, what about, who and
    through which door."""
    rows = connection.execute(_TRAIL, {"of": id, "most": most}).all()
    return [(r.at, r.event, r.data, _login(r.actor), r.door or "") for r in reversed(rows)]


def _login(actor: str | None) -> str:
    """The ledger keeps who acted as “id:login”."""
    return (actor or "").partition(":")[2]


def _all(connection: Connection, statement: Any, key: Mapping[str, Any]) -> list[Line]:
    return [_line(row) for row in connection.execute(statement, key).all()]


def _line(row: Row[Any]) -> Line:
    proposal = row.channel_id is not None
    where = f"#{row.channel or row.channel_id}" if proposal else str(row.full_name)
    return Line(
        id=row.id,
        title=row.title,
        key=f"c{row.channel_id}" if proposal else f"r{row.repository_id}",
        where=where,
        name=where if proposal else f"{row.full_name}#{row.number}",
        author=row.author,
        tier=row.tier,
        gate=Gate(row.gate),
        state=State(row.state),
        mode=row.mode,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        bypassed=row.bypassed,
        waived_until=row.waived_until,
        owner=row.owner,
        teams=tuple(row.teams or ()),
    )
