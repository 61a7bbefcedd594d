"""The numbers of the page for Prometheus: the last twelve weeks, of all and of each team."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot.core.filters import Filter
from bot.core.overview import PERIOD
from bot.core.stats import Days, Hours, Middle, Rate, Value
from bot.flows.figures import Counting

MOST = 500  # teams


class Measured(Collector):
    """One line a measure and team. What is hidden below n = 5 has no line, only its n."""

    def __init__(self, counting: Counting, clock: Callable[[], datetime]) -> None:
        self._counting, self._clock = counting, clock

    def collect(self) -> Iterable[Metric]:
        by = Filter(since=(self._clock() - PERIOD).date())
        try:
            found = self._counting.get(("stats", by), lambda figures: figures.stats(by))
        except SQLAlchemyError:
            return
        labels = ["measure", "team"]
        value = GaugeMetricFamily(
            "emptychair_measure",
            "A number of the last twelve weeks, as on the page: a count, percent, hours, days",
            labels=labels,
        )
        made_of = GaugeMetricFamily(
            "emptychair_measure_n", "Of how many reviews that number is made", labels=labels
        )
        for line in (found.total, *found.teams[:MOST]):
            for name, each in line.values.items():
                number, n = _split(each)
                if number is not None:
                    value.add_metric([name, line.name], number)
                if n is not None:
                    made_of.add_metric([name, line.name], n)
        yield value
        yield made_of

    def describe(self) -> Iterable[Metric]:
        return ()


def _split(value: Value) -> tuple[float | None, int | None]:
    match value:
        case Rate(number, n) | Hours(number, n) | Days(number, n) | Middle(number, n):
            return number, n
    return value, None
