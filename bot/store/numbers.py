"""What each review comes to in numbers: kept beside it, and read by whoever counts.

Derived: `rebuild` makes it again from the reviews.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, case, func, select

from bot.core.columns import PARTS, Columns, row
from bot.core.filters import Where
from bot.core.review import Review
from bot.core.tally import Place, counted, in_place
from bot.core.tier import Tier
from bot.ports import Transaction
from bot.store import decisions
from bot.store import tables as t
from bot.store.upsert import insert

ROWS = 20_000  # read at a time
REBUILT = 500  # in one transaction
_CHANGED = tuple(name for name in PARTS if name not in ("id", "tier"))
_NEXT = select(func.coalesce(func.max(t.numbers.c.seq), 0) + 1).scalar_subquery()


def _saving() -> Any:
    new = insert(t.numbers).values(
        {"seq": _NEXT, "review_id": bindparam("id"), "tenant_id": t.TENANT}
        | {name: bindparam(name) for name in (*_CHANGED, "owner", "tier")}
    )
    changes: dict[str, Any] = {name: new.excluded[name] for name in ("seq", *_CHANGED, "owner")}
    changes["tier"] = func.max(t.numbers.c.tier, new.excluded.tier)  # it only ever rises
    return new.on_conflict_do_update(index_elements=["review_id"], set_=changes)


_SAVE = _saving()
_READ: dict[str, ColumnElement[Any]] = {  # whose the files are stands behind the place
    **{name: t.numbers.c[name] for name in PARTS if name != "id"},
    "id": t.numbers.c.review_id,
    "place": case(
        (t.numbers.c.owner == "", t.numbers.c.place),
        else_=t.numbers.c.place + " " + t.numbers.c.owner,
    ),
}
_ROWS = (
    select(*(_READ[name] for name in PARTS), t.numbers.c.seq)
    .where(t.numbers.c.seq > bindparam("after"), t.numbers.c.tenant_id == t.TENANT)
    .order_by(t.numbers.c.seq)
)
_NEWEST = select(func.max(t.numbers.c.seq))
_REPOSITORIES = select(
    t.repository.c.id, t.repository.c.full_name, t.repository.c.private, t.ownership.c.teams
).outerjoin(t.ownership)
_CHANNELS = select(t.channel.c.id, t.channel.c.name, t.channel.c.private)
_LACKING = (
    select(t.review.c.id, t.review.c.highest_tier)
    .outerjoin(t.numbers)
    .where(t.numbers.c.review_id.is_(None), t.review.c.id > bindparam("after"))
    .order_by(t.review.c.id)
    .limit(REBUILT)
)
_SPOT, _TIER = list(PARTS).index("spot"), list(PARTS).index("tier")


def save(tx: Transaction, review: Review, highest: Tier = Tier.R0) -> None:
    """Keep what a review comes to now."""
    _save(tx.connection, review, highest)


def _save(connection: Connection, review: Review, highest: Tier) -> None:
    found = row(counted(review, Tier.R1, in_place(review)), review.id)
    found["tier"] = int(max(review.tier, highest))
    found["owner"] = review.owner
    connection.execute(_SAVE, found)
    decisions.keep(connection, review)


def newest(connection: Connection) -> int:
    """A number that rises with every change of a review."""
    return connection.execute(_NEWEST).scalar() or 0


def read(connection: Connection, columns: Columns, after: int) -> int:
    """Take in what changed after that number; gives the number of the last change."""
    found = connection.execution_options(stream_results=True).execute(_ROWS, {"after": after})
    for rows in found.partitions(ROWS):
        columns.put([_whole(each) for each in rows])
        after = rows[-1].seq
    return after


def _whole(found: Sequence[Any]) -> tuple[Any, ...]:
    parts = found[: len(PARTS)]
    if parts[_TIER]:
        return tuple(parts)
    return (*parts[:_SPOT], Place.R0.value, *parts[_SPOT + 1 :])


def places(connection: Connection) -> dict[str, Where]:
    """What the keys of places stand for."""
    found = {
        f"r{id}": Where(name, private, tuple(teams or ()))
        for id, name, private, teams in connection.execute(_REPOSITORIES)
    }
    for id, name, private in connection.execute(_CHANNELS):
        found[f"c{id}"] = Where(f"#{name or id}", private)
    return found


def rebuild(engine: Engine) -> int:
    """Make the numbers of all reviews that have none; gives how many."""
    from bot.store import reviews

    done = after = 0
    while True:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            lacking = connection.execute(_LACKING, {"after": after}).all()
            for id, highest in lacking:
                review = reviews.by_id(connection, id)
                if review is not None:
                    _save(connection, review, Tier(highest))
            connection.exec_driver_sql("COMMIT")
        if not lacking:
            return done
        done, after = done + len(lacking), lacking[-1].id
