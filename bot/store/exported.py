"""A SQLite file of its own for Datasette: reviews, what was answered, what was heard, what was let
go, and the numbers. Nothing in it points back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
)

from bot.core.maturity import maturity
from bot.core.review import Review
from bot.store.columns import Id

AT_ONCE = 500
_file = MetaData()


def _table(name: str, **columns: Any) -> Table:
    return Table(name, _file, *(Column(each, kind) for each, kind in columns.items()))


_REVIEWS = Table(
    "reviews",
    _file,
    Column("id", Id, primary_key=True),
    *(Column(name, Text) for name in ("subject", "title", "url", "author", "tier", "state")),
    *(Column(name, Text) for name in ("mode", "opened_at", "completed_at", "decided_at")),
    Column("decision", Text),
    Column("bypassed", Boolean),
    Column("level", Integer),
    Column("percent", Integer),
)
_ANSWERS = _table(
    "answers", review_id=Id, question=Text, picks=Text, text=Text, not_applicable=Boolean, by=Text,
    at=String, door=Text,
)  # fmt: skip
_EVIDENCE = _table(
    "evidence", review_id=Id, kind=Text, text=Text, link=Text, heard_on=String, segment=Text,
    ex_customer=Boolean, by=Text,
)  # fmt: skip
_WAIVERS = _table(
    "waivers", review_id=Id, scope=Text, until=String, reason=Text, expired=Boolean, by=Text
)
_ABOUT = _table("about", exported_at=String, note=Text)
NOTE = "This measures the asking. Whether the answers were right, only outcomes can tell."


def write(file: Path, reviews: Iterable[Review], names: bool, now: datetime) -> None:
    """Make the file. Without `names`, nobody is named."""
    engine = create_engine(f"sqlite:///{file}")
    _file.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(_ABOUT), {"exported_at": now.isoformat(), "note": NOTE})
        some: list[Review] = []
        for review in reviews:
            some.append(review)
            if len(some) == AT_ONCE:
                _add(connection, some, names)
                some.clear()
        _add(connection, some, names)
    engine.dispose()


def _add(connection: Connection, some: list[Review], names: bool) -> None:
    def who(login: str) -> str:
        return login if names else "somebody"

    rows: dict[Table, list[dict[str, Any]]] = {
        _REVIEWS: [_review(review, who(review.subject.author.login)) for review in some],
        _ANSWERS: [
            {
                "review_id": r.id, "question": a.question, "picks": " ".join(a.picks),
                "text": a.text, "not_applicable": a.not_applicable, "by": who(a.by.login),
                "at": a.at.isoformat(), "door": str(a.door),
            }
            for r in some
            for a in r.answers
        ],
        _EVIDENCE: [
            {
                "review_id": r.id, "kind": e.kind, "text": e.text, "link": e.link,
                "heard_on": e.on.isoformat() if e.on else None, "segment": e.segment,
                "ex_customer": e.former, "by": who(e.by.login),
            }
            for r in some
            for e in r.evidence
        ],
        _WAIVERS: [
            {
                "review_id": r.id, "scope": w.scope, "reason": w.reason, "expired": w.expired,
                "until": w.until.isoformat() if w.until else None, "by": who(w.by.login),
            }
            for r in some
            for w in r.waivers
        ],
    }  # fmt: skip
    for table, found in rows.items():
        if found:
            connection.execute(insert(table), found)


def _review(review: Review, author: str) -> dict[str, Any]:
    found, decision = maturity(review), review.course.decision
    return {
        "id": review.id,
        "subject": review.subject.name,
        "title": review.subject.title,
        "url": review.subject.url,
        "author": author,
        "tier": str(review.tier),
        "state": str(review.state),
        "mode": str(review.mode),
        "opened_at": review.opened_at.isoformat(),
        "completed_at": review.completed_at.isoformat() if review.completed_at else None,
        "decided_at": review.decided_at.isoformat() if review.decided_at else None,
        "decision": str(decision.resolution) if decision else None,
        "bypassed": review.bypassed,
        "level": int(found.level) if found else None,
        "percent": found.percent if found else None,
    }
