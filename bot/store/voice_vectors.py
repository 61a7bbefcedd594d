"""What the pieces on file mean, kept as numbers, and held in memory to be compared."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine, delete, insert, text

from bot.core.voice.meaning import WIDTH, Meaning
from bot.store import tables as t
from bot.store.store import Store

AT_ONCE = 256  # pieces
_LACKING = text(
    "SELECT v.id, v.text FROM voice v LEFT JOIN voice_vector w ON w.voice_id = v.id "
    "AND w.digest = v.digest WHERE w.voice_id IS NULL ORDER BY v.id LIMIT :most"
)
_HOW_MANY = text(
    "SELECT count(*), max(voice_id), total(unicode(digest) * voice_id) FROM voice_vector"
)
_ALL = text(
    "SELECT w.voice_id, w.vector, v.private_to FROM voice_vector w JOIN voice v "
    "ON v.id = w.voice_id WHERE v.tenant_id = :tenant ORDER BY w.voice_id"
)
_DIGEST = text("SELECT id, digest FROM voice WHERE id IN (SELECT value FROM json_each(:ids))")

FRESH = 5.0  # seconds for which nobody looks whether there is more
_known: WeakKeyDictionary[Engine, _Held] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass
class _Held:
    """All of them in memory. `private` is empty where every piece may be found from anywhere."""

    stamp: tuple[Any, ...]
    ids: Any
    matrix: Any
    private: Any
    looked: float


def lacking(connection: Connection) -> int:
    """How many pieces nobody read the meaning of yet."""
    query = text(
        "SELECT count(*) FROM voice v LEFT JOIN voice_vector w ON w.voice_id = v.id "
        "AND w.digest = v.digest WHERE w.voice_id IS NULL"
    )
    return int(connection.execute(query).scalar_one())


def read_all(store: Store, meaning: Meaning, seen: Callable[[int], None] = lambda _: None) -> int:
    """Read the meaning of every piece that lacks it; gives how many. Goes on where it stopped."""
    done = 0
    while True:
        with store.read() as connection:
            rows = connection.execute(_LACKING, {"most": AT_ONCE}).all()
        if not rows:
            return done
        vectors = meaning.embed([row.text for row in rows]).astype("f2")
        pairs = list(zip((row.id for row in rows), vectors, strict=True))
        store.write(lambda tx, pairs=pairs: _keep(tx.connection, pairs))  # type: ignore[misc]
        done += len(rows)
        seen(len(rows))


def _keep(connection: Connection, pairs: list[tuple[int, Any]]) -> None:
    ids = [id for id, _ in pairs]
    found = connection.execute(_DIGEST, {"ids": json.dumps(ids)})
    digests: dict[int, str] = {row.id: row.digest for row in found}
    connection.execute(delete(t.voice_vector).where(t.voice_vector.c.voice_id.in_(ids)))
    rows = [
        {"voice_id": id, "digest": digests[id], "vector": vector.tobytes()}
        for id, vector in pairs
        if id in digests  # it may be gone meanwhile
    ]
    if rows:
        connection.execute(insert(t.voice_vector), rows)


def nearest(
    connection: Connection, wanted: Any, channel: str, most: int
) -> list[tuple[int, float]]:
    """The ids of the pieces whose meaning is nearest, with their cosine; not those of another
    private channel than the one in which somebody asks."""
    held = _all(connection)
    ids = held.ids
    if not len(ids):
        return []
    near = held.matrix @ wanted.astype("f4")
    if len(held.private):
        allowed = (held.private == "") | (held.private == channel)
        near = np.where(allowed, near, -1)
    top = np.argpartition(-near, min(most, len(near) - 1))[:most]
    ordered = top[np.argsort(-near[top], kind="stable")]
    return [(int(ids[at]), float(near[at])) for at in ordered if near[at] >= 0]


def _all(connection: Connection) -> _Held:
    with _lock:
        known = _known.get(connection.engine)
        if known is not None and time.monotonic() - known.looked < FRESH:
            return known
        stamp = tuple(connection.execute(_HOW_MANY).one())
        if known is None or known.stamp != stamp:
            rows = connection.execute(_ALL, {"tenant": t.TENANT}).all()
            packed = b"".join(row.vector for row in rows)
            private = [row.private_to for row in rows]
            known = _Held(
                stamp,
                np.array([row.voice_id for row in rows], "i8"),
                np.frombuffer(packed, "f2").reshape(-1, WIDTH).astype("f4"),
                np.array(private, dtype=object) if any(private) else np.empty(0, dtype=object),
                0.0,
            )
            _known[connection.engine] = known
        known.looked = time.monotonic()
        return known
