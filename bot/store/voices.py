"""What customers said, kept from messages: each once, found again by its words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, text

from bot.core.facts import Actor
from bot.core.grammar import Piece
from bot.core.voice.words import indexed, plain
from bot.ports import Transaction
from bot.store import tables as t

_SAME = (
    select(t.voice)
    .where(t.voice.c.digest == bindparam("of"))
    .order_by(t.voice.c.id)
    .limit(bindparam("most"))
)
_ADD = insert(t.voice).returning(t.voice.c.id)
WORDS = text("INSERT INTO voice_text (rowid, text, tenant) VALUES (:id, :text, :tenant)")
NO_WORDS = text("DELETE FROM voice_text WHERE rowid = :id")


@dataclass(frozen=True, slots=True)
class Voice:
    """One kept piece, who kept it and when; `review` is where it was put, None while it waits."""

    piece: Piece
    by: Actor
    at: datetime
    review: int | None


def same_words(connection: Connection, text: str, most: int = 10) -> list[Voice]:
    """Pieces of the same words, whatever their capitals, spaces and signs."""
    rows = connection.execute(_SAME, {"of": digest(text), "most": most})
    return [
        Voice(
            Piece(
                row.kind, row.text, row.link, row.heard_on, row.segment, row.former, row.private_to
            ),
            Actor(row.by_id, row.by_name),
            row.at,
            row.review_id,
        )
        for row in rows
    ]


def keep(tx: Transaction, piece: Piece, by: Actor, at: datetime, review: int | None) -> bool:
    """Keep a piece; False where the same words of the same place are kept for that review."""
    for known in same_words(tx.connection, piece.text, 100):
        if (known.piece.link, known.review) == (piece.link, review):
            return False
    on: date | None = piece.on
    row = {
        "digest": digest(piece.text),
        "kind": piece.kind,
        "text": piece.text,
        "link": piece.link,
        "heard_on": on,
        "segment": piece.segment,
        "former": piece.former,
        "private_to": piece.private_to,
        "by_id": by.id,
        "by_name": by.login,
        "at": at,
        "review_id": review,
    }
    id = tx.connection.execute(_ADD, row).scalar_one()
    tx.connection.execute(WORDS, words_of(id, piece.text))
    return True


def words_of(id: int, said: str) -> dict[str, object]:
    """The row by which a piece is found."""
    return {"id": id, "text": indexed(said), "tenant": f"t{t.TENANT}"}


def digest(text: str) -> str:
    """The same for the same words, whatever their capitals, spaces and signs."""
    return hashlib.sha256(plain(text).encode("utf-8", "replace")).hexdigest()
