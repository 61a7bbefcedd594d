"""Finds what customers said, by the words of a change or a proposal."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Connection, text

from bot.core.voice.rank import Found, best
from bot.core.voice.words import match, words
from bot.store import tables as t
from bot.store.voice_file import filed

CANDIDATES = 200  # looked at more closely
STEM = 5  # letters by which forms of one word are told to be one
# The tenant is a part of the search itself. A piece of a private channel is found from there alone.
_COLUMNS = ", ".join(f"v.{column.name}" for column in t.voice.c)
_FIND = text(
    f"SELECT {_COLUMNS}, bm25(voice_text, 1.0, 0.0) AS score, "  # noqa: S608 - names of our own columns
    "highlight(voice_text, 0, char(1), char(2)) AS marked "
    "FROM voice_text JOIN voice v ON v.id = voice_text.rowid "
    "WHERE voice_text MATCH :words AND v.private_to IN ('', :channel) "
    "ORDER BY bm25(voice_text, 1.0, 0.0), v.id DESC LIMIT :most"
).columns(*t.voice.c)
_HOW_MANY = text("SELECT max(id) FROM voice")
_MARKED = re.compile("\x01([^\x02]*)\x02")


def anything(connection: Connection) -> bool:
    """Whether anything is on file."""
    return bool(connection.execute(_HOW_MANY).scalar())


def search(
    connection: Connection,
    texts: Sequence[str],
    most: int,
    today: date,
    segments: Collection[str] = (),
    channel: str = "",
) -> list[tuple[Found, float]]:
    """The pieces that fit these texts best, what matters first in them; with what they are worth.

    Empty where nothing fits well enough. `segments` are those that are affected, `channel` the
    private channel in which somebody asks.
    """
    wanted = words(texts)
    if not wanted:
        return []
    key = {"words": match(t.TENANT, wanted), "channel": channel, "most": CANDIDATES}
    rows = connection.execute(_FIND, key).all()
    of = connection.execute(_HOW_MANY).scalar() or 0
    found = (_found(row) for row in rows)
    return best(found, len(wanted), of, most, today, segments)


def _found(row: object) -> Found:
    mapping = row._mapping  # type: ignore[attr-defined]
    marked = {word.lower()[:STEM] for word in _MARKED.findall(mapping["marked"])}
    known = filed(row)
    return Found(
        known.id, known.source, known.source_id, known.piece, known.customer, known.weight,
        -mapping["score"], len(marked),
    )  # fmt: skip
