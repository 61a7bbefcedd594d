"""Deliveries against the door alone: how fast it accepts, and how long an answer takes.

All requests are made and signed before the clock starts, and written to raw sockets, so that the
driver costs little; its own share of a core stands in the result.
"""

from __future__ import annotations

import asyncio
import collections
import time
from collections.abc import Sequence
from typing import Any, cast

from tests.bench.drive import ACK_SECONDS, Target, percentiles
from tests.bench.machine import Meter


class Flood:
    """Requests to send: `rate` a second, each timed from when it was due; 0 is all at once, each
    timed from when it was written. At most as many are in flight as there are connections.
    """

    def __init__(self, requests: Sequence[bytes], rate: float = 0) -> None:
        self._requests, self._rate = requests, rate
        self._next, self._began = 0, 0.0
        self._idle: collections.deque[_Connection] = collections.deque()
        self._due: collections.deque[tuple[bytes, float]] = collections.deque()
        self.statuses: collections.Counter[str] = collections.Counter()
        self.acks: list[float] = []
        self.answered, self.last, self.over = 0, 0.0, asyncio.Event()

    async def run(self, port: int, connections: int, budget: float) -> float:
        """Send all; gives the seconds until the last answer. Ends after `budget` in any case."""
        loop = asyncio.get_running_loop()
        opened = []
        for _ in range(connections):
            opened.append(
                await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port)
            )
        self._idle.extend(connection for _, connection in opened)
        self._began = self.last = time.monotonic()
        if not self._rate:
            self._due.extend((request, 0.0) for request in self._requests)
            self._next = len(self._requests)
        self._feed()
        try:
            await asyncio.wait_for(self.over.wait(), budget)
        except TimeoutError:
            self.statuses["0"] += len(self._requests) - self.answered
        for transport, _ in opened:
            transport.abort()
        return self.last - self._began

    def _feed(self) -> None:
        """Put on the wire what is due, and come again for the next."""
        now = time.monotonic()
        while self._next < len(self._requests):
            due = self._began + self._next / self._rate
            if due > now:
                asyncio.get_running_loop().call_later(due - now, self._feed)
                break
            self._due.append((self._requests[self._next], due))
            self._next += 1
        while self._idle and self._due:
            self._idle.popleft().send(*self._due.popleft())

    def answer(self, connection: _Connection, status: int) -> None:
        """One delivery was answered: note it and use the connection for the next."""
        self.last = time.monotonic()
        self.answered += 1
        self.statuses[str(status)] += 1
        if 200 <= status < 300:
            self.acks.append((self.last - connection.since) * 1000)
        if self.answered == len(self._requests):
            self.over.set()
        if not status:
            return
        if self._due:
            connection.send(*self._due.popleft())
        else:
            self._idle.append(connection)


class _Connection(asyncio.Protocol):
    def __init__(self, flood: Flood) -> None:
        self._flood, self._buffer = flood, b""
        self.since, self._waiting, self._open = 0.0, False, True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def send(self, request: bytes, since: float) -> None:
        self.since, self._waiting = since or time.monotonic(), True
        if self._open:
            self._transport.write(request)
        else:
            self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open = False
        if self._waiting:
            self._waiting = False
            self._flood.answer(self, 0)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        status = _complete(self._buffer)
        if status:
            self._buffer, self._waiting = b"", False
            self._flood.answer(self, status)


def _complete(buffer: bytes) -> int:
    """The status of the answer once it is all there, else 0."""
    head, found, body = buffer.partition(b"\r\n\r\n")
    if not found:
        return 0
    low = head.lower()
    if b"content-length:" in low:
        missing = int(low.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) - len(body)
        return 0 if missing > 0 else int(head.split(b" ", 2)[1])
    if b"chunked" in low and not body.endswith(b"0\r\n\r\n"):
        return 0
    return int(head.split(b" ", 2)[1])


async def flood(
    target: Target,
    requests: Sequence[bytes],
    pid: int,
    *,
    connections: int,
    rate: float = 0,
    budget: float = 60,
) -> dict[str, Any]:
    """The counts and times of one flood; an answer after GitHub's 10 s is late."""
    meter, load = Meter(pid, target.stub_pid), Flood(requests, rate)
    seconds = await load.run(target.port, connections, budget)
    used = meter.read(len(requests))
    return {
        "sent": len(requests),
        "accepted": len(load.acks),
        "accepted_per_s": round(len(load.acks) / seconds, 1) if seconds else 0.0,
        **percentiles("ack", load.acks),
        "late": sum(ack > ACK_SECONDS * 1000 for ack in load.acks),
        "statuses": dict(load.statuses),
        "refused": len(requests) - len(load.acks),
        **used,
    }
