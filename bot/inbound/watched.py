"""How we stand with GitHub, for those who watch the bot: its limits, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.flows.pacer import Pacer

SILENT_SECONDS = 60  # a shorter outage passes by itself


class Watched(Collector):
    """`ahead`: by how many seconds our clock is ahead of GitHub's, as far as that matters.

    `silent`: for how many seconds every call to GitHub has failed; 0 where the last one did not.
    """

    def __init__(
        self, ahead: Callable[[], float], pacer: Pacer, silent: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._ahead, self._pacer, self._silent = ahead, pacer, silent

    def warnings(self) -> Iterator[str]:
        """What slows us down or is wrong, each in a few words; nothing in good times."""
        if (silent := self._silent()) > SILENT_SECONDS:
            yield f"GitHub could not be reached for {round(silent)} seconds: the log says why"
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
            "emptychair_github_silent_seconds",
            "For how long every call to GitHub has failed for want of an answer",
            self._silent(),
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
