"""Follows the stand-in: which effect has come to which pull request, and when."""

from __future__ import annotations

import asyncio
import collections
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def control(port: int, what: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One of the stand-in's own requests."""
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stub/{what}", body, 10) as answer:
        return dict(json.loads(answer.read() or b"{}"))


@dataclass
class Sent:
    """One webhook and what came of it; times are of the monotonic clock, in seconds."""

    number: int
    at: float
    status: int = 0  # 0 while it is not answered
    answered: float = 0.0
    last: float = 0.0  # the latest effect
    effects: collections.Counter[str] = field(default_factory=collections.Counter)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def accepted(self) -> bool:
        """The bot said that it has it."""
        return 200 <= self.status < 300


class Watch:
    """Marks a pull request as done when all wanted effects were seen."""

    def __init__(self, port: int, want: Mapping[str, int]) -> None:
        self._port, self._want = port, want
        self.sent: dict[int, Sent] = {}

    async def __aenter__(self) -> Watch:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(b"GET /_stub/stream HTTP/1.1\r\nHost: stub\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        self._task = asyncio.create_task(self._follow(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        self._writer.close()

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            effect = json.loads(line)
            sent = self.sent.get(effect["pr"])
            if sent is None:
                continue
            sent.effects[effect["kind"]] += 1
            sent.last = effect["t"]
            if all(sent.effects[kind] >= count for kind, count in self._want.items()):
                sent.done.set()
