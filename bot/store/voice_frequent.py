"""Which words of a search are worth asking for: what many pieces hold tells them little apart, and
costs the most."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text

from bot.core.voice.words import match
from bot.store import tables as t

FROM = 20_000  # pieces on file; with fewer every word is asked for
MOST = 10_000  # pieces that all words together are in
COUNTED = 5_000  # more of one word are not counted
LEAST = 3  # words that are kept in any case
SAME = 5_000  # new pieces after which words are counted anew
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM voice_text WHERE voice_text MATCH :word LIMIT :most)"
)
_known: WeakKeyDictionary[Engine, tuple[int, dict[str, int]]] = WeakKeyDictionary()


def rare(connection: Connection, wanted: Sequence[str], pieces: int) -> list[str]:
    """The rarest of these words, in their order, as long as what they are in is not too much."""
    if pieces < FROM:
        return list(wanted)
    since, counts = _known.get(connection.engine, (-1, {}))
    if since != pieces // SAME:
        counts = {}
        _known[connection.engine] = (pieces // SAME, counts)
    for word in wanted:
        if word not in counts:
            key = {"word": match(t.TENANT, [word]), "most": COUNTED}
            counts[word] = int(connection.execute(_COUNT, key).scalar_one())
    kept: set[str] = set()
    total = 0
    for word in sorted((w for w in wanted if counts[w]), key=lambda w: counts[w]):
        total += counts[word]
        if total > MOST and len(kept) >= LEAST:
            break
        kept.add(word)
    return [word for word in wanted if word in kept]
