"""What people did, each act once: rows to values and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.ports import Transaction
from bot.store import tables as t

_DEEDS: TypeAdapter[tuple[Deed, ...]] = TypeAdapter(tuple[Deed, ...])

# Statements on the hot path are made once: making one costs more than running it.
_LOAD = select(t.act).where(t.act.c.review_id == bindparam("of")).order_by(t.act.c.id)
_KNOWN = select(t.act.c.key).where(t.act.c.key == bindparam("of"))
_EDITED = select(t.act.c.id).where(
    t.act.c.review_id == bindparam("of"),
    t.act.c.text == bindparam("edited"),
    t.act.c.comment_id.is_(None),
)
_ABOUT = (
    select(t.act.c.id)
    .where(t.act.c.review_id == bindparam("of"), t.act.c.text == bindparam("about"))
    .limit(1)
)
_LEFT = _ABOUT.where(t.act.c.after_hash == bindparam("left"), t.act.c.at == bindparam("then"))
_ADD = insert(t.act).on_conflict_do_nothing()


def load(connection: Connection, review: int) -> list[Act]:
    """Everything that was done to a review, in the order in which we heard of it."""
    return [_act(row) for row in connection.execute(_LOAD, {"of": review})]


def known(connection: Connection, key: str) -> bool:
    """Whether this act is kept already."""
    return connection.execute(_KNOWN, {"of": key}).first() is not None


def ours_once(connection: Connection, review: int, text: str) -> bool:
    """Whether this text is, or was, our own comment: what was done to it stands in no command."""
    return connection.execute(_EDITED.limit(1), {"of": review, "edited": text}).first() is not None


def about(connection: Connection, review: int, text: str) -> bool:
    """Whether any act was about this text."""
    return connection.execute(_ABOUT, {"of": review, "about": text}).first() is not None


def left(connection: Connection, review: int, text: str, after: str, at: datetime) -> bool:
    """Whether an act of that time left a text with this hash."""
    key = {"of": review, "about": text, "left": after, "then": at}
    return connection.execute(_LEFT, key).first() is not None


def add(tx: Transaction, review: int, acts: Sequence[Act]) -> None:
    """Keep acts; those that are kept already stay as they are."""
    if acts:
        tx.connection.execute(_ADD, [_row(review, act) for act in acts])


def _act(row: Row[Any]) -> Act:
    return Act(
        key=row.key,
        by=Actor(row.by_id, row.by_login, row.by_bot),
        at=row.at,
        door=Door(row.door),
        deeds=_DEEDS.validate_python(row.deeds),
        text=row.text,
        before=row.before_hash,
        after=row.after_hash,
        comment=row.comment_id,
        arrived=row.id,
    )


def _row(review: int, act: Act) -> dict[str, object]:
    return {
        "key": act.key,
        "review_id": review,
        "by_id": act.by.id,
        "by_login": act.by.login,
        "by_bot": act.by.is_bot,
        "at": act.at,
        "door": act.door,
        "deeds": _DEEDS.dump_python(act.deeds, mode="json"),
        "text": act.text,
        "before_hash": act.before,
        "after_hash": act.after,
        "comment_id": act.comment,
    }
