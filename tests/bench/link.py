"""One connection to a bot, kept alive, as GitHub keeps one."""

from __future__ import annotations

import asyncio
import time

BROKEN = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError)
IDLE = 1.0  # seconds after which a bot may be about to close the connection


class Link:
    """Sends one request at a time."""

    def __init__(self, port: int) -> None:
        self._port, self._used = port, 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes, timeout: float) -> int:
        """The status of the answer; 0 when none came, whatever the reason."""
        try:
            return await asyncio.wait_for(self._send(request), timeout)
        except BROKEN:
            self.close()
            return 0

    async def _send(self, request: bytes) -> int:
        if self._streams and (self._streams[0].at_eof() or time.monotonic() - self._used > IDLE):
            self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        self._used = time.monotonic()
        if "content-length:" in head:
            await reader.readexactly(int(head.split("content-length:", 1)[1].split("\r\n", 1)[0]))
        elif "chunked" in head:
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                await reader.readexactly(size + 2)
            await reader.readexactly(2)
        if "connection: close" in head:
            self.close()
        return int(head.split(" ", 2)[1])

    def close(self) -> None:
        """Hang up; the next request connects again."""
        if self._streams:
            self._streams[1].close()
        self._streams = None
