"""Misbehaviour on request: what GitHub and the network do on a bad day, repeatable by a seed."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal[
    "latency",  # the call takes `seconds` longer
    "slow-answer",  # it happened at once, the answer takes `seconds`
    "limit-429",  # too many requests, with Retry-After
    "limit-403",  # secondary limit, with Retry-After
    "404-before",  # not found, as for a moment after something was made
    "502-before",  # bad gateway, nothing happened
    "502-after",  # bad gateway, and yet it happened
    "lost-answer",  # it happened, the connection closes without a word
    "reset",  # nothing happened, the connection is reset
    "stale-read",  # a text is answered as it was before its last edit
    "lagging-list",  # comments and checks of the last `seconds` are not listed yet
]


@dataclass(slots=True)
class Fault:
    """One way to misbehave.

    `probability` 0–1. `on` is a pattern for method and route, such as
    `POST /repos/*/issues/*/comments`, where `*` matches anything, or `* *` for every call.
    `times` is how often it may still strike, None for ever. `seconds` is the latency, or what
    Retry-After says (whole seconds).
    """

    kind: Kind
    probability: float = 1.0
    on: str = "* *"
    times: int | None = None
    seconds: float = 1.0


class Faults:
    """The faults in force. Empty at first: a good day."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  # a bad day must be repeatable
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.duplicate_deliveries = 0.0
        self.reorder_deliveries = 0.0
        self.lose_deliveries = 0.0  # kept, but not sent until somebody asks for it again

    def add(
        self,
        kind: Kind,
        *,
        probability: float = 1.0,
        on: str = "* *",
        times: int | None = None,
        seconds: float = 1.0,
    ) -> Fault:
        fault = Fault(kind, probability, on, times, seconds)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.duplicate_deliveries = self.reorder_deliveries = self.lose_deliveries = 0.0

    def strike(self, method: str, path: str) -> list[Fault]:
        """The faults that hit this call: latencies, and at most one of another kind."""
        hits: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                spoiled = any(hit.kind != "latency" for hit in hits)
                if fault.kind != "latency" and spoiled:
                    continue
                # A GraphQL query is a POST, and yet it only reads.
                writes = method != "GET" and path != "/graphql"
                if fault.kind in ("stale-read", "lagging-list") and writes:
                    continue
                if self._hits(fault, f"{method} {path}"):
                    hits.append(fault)
        return hits

    def chance(self, probability: float) -> bool:
        """True in this share of calls."""
        with self._lock:
            return probability > 0 and self._random.random() < probability

    def _hits(self, fault: Fault, call: str) -> bool:
        if fault.times == 0 or not fnmatchcase(call, fault.on):
            return False
        if self._random.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
