"""The numbers, kept in memory and brought up to date by what changed since they were last asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

from bot.core.columns import Chosen, Columns
from bot.core.filters import Filter, Where, bare, narrowed, team_of
from bot.core.organisation import Organisation
from bot.core.stats import Stats, stats
from bot.store import numbers
from bot.store.store import Store

REMEMBERED = 64  # results
NOWHERE = Where("?")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figures:
    """All reviews at one moment. `version` rises with every change."""

    version: int
    reviews: Chosen
    places: Mapping[str, Where]
    organisation: Organisation

    def place(self, key: str) -> Where:
        """What a key stands for."""
        return self.places.get(bare(key), NOWHERE)

    def name(self, key: str) -> str:
        """The name of a place."""
        return self.place(key).name

    def team(self, key: str) -> str:
        """The team of a place."""
        return team_of(self.organisation, self.place)(key)

    def narrowed(self, by: Filter) -> Chosen:
        """The reviews that a filter lets through."""
        return narrowed(self.reviews, by, self.place, self.team)

    def stats(self, by: Filter) -> Stats:
        """The numbers of those, as every page, file and command tells them."""
        return stats(self.narrowed(by), self.name, self.team)


class Counting:
    """Gives the figures, one reader at a time; what was counted before is not counted again."""

    def __init__(self, store: Store, organisation: Organisation) -> None:
        self._store, self._organisation = store, organisation
        self._lock = threading.Lock()
        self._columns, self._seen = Columns(), 0
        self._results: OrderedDict[tuple[int, object], object] = OrderedDict()

    @contextmanager
    def figures(self) -> Iterator[Figures]:
        """The figures as they are now; nobody changes them meanwhile."""
        with self._lock:
            with self._store.read() as connection:
                if numbers.newest(connection) > self._seen:
                    self._seen = numbers.read(connection, self._columns, self._seen)
                places = numbers.places(connection)
            yield Figures(self._seen, self._columns.all(), places, self._organisation)

    def version(self) -> int:
        """A number that rises with every change of a review."""
        with self._store.read() as connection:
            return numbers.newest(connection)

    def get(self, key: object, count: Callable[[Figures], T]) -> T:
        """What `count` makes of the figures; remembered by `key` until something changes."""
        with self.figures() as figures:
            name = (figures.version, key)
            if name not in self._results:
                self._results[name] = count(figures)
            self._results.move_to_end(name)
            while len(self._results) > REMEMBERED:
                self._results.popitem(last=False)
            return cast(T, self._results[name])
