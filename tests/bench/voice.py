"""A hundred thousand pieces of customers' voice: how long a search takes."""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.voice.meaning import WIDTH
from bot.flows.voice.take_in import take_in
from bot.gateways import meaning
from bot.store import schema, voice_search, voice_vectors
from bot.store import tables as t
from bot.store.engine import open_engine
from bot.store.store import Store

TODAY = date(2026, 3, 1)
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u", "ie") for c in (
    "ck", "ll", "mp", "nd", "rt", "st", "ver", "ning", "tion", "ble"
)]  # fmt: skip
OFTEN = [
    1 / (at + 8) for at in range(len(WORDS))
]  # as in any language: a few words, most of the time


def pieces(number: int) -> Any:
    """Sentences of made-up words, and a name that few others have."""
    chance = random.Random(7)
    for n in range(number):
        said = chance.choices(WORDS, OFTEN, k=9)
        yield n, {"id": n, "text": f"I {' '.join(said)} item{chance.randrange(20_000)}"}


def told(name: str, found: list[float]) -> None:
    """Print the median and what 19 of 20 do not exceed, in milliseconds."""
    ordered = sorted(found)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"  {name:40} p50 {statistics.median(found):6.1f} ms   p95 {p95:6.1f} ms", flush=True)


def searches(store: Store, rounds: int, model: Any) -> list[float]:
    """How long each search takes: a title of six words, and a description of thirty."""
    chance, times = random.Random(8), []
    for _ in range(rounds):
        title = " ".join(chance.choices(WORDS, k=6))
        text = " ".join(chance.choices(WORDS, OFTEN, k=30))
        begun = time.perf_counter()
        with store.read() as connection:
            voice_search.search(connection, [title, text], 5, TODAY, meaning=model)
        times.append(1000 * (time.perf_counter() - begun))
    return times


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=100)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'voice.db'}"
        schema.migrate(url)
        store = Store(open_engine(url))
        begun = time.perf_counter()
        take_in(store, pieces(args.pieces), {}, "made up", b"k", datetime.now(UTC), 1000)
        seconds = time.perf_counter() - begun
        print(f"{args.pieces:,} pieces taken in: {args.pieces / seconds:,.0f} a second", flush=True)
        told("search by words", searches(store, args.rounds, None))
        if meaning.installed():
            _read(store)
            model = meaning.MiniLm()
            searches(store, 1, model)
            told("search by words and by meaning", searches(store, args.rounds, model))
        store.close()


def _read(store: Store) -> None:
    """Numbers at random in place of ten minutes of reading: comparing them takes as long."""
    with store.read() as connection:
        rows = connection.execute(t.voice.select()).all()
    vectors = np.random.default_rng(9).normal(size=(len(rows), WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for at in range(0, len(rows), voice_vectors.AT_ONCE):
        some = rows[at : at + voice_vectors.AT_ONCE]
        values = [
            {"voice_id": row.id, "digest": row.digest, "vector": vector.astype("f2").tobytes()}
            for row, vector in zip(some, vectors[at:], strict=False)
        ]
        store.write(
            lambda tx, values=values: tx.connection.execute(t.voice_vector.insert(), values)  # type: ignore[misc]
        )


if __name__ == "__main__":
    main()
