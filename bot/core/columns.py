"""Many reviews side by side, one array for each thing that is counted: a million in milliseconds.

A row is what one review comes to; `row` writes it, and the record keeps it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bot.core.tally import Counted, Place, place

Array = npt.NDArray[Any]
KINDS = ("asked", "observed", "signal", "assumed")
FLAGS = (
    "bypassed", "without_review", "former", "customer_facing", "raised", "lowered", "wrong",
    "minded", "changed",
)  # fmt: skip
# The parts of a row and how wide each array is; texts are kept as numbers of known texts.
PARTS: Mapping[str, str] = {
    "id": "i8", "place": "i4", "spot": "i1", "tier": "i1", "opened": "i8", "decided": "i8",
    "first": "i4", "done": "i4", "overlays": "i2", "affected": "i4", "heard": "i4", "kinds": "i1",
    "age": "i2", "level": "i1", "percent": "i1", "waivers": "i1", "ran_out": "i1", "flags": "i2",
}  # fmt: skip
TEXTS = ("place", "overlays", "affected", "heard")
NONE = -1  # where there is no time, age or level
MOST = {"waivers": 100, "ran_out": 100, "age": 32_000}  # what fits the arrays


def row(review: Counted, id: int = 0) -> dict[str, Any]:
    """What a review comes to, by the names of `PARTS`; texts as they are. Times are in seconds."""
    kinds = sum(1 << at for at, kind in enumerate(KINDS) if kind in review.kinds)
    flags = sum(1 << at for at, flag in enumerate(FLAGS) if getattr(review, flag))
    return {
        "id": id,
        "place": review.repository,
        "spot": place(review).value,
        "tier": int(review.highest_tier),
        "opened": int(review.opened_at.timestamp()),
        "decided": int(review.decided_at.timestamp()) if review.decided_at else NONE,
        "first": _seconds(review.opened_at, review.first_answer_at),
        "done": _seconds(review.opened_at, review.completed_at),
        "overlays": " ".join(review.overlays),
        "affected": " ".join(review.affected),
        "heard": " ".join(review.heard),
        "kinds": kinds,
        "age": NONE if review.age is None else min(review.age, MOST["age"]),
        "level": NONE if review.level is None else review.level,
        "percent": NONE if review.percent is None else review.percent,
        "waivers": min(review.waivers, MOST["waivers"]),
        "ran_out": min(review.ran_out, MOST["ran_out"]),
        "flags": flags,
    }


def _seconds(start: datetime, end: datetime | None) -> int:
    """Never below 0: GitHub's clock tells when somebody answered, ours when we first looked."""
    return NONE if end is None else max(0, int((end - start).total_seconds()))


