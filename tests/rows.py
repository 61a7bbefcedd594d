"""Rows of the record, put straight into its tables: for what only reads them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select

from bot.core.answers import Door
from bot.core.columns import row as row_of
from bot.core.facts import Actor
from bot.core.gate import Gate
from bot.core.review import State
from bot.core.rulings import Ruled, Ruling
from bot.core.tally import Counted
from bot.core.tier import Tier
from bot.core.waivers import Waiver
from bot.store import tables as t
from bot.store.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_RULING, _WAIVER = TypeAdapter(Ruling), TypeAdapter(Waiver)
_NUMBERS = itertools.count(1)


def add(store: Store, repository: str = "acme/shop", **columns: Any) -> int:
    """A review with these columns, pending at R1 where nothing else is said; gives its number."""
    return store.write(lambda tx: _add(tx.connection, repository, columns))


def _add(connection: Connection, repository: str, columns: dict[str, Any]) -> int:
    repository_id = _repository(connection, repository)
    numbers = select(t.subject.c.id).where(t.subject.c.repository_id == repository_id)
    number = len(connection.execute(numbers).all()) + 1
    subject_id = connection.execute(
        insert(t.subject).returning(t.subject.c.id),
        {
            "repository_id": repository_id, "number": number, "title": "Title", "body": "",
            "author_id": 11, "author": "author", "author_is_bot": False, "head_sha": "a" * 40,
            "base_ref": "main", "branch": "b", "labels": [], "draft": False, "open": True,
            "merged": False, "updated_at": NOW,
            "url": f"https://github.com/{repository}/pull/{number}",
        },
    ).scalar_one()  # fmt: skip
    row = {
        "subject_id": subject_id, "state": "open", "gate": "pending", "triaged": 1, "tier": 1,
        "highest_tier": 1, "customer_facing": True, "overlays": [], "reasons": [], "mode": "warn",
        "checklist_version": "1", "thresholds": {}, "prefills": [], "opened_at": NOW, "version": 1,
    }  # fmt: skip
    whole = row | columns
    id = connection.execute(insert(t.review).returning(t.review.c.id), whole).scalar_one()
    _count(connection, int(id), f"r{repository_id}", whole)
    return number


def _count(connection: Connection, id: int, place: str, columns: dict[str, Any]) -> None:
    """What a saved review leaves beside it for the numbers."""
    seen = Counted(
        place, State(columns["state"]), Gate(columns["gate"]), Tier(columns["highest_tier"]),
        columns.get("attested", False), bool(columns.get("exempt")), columns.get("quiet", False),
        columns.get("bypassed", False), columns["opened_at"], columns.get("first_answer_at"),
        columns.get("completed_at"), decided_at=columns.get("decided_at"),
    )  # fmt: skip
    found = row_of(seen, id)
    count = select(func.count()).select_from(t.numbers)
    seq = connection.execute(count).scalar_one() + 1
    named = {"review_id": found.pop("id"), "seq": seq}
    connection.execute(insert(t.numbers), found | named)


def _repository(connection: Connection, full_name: str) -> int:
    known = select(t.repository.c.id).where(t.repository.c.full_name == full_name)
    if (found := connection.execute(known).scalar()) is not None:
        return int(found)
    if not connection.execute(select(t.installation.c.id)).first():
        connection.execute(insert(t.installation), {"id": 7})
        connection.execute(insert(t.checklist), {"version": "1", "content": {}})
    id = 500 + next(_NUMBERS)
    row = {"id": id, "installation_id": 7, "full_name": full_name}
    connection.execute(insert(t.repository), row)
    return id


def hours(number: float) -> datetime:
    """The moment that many hours after reviews are opened here."""
    return NOW + timedelta(hours=number)


def ruling(ruled: str = "attested", **changes: Any) -> Any:
    """One entry of the column `rulings`, as the record keeps it."""
    by, reason = Actor(11, "author"), "Only a name inside changes."
    made = Ruling(Ruled(ruled), Tier.R0, reason, by, NOW, Door.COMMAND)
    return _RULING.dump_python(replace(made, **changes), mode="json")


def waiver(until: date | None, **changes: Any) -> Any:
    """One entry of the column `waivers`, as the record keeps it."""
    by, reason = Actor(12, "reviewer"), "The fair is on Monday."
    made = Waiver("all", until, reason, by, NOW, Door.COMMAND)
    return _WAIVER.dump_python(replace(made, **changes), mode="json")
