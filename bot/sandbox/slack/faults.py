"""Misbehaviour on request: what Slack and the network do on a bad day, repeatable by a seed."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase

KINDS = frozenset(
    {
        "latency",  # the call takes `seconds` longer
        "slow-answer",  # it happened at once, the answer takes `seconds`
        "limit-429",  # ratelimited, with Retry-After
        "502-before",  # bad gateway, nothing happened
        "502-after",  # bad gateway, and yet it happened
        "lost-answer",  # it happened, the connection closes without a word
        "reset",  # nothing happened, the connection is reset
    }
)
ERROR = re.compile(r"error:[a-z_]+")  # nothing happened, and Slack says so by this name


@dataclass(slots=True)
class SlackFault:
    """One way to misbehave.

    `kind` is one of `KINDS` or error:NAME, such as error:is_archived. `probability` 0–1. `on` is a
    pattern for the method, such as `chat.*`; `response_url` is what is posted there. `times` is how
    often it may still strike, None for ever. `seconds` is the latency, or what Retry-After says
    (whole seconds).
    """

    kind: str
    probability: float = 1.0
    on: str = "*"
    times: int | None = None
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not ERROR.fullmatch(self.kind):
            raise ValueError(f"{self.kind} is no fault; there are {', '.join(sorted(KINDS))}.")

    @property
    def error(self) -> str:
        """Slack's name of the error, or empty."""
        return self.kind.partition(":")[2]


class SlackFaults:
    """The faults in force. Empty at first: a good day.

    The shares (0–1) are of events to the bot: sent twice under one event_id, sent after the next
    one, or never sent.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  # a bad day must be repeatable
        self._lock = threading.Lock()
        self._faults: list[SlackFault] = []
        self.duplicate_deliveries = 0.0
        self.reorder_deliveries = 0.0
        self.lose_deliveries = 0.0

    def add(
        self,
        kind: str,
        *,
        probability: float = 1.0,
        on: str = "*",
        times: int | None = None,
        seconds: float = 1.0,
    ) -> SlackFault:
        fault = SlackFault(kind, probability, on, times, seconds)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.duplicate_deliveries = self.reorder_deliveries = self.lose_deliveries = 0.0

    def strike(self, method: str) -> list[SlackFault]:
        """The faults that hit this call: latencies, and at most one of another kind."""
        hits: list[SlackFault] = []
        with self._lock:
            for fault in self._faults:
                spoiled = any(hit.kind != "latency" for hit in hits)
                if not (spoiled and fault.kind != "latency") and self._hits(fault, method):
                    hits.append(fault)
        return hits

    def chance(self, probability: float) -> bool:
        """True in this share of calls."""
        with self._lock:
            return probability > 0 and self._random.random() < probability

    def _hits(self, fault: SlackFault, method: str) -> bool:
        if fault.times == 0 or not fnmatchcase(method, fault.on):
            return False
        if self._random.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
