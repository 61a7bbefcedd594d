"""Which repositories are enforced, for Prometheus: asked of the record when it is read."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot.core.enforcement import standing
from bot.core.organisation import Organisation
from bot.store import repositories
from bot.store.store import Store

MOST = 1_000  # repositories with a line of their own: each is a series that somebody has to store


class Enforced(Collector):
    """One line a repository for the first thousand by name, and how many there are in all."""

    def __init__(self, store: Store, organisation: Organisation) -> None:
        self._store, self._organisation = store, organisation

    def collect(self) -> Iterable[Metric]:
        try:
            with self._store.read() as connection:
                ruled = repositories.standings(connection)
        except SQLAlchemyError:
            return
        found = [
            (each.name, standing(each, self._organisation).enforcement.enforced) for each in ruled
        ]
        one = GaugeMetricFamily(
            "emptychair_repository_enforced",
            f"1 where a pending review holds the merge, else 0; the first {MOST:,} by name",
            labels=["repository"],
        )
        for name, holds in found[:MOST]:
            one.add_metric([name], int(holds))
        yield one
        everyone = GaugeMetricFamily(
            "emptychair_repositories", "All repositories, by what their gate is", labels=["gate"]
        )
        enforced = sum(holds for _, holds in found)
        everyone.add_metric(["enforced"], enforced)
        everyone.add_metric(["advisory"], len(found) - enforced)
        yield everyone

    def describe(self) -> Iterable[Metric]:
        return ()
