"""Pieces of voice that people attached to reviews lose their words, where a customer wants that."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select, text, update

from bot.core.voice.quotes import name_of
from bot.ports import Transaction
from bot.store import tables as t

_ATTACHED = select(t.evidence.c.id, t.evidence.c.review_id).where(
    t.evidence.c.source == bindparam("of")
)
_OFFERED = text(
    "SELECT id, quotes, offered FROM review WHERE instr(quotes, :of) OR instr(offered, :of)"
)
_BLANK = (
    update(t.evidence)
    .where(t.evidence.c.id == bindparam("row"))
    .values(text=bindparam("said"), link="")
)
_OFFERS = text(
    "UPDATE review SET quotes = :quotes, offered = :offered, version = version + 1 WHERE id = :id"
)
_VERSION = text("UPDATE review SET version = version + 1 WHERE id = :id")
_ACTS = select(t.act.c.id, t.act.c.deeds).where(t.act.c.review_id == bindparam("of"))
_DEEDS = (
    update(t.act)
    .where(t.act.c.id == bindparam("row"))
    .values(deeds=bindparam("told", type_=t.act.c.deeds.type))
)


def blank(tx: Transaction, names: Iterable[tuple[str, str]]) -> int:
    """Take the words of these pieces, (source, its id there), out of every review, and out of what
    people did; gives in how many places a review held one as evidence."""
    done = 0
    for source, source_id in names:
        if source_id:
            done += _blank(tx, name_of(source, source_id))
    return done


def _blank(tx: Transaction, name: str) -> int:
    attached = tx.connection.execute(_ATTACHED, {"of": name}).all()
    said = f"(forgotten: {len(name)}-{sum(map(ord, name)) % 9973})"  # apart, and no word of theirs
    for row in attached:
        tx.connection.execute(_BLANK, {"row": row.id, "said": said})
    for id in {row.review_id for row in attached}:
        for act in tx.connection.execute(_ACTS, {"of": id}).all():
            if (told := _without(act.deeds, name, said)) != act.deeds:
                tx.connection.execute(_DEEDS, {"row": act.id, "told": told})
        tx.connection.execute(_VERSION, {"id": id})
    for row in tx.connection.execute(_OFFERED, {"of": json.dumps(name)}).all():
        kept = {
            part: json.dumps([o for o in json.loads(getattr(row, part)) if o["source"] != name])
            for part in ("quotes", "offered")
        }
        tx.connection.execute(_OFFERS, kept | {"id": row.id})
    return len(attached)


def _without(told: Any, name: str, said: str) -> Any:
    """The same with the words of the offers of that name taken out."""
    if isinstance(told, list):
        return [_without(each, name, said) for each in told]
    if not isinstance(told, dict):
        return told
    inner = {key: _without(value, name, said) for key, value in told.items()}
    if inner.get("source") == name and inner.get("pieces"):
        inner["pieces"] = [piece | {"text": said, "link": ""} for piece in inner["pieces"]]
    return inner
