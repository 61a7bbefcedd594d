"""Sends webhooks and waits until GitHub shows what came of them."""

from __future__ import annotations

import asyncio
import collections
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.link import Link
from tests.bench.machine import Meter
from tests.bench.watch import Sent, Watch, control

ACK_SECONDS = 10.0  # after which GitHub gives up on a delivery, for good
GONE_SECONDS = 5.0  # for which one that was not acknowledged is looked for all the same
Queue = collections.deque[tuple[int, tuple[int, bytes]]]  # its place, its number, the request


@dataclass(frozen=True)
class Plan:
    """How a run goes.

    `until_done`: a slot is free again when the effects are there, else when it is acknowledged.
    `copies` of each delivery are sent at once. `rate`: at most that many a second; 0 is as fast as
    slots are free. `slot`: seconds for which one pull request may hold its slot; all are waited for
    at the end, for `patience` seconds. Nothing more is sent after `budget` seconds.
    """

    slots: int
    until_done: bool = True
    copies: int = 1
    rate: float = 0
    slot: float = 30
    patience: float = 30
    budget: float = 60
    settle: float = 0.3
    on_sent: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Target:
    """Where a bot listens (`port`), what GitHub is (`stub`), and what makes a pull request done."""

    port: int
    stub: int
    stub_pid: int
    want: Mapping[str, int]


async def drive(
    target: Target, requests: Sequence[tuple[int, bytes]], plan: Plan, pid: int | None
) -> dict[str, Any]:
    """Send these requests, each with its pull request, and count. `pid` is the bot's, if it lives
    through this."""
    async with Watch(target.stub, target.want) as watch:
        before, meter = control(target.stub, "stats"), Meter(pid, target.stub_pid)
        began, queue = time.monotonic(), collections.deque(enumerate(requests))
        slots = (_slot(target, plan, watch, queue, began) for _ in range(plan.slots))
        await asyncio.gather(*slots)
        sent = list(watch.sent.values())
        await _until_done([each for each in sent if each.accepted], plan.patience)
        await _until_done(sent, min(plan.patience, GONE_SECONDS))
        await asyncio.sleep(plan.settle)
        used, after = meter.read(len(sent)), control(target.stub, "stats")
    calls = {name: after[name] - before.get(name, 0) for name in after}
    return summary(sent, began, target.want) | used | {
        "calls": {name: count for name, count in calls.items() if count},
        "calls_per_event": round(sum(calls.values()) / max(1, len(sent)), 2),
    }  # fmt: skip


async def _slot(target: Target, plan: Plan, watch: Watch, queue: Queue, began: float) -> None:
    links = [Link(target.port) for _ in range(plan.copies)]
    while queue and time.monotonic() - began < plan.budget:
        place, (number, request) = queue.popleft()
        if plan.rate:
            await asyncio.sleep(max(0, began + place / plan.rate - time.monotonic()))
        sent = watch.sent[number] = Sent(number, time.monotonic())
        if plan.on_sent:
            plan.on_sent(len(watch.sent))
        sent.status, *_ = await asyncio.gather(*(link.send(request, ACK_SECONDS) for link in links))
        sent.answered = time.monotonic()
        if plan.until_done:
            left = max(0.01, sent.at + plan.slot - time.monotonic())
            try:
                await asyncio.wait_for(sent.done.wait(), left)
            except TimeoutError:
                continue
    for link in links:
        link.close()


async def _until_done(sent: Sequence[Sent], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not all(each.done.is_set() for each in sent):
        await asyncio.sleep(0.02)


def summary(sent: Sequence[Sent], began: float, want: Mapping[str, int]) -> dict[str, Any]:
    """The counts and times of a run, in milliseconds; None where there is nothing to count.

    Lost silently: acknowledged, and the effects never came; nobody will know. Lost visibly: not
    acknowledged, which GitHub shows as failed and does not send again.
    """
    done = [each for each in sent if each.done.is_set()]
    acks = [(each.answered - each.at) * 1000 for each in sent if each.accepted]
    effects = [(each.last - each.at) * 1000 for each in done]
    end = max((each.last for each in done), default=began)
    lost = [each for each in sent if not each.done.is_set()]
    return {
        "sent": len(sent),
        "accepted": len(acks),
        "done": len(done),
        "done_per_s": round(len(done) / (end - began), 2) if done else 0.0,
        **percentiles("ack", acks),
        **percentiles("effect", effects),
        "statuses": dict(collections.Counter(str(each.status) for each in sent)),
        "refused": sum(not each.accepted for each in sent),
        "lost_silently": sum(each.accepted for each in lost),
        "lost_visibly": sum(not each.accepted for each in lost),
        "duplicates": sum(
            any(each.effects[kind] > count for kind, count in want.items()) for each in sent
        ),
    }


def percentiles(name: str, values: Sequence[float]) -> dict[str, float | None]:
    """The median and the 99th percentile of these milliseconds."""
    ordered = sorted(values)

    def at(share: float) -> float | None:
        if not ordered:
            return None
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {f"{name}_p50_ms": at(0.5), f"{name}_p99_ms": at(0.99)}
