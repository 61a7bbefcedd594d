"""Edits of our comments, each known by what it changed, so that it counts once."""

from __future__ import annotations

from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.facts import CommentEdited
from bot.ports import Transaction
from bot.store import tables as t


def add(
    tx: Transaction, key: str, review: int, fact: CommentEdited, before: str, after: str
) -> bool:
    """Note an edit; False if it was here before. `before` and `after` are hashes."""
    row = {
        "review_id": review,
        "comment_id": fact.comment_id,
        "by_id": fact.by.id,
        "at": fact.at,
        "before_hash": before,
        "after_hash": after,
    }
    result = tx.connection.execute(
        upsert(t.comment_fact).values(key=key, **row).on_conflict_do_nothing()
    )
    return result.rowcount == 1
