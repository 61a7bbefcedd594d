"""How we stand with GitHub, for those who watch the bot: its limits, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.flows.pacer import Pacer


class Watched(Collector):
    """`ahead`: by how many seconds our clock is ahead of GitHub's, as far as that matters."""

    def __init__(self, ahead: Callable[[], float], pacer: Pacer) -> None:
        self._ahead, self._pacer = ahead, pacer

    def warnings(self) -> Iterator[str]:
        """What slows us down or is wrong, each in a few words; nothing in good times."""
        if rest := round(self._rest()):
            yield f"GitHub asked us to wait for {rest} more seconds"
        if waiting := self._pacer.waiting():
            yield f"{waiting} writes wait for room within GitHub's limits; checks go first"
        if off := round(self._ahead()):
            where = "ahead of" if off > 0 else "behind"
            yield f"the clock of this machine is {abs(off)} seconds {where} GitHub's: put it right"

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "emptychair_github_rest_seconds",
            "For how much longer GitHub asked us to make no calls; the longest of all accounts",
            self._rest(),
        )
        yield GaugeMetricFamily(
            "emptychair_github_writes_waiting",
            "Writes that wait for room within GitHub's limits",
            self._pacer.waiting(),
        )
        yield GaugeMetricFamily(
            "emptychair_clock_ahead_seconds",
            "By how much our clock is ahead of GitHub's, as far as that matters",
            self._ahead(),
        )

    def describe(self) -> Iterable[Metric]:
        return ()

    def _rest(self) -> float:
        return max(self._pacer.rests().values(), default=0.0)
