"""What customers said, kept from messages: each once, found again by its words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select

from bot.core.facts import Actor
from bot.core.grammar import Piece
from bot.ports import Transaction
from bot.store import tables as t

_WORDS = re.compile(r"\w+")
_SAME = (
    select(t.voice)
    .where(t.voice.c.digest == bindparam("of"))
    .order_by(t.voice.c.id)
    .limit(bindparam("most"))
)
_ADD = insert(t.voice)


@dataclass(frozen=True, slots=True)
class Voice:
    """One kept piece, who kept it and when; `review` is where it was put, None while it waits."""

    piece: Piece
    by: Actor
    at: datetime
    review: int | None


def same_words(connection: Connection, text: str, most: int = 10) -> list[Voice]:
    """Pieces of the same words, whatever their capitals, spaces and signs."""
    rows = connection.execute(_SAME, {"of": _digest(text), "most": most})
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
        "digest": _digest(piece.text),
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
    tx.connection.execute(_ADD, row)
    return True


def _digest(text: str) -> str:
    plain = " ".join(_WORDS.findall(text.casefold()))
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
