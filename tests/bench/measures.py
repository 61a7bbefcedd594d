"""The lines of the table: what is looked at, in which result, and what we aim for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
FULL_LOAD = {"latency_ms": 30, "in_flight": 32}
ALONE = {"latency_ms": 30, "in_flight": 1}


@dataclass(frozen=True)
class Figure:
    """A number, where it is a count also of how many; less is better unless a measure says so."""

    value: float
    of: int | None = None

    def __str__(self) -> str:
        if self.of is not None:
            return f"{self.value:.0f} of {self.of}"
        digits = 0 if self.value >= 100 else 1 if self.value >= 10 else 2
        return f"{self.value:,.{digits}f}"

    @property
    def share(self) -> float:
        """What figures of different runs are compared by."""
        return self.value / self.of if self.of else self.value


@dataclass(frozen=True)
class Measure:
    """One line. `limit` and `times` (of the unthrottled Probot's) are what we aim for, if we do.

    `published`: what other bots came to (see `published.py` for when and how).
    """

    label: str
    scenario: str
    field: str
    where: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    limit: float | None = None
    times: float | None = None
    more: bool = False  # more is better
    counted: bool = False  # of so many that were sent

    def find(self, rows: list[Row], peer: str) -> Figure | None:
        """The figure of that peer; None where it was not measured."""
        wanted = {"scenario": self.scenario, "peer": peer, **self.where}
        for row in reversed(rows):
            if all(row.get(key) == value for key, value in wanted.items()):
                value = row.get(self.field)
                if value is None:
                    return None
                return Figure(value, row["sent"] if self.counted else None)
        return None

    @property
    def target(self) -> str:
        """In words; empty where there is none."""
        sign = ">=" if self.more else "<="
        parts = []
        if self.limit is not None:
            parts.append(f"{sign} {self.limit:,g}" if self.limit else "0")
        if self.times is not None:
            parts.append(f"{sign} {self.times:g}x Probot" if self.times != 1 else f"{sign} Probot")
        return ", ".join(parts)

    def met(self, ours: Figure | None, probot: Figure | None) -> bool | None:
        """None where there is no target, or a figure to compare with is missing."""
        if ours is None or not self.target or (self.times is not None and probot is None):
            return None
        bounds = [] if self.limit is None else [self.limit]
        if self.times is not None and probot is not None:
            bounds.append(self.times * probot.value)
        return all(ours.value >= b if self.more else ours.value <= b for b in bounds)


MEASURES = (
    Measure("Ack p99 at 300 deliveries/s, ms", "pace", "ack_p99_ms", limit=25),
    Measure("Ack p99 at full load, ms", "load", "ack_p99_ms", FULL_LOAD, times=1),
    Measure("Accepted deliveries/s", "accept", "accepted_per_s", limit=1500, times=3, more=True),
    Measure("  ack p50 meanwhile, ms", "accept", "ack_p50_ms"),
    Measure("  ack p99 meanwhile, ms", "accept", "ack_p99_ms"),
    Measure("Webhook to last effect p50, alone, ms", "load", "effect_p50_ms", ALONE, limit=39),
    Measure("Pull requests done/s", "load", "done_per_s", FULL_LOAD, limit=100, more=True),
    Measure("API calls per pull request", "load", "calls_per_event", FULL_LOAD),
    Measure("CPU per pull request, ms", "load", "cpu_ms_per_event", FULL_LOAD, limit=10),
    Measure(
        "kill -9 in a burst: lost silently", "kill", "lost_silently", {"speed": "full speed"},
        limit=0, counted=True,
    ),
    Measure(
        "  not acknowledged, so seen", "kill", "lost_visibly", {"speed": "full speed"},
        counted=True,
    ),
    Measure(
        "kill -9 at 50/s: lost silently", "kill", "lost_silently", {"speed": "50/s"},
        limit=0, counted=True,
    ),
    Measure("  not acknowledged, so seen", "kill", "lost_visibly", {"speed": "50/s"}, counted=True),
    Measure("Refused in a burst", "burst", "refused", limit=0, counted=True),
    Measure("20 % of 502: lost", "faults", "lost", {"fault": "502"}, limit=0, counted=True),
    Measure("20 % of 403: lost", "faults", "lost", {"fault": "403"}, limit=0, counted=True),
    Measure(
        "20 % of answers lost: duplicates", "faults", "duplicates", {"fault": "lost answer"},
        limit=0, counted=True,
    ),
    Measure(
        "Same delivery twice at once: duplicates", "dup", "duplicates", {"case": "at once"},
        limit=0, counted=True,
    ),
    Measure(
        "Same event again later: duplicates", "dup", "duplicates", {"case": "later"},
        limit=0, counted=True,
    ),
    Measure("Peak memory, MiB", "load", "rss_mib", FULL_LOAD, limit=110),
    Measure("Cold start to first ack, s", "cold", "cold_s", limit=1.0),
)  # fmt: skip
