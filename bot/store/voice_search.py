"""Finds what customers said, by the words of a change or a proposal."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, text

from bot.core.voice.meaning import NEAR, SURE, Meaning
from bot.core.voice.rank import Found, best, fused
from bot.core.voice.words import match, words
from bot.store import tables as t
from bot.store import voice_vectors
from bot.store.voice_file import filed
from bot.store.voice_frequent import rare

CANDIDATES = 200  # looked at more closely
FEW = 3  # words of a title that say what it is about
STEM = 4  # letters by which forms of one word are told to be one
# The tenant is a part of the search itself. A piece of a private channel is found from there alone.
_COLUMNS = ", ".join(f"v.{column.name}" for column in t.voice.c)
_FIND = text(
    f"SELECT {_COLUMNS}, bm25(voice_text, 1.0, 0.0) AS score, "  # noqa: S608 - names of our own columns
    "highlight(voice_text, 0, char(1), char(2)) AS marked "
    "FROM voice_text JOIN voice v ON v.id = voice_text.rowid "
    "WHERE voice_text MATCH :words AND v.private_to IN ('', :channel) "
    "ORDER BY bm25(voice_text, 1.0, 0.0), v.id DESC LIMIT :most"
).columns(*t.voice.c)
_SOME = text(
    f"SELECT {_COLUMNS} FROM voice v WHERE v.id IN (SELECT value FROM json_each(:ids))"  # noqa: S608
).columns(*t.voice.c)
LONGEST = 400  # characters whose meaning is read
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
    meaning: Meaning | None = None,
    strict: bool = False,
) -> list[tuple[Found, float]]:
    """The pieces that fit these texts best, what matters first in them; with what they are worth.

    Empty where nothing fits well enough. `segments` are those that are affected, `channel` the
    private channel in which somebody asks. With `meaning`, what says the same in other words is
    found too, and both orders count. `strict`: nobody asked, so two words of the title have to be
    in a piece, or its meaning has to be near for sure.
    """
    wanted = words(texts)
    if not wanted:
        return []
    of = connection.execute(_HOW_MANY).scalar() or 0
    asked = rare(connection, wanted, of) or wanted[:1]
    key = {"words": match(t.TENANT, asked), "channel": channel, "most": CANDIDATES}
    title = words(texts[:1])
    heads = {word[:STEM] for word in (title if strict and len(title) >= FEW else wanted)}
    found = [_found(row, heads) for row in connection.execute(_FIND, key)]
    if meaning is not None:
        least = SURE if strict else NEAR
        found = _with_meaning(connection, texts, found, meaning, channel, least)
    return best(found, len(heads), of, most, today, segments, strict)


def _with_meaning(
    connection: Connection,
    texts: Sequence[str],
    by_words: list[Found],
    meaning: Meaning,
    channel: str,
    least: float,
) -> list[Found]:
    """Both orders as one, by reciprocal ranks; what is near counts as a match."""
    (wanted,) = meaning.embed([" ".join(texts[:2])[:LONGEST]])
    near = dict(voice_vectors.nearest(connection, wanted, channel, CANDIDATES))
    if not near:
        return by_words
    known = {each.id: each for each in by_words}
    missing = [id for id, cosine in near.items() if id not in known and cosine >= least]
    for row in connection.execute(_SOME, {"ids": json.dumps(missing)}):
        each = filed(row)
        known[each.id] = Found(
            each.id, each.source, each.source_id, each.piece, each.customer, each.weight, 0.0, 0
        )
    order = [id for id in near if id in known]
    scores = fused([each.id for each in by_words], order)
    return [
        replace(
            each,
            score=1000 * scores[id],
            matched=max(each.matched, 2 if near.get(id, 0) >= least else 0),
        )
        for id, each in known.items()
        if each.matched >= 2 or near.get(id, 0) >= least
    ]


def _found(row: object, heads: Collection[str]) -> Found:
    """A piece, and how many of these words it holds: what only shares words of a long description
    is about something else."""
    mapping = row._mapping  # type: ignore[attr-defined]
    marked = {word.lower()[:STEM] for word in _MARKED.findall(mapping["marked"])} & set(heads)
    known = filed(row)
    return Found(
        known.id, known.source, known.source_id, known.piece, known.customer, known.weight,
        -mapping["score"], len(marked),
    )  # fmt: skip