class Texts:
    """Texts by number, in the order in which they were met."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, a new one if need be."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.known)
            self.known.append(text)
        return found


class Columns:
    """Rows as arrays, by the names of `PARTS`."""

    def __init__(self) -> None:
        self.texts = {name: Texts() for name in TEXTS}
        self._arrays = {name: np.empty(0, dtype) for name, dtype in PARTS.items()}
        self._at = np.empty(0, "i4")  # where the row of an id stands; ids follow each other closely
        self._size = 0

    @classmethod
    def of(cls, reviews: Iterable[Counted]) -> Self:
        """The columns of these reviews."""
        made = cls()
        made.put([tuple(row(each, id).values()) for id, each in enumerate(reviews, 1)])
        return made

    def put(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take in rows, in the order of `PARTS`; one of a known id takes the place of the old."""
        if not rows:
            return
        parts = dict(zip(PARTS, zip(*rows, strict=True), strict=True))
        for name in TEXTS:
            number = self.texts[name].number
            parts[name] = tuple(map(number, parts[name]))
        spots = self._spots(np.array(parts["id"], "i8"))
        for name, dtype in PARTS.items():
            self._room(name)
            self._arrays[name][spots] = np.array(parts[name], dtype)

    def _spots(self, ids: Array) -> Array:
        """Where these rows stand, new ones behind the others."""
        if (most := int(ids.max())) >= len(self._at):
            grown = np.full(max(most + 1, len(self._at) * 3 // 2), NONE, "i4")
            grown[: len(self._at)] = self._at
            self._at = grown
        new = ids[self._at[ids] == NONE]
        self._at[new] = np.arange(self._size, self._size + len(new))
        self._size += len(new)
        return self._at[ids]

    def _room(self, name: str) -> None:
        array = self._arrays[name]
        if len(array) < self._size:
            grown = np.empty(max(self._size, len(array) * 3 // 2, 64), array.dtype)
            grown[: len(array)] = array
            self._arrays[name] = grown

    def all(self) -> Chosen:
        """Every row."""
        return Chosen(self, {name: a[: self._size] for name, a in self._arrays.items()})


class Chosen:
    """Some of the rows, each array fetched when it is asked for."""

    def __init__(
        self, of: Columns, arrays: Mapping[str, Array], which: Array | None = None
    ) -> None:
        self.of = of
        self._whole, self._which = arrays, which
        self._fetched: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if self._which is None:
            return self._whole[name]
        if name not in self._fetched:
            self._fetched[name] = self._whole[name][self._which]
        return self._fetched[name]

    def __len__(self) -> int:
        return len(self["spot"])

    def only(self, mask: Array) -> Chosen:
        """Those of the rows for which the mask holds."""
        if self._which is None:
            return Chosen(self.of, self._whole, np.flatnonzero(mask))
        return Chosen(self.of, self._whole, self._which[mask])

    def flag(self, name: str) -> Array:
        """Whether a flag is set, by row."""
        set_: Array = (self["flags"] & (1 << FLAGS.index(name))) != 0
        return set_

    def kind(self, *names: str) -> Array:
        """Whether customers were heard in one of these ways, by row."""
        bits = sum(1 << KINDS.index(name) for name in names)
        heard: Array = (self["kinds"] & bits) != 0
        return heard

    def at(self, *places: Place) -> Array:
        """Whether a review is counted in one of these places, by row."""
        spot = self["spot"]
        table = np.zeros(len(Place) + 1, bool)
        table[[each.value for each in places]] = True
        return table[spot]

    def having(self, name: str, word: str) -> Array:
        """Whether `overlays`, `affected` or `heard` hold a word, by row."""
        return self.where(name, lambda text: word in text.split())

    def where(self, name: str, holds: Callable[[str], bool]) -> Array:
        """Whether the text of a part is such a one, by row."""
        known = self.of.texts[name].known
        table = np.fromiter(map(holds, known), bool, len(known))
        return table[self[name]] if known else np.zeros(len(self), bool)

    def groups(self, name: str, of: Callable[[str], str]) -> dict[str, Chosen]:
        """The rows by what `of` makes of a text of that part; none without rows."""
        known = self.of.texts[name].known
        labels = Texts()
        table = np.fromiter((labels.number(of(text)) for text in known), "i4", len(known))
        if not len(self):
            return {}
        codes = table[self[name]]
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(labels.known))
        ends = np.cumsum(counts)
        base = np.arange(len(self)) if self._which is None else self._which
        return {
            label: Chosen(self.of, self._whole, base[order[end - count : end]])
            for label, count, end in zip(labels.known, counts, ends, strict=True)
            if count
        }

    def words(self, name: str) -> dict[str, int]:
        """How many rows hold each word of a part."""
        known = self.of.texts[name].known
        counts = np.bincount(self[name], minlength=len(known)) if len(self) else ()
        found: dict[str, int] = {}
        for text, count in zip(known, counts, strict=False):
            for word in text.split() if count else ():
                found[word] = found.get(word, 0) + int(count)
        return found

    def ids(self, most: int, after: int = 0) -> list[int]:
        """The ids of the reviews opened last, newest first, `after` so many of them."""
        order = np.lexsort((self["id"], self["opened"]))[::-1]
        return [int(id) for id in self["id"][order[after : after + most]]]


def moment(on: date) -> int:
    """When a day begins, UTC, in seconds."""
    return int(datetime.combine(on, time(), UTC).timestamp())


def weeks(since: date, until: date) -> list[date]:
    """The Mondays of the weeks from one day to another, both of them in it."""
    monday = since - timedelta(days=since.weekday())
    count = (until - monday).days // 7 + 1
    return [monday + timedelta(weeks=at) for at in range(max(0, count))]


def mondays(chosen: Chosen, first: date, count: int, part: str = "opened") -> Array:
    """In which week, from that Monday on, each row falls; `count` where it is in none."""
    number = (chosen[part] - moment(first)) // (7 * 86_400)
    return np.where((number >= 0) & (number < count) & (chosen[part] != NONE), number, count)
