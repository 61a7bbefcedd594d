"""A small, fast stand-in for GitHub's API, for measuring bots on loopback.

It keeps just enough (comments, check runs) that a bot which looks before it writes behaves as on
GitHub. About 8,000 answers of the size of a pull request a second, so that it is never what is
measured; the sandbox of the demo behaves more like GitHub and costs more.

    python -m tests.bench.stub PORT

POST /_stub/config sets what fails, GET /_stub/stats counts calls, GET /_stub/pulls tells the
effects by pull request, GET /_stub/stream is one JSON line for every write that took effect.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

from tests.bench import examples
from tests.bench.stub.state import GitHub

REASONS = {200: "OK", 201: "Created", 204: "No Content", 403: "Forbidden", 404: "Not Found"}
SECONDARY = (
    b'{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you '
    b'try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-'
    b'rest-api#about-secondary-rate-limits"}'
)
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"


class Connection(asyncio.Protocol):
    """One connection of a client, kept alive."""

    def __init__(self, github: GitHub, listeners: set[asyncio.Transport]) -> None:
        self.github, self.listeners, self.buffer = github, listeners, bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        self.listeners.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end]).decode("latin-1")
            low, start = head.lower(), end + 4
            if "\r\ntransfer-encoding: chunked" in low:
                found = _chunks(self.buffer, start)
                if found is None:
                    return
                body, after = found
            else:
                at = low.find("\r\ncontent-length:")
                after = start + (int(low[at + 17 :].split("\r\n", 1)[0]) if at >= 0 else 0)
                if len(self.buffer) < after:
                    return
                body = bytes(self.buffer[start:after])
            del self.buffer[:after]
            method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
            self._request(method, target.partition("?")[0], body)

    def _request(self, method: str, path: str, body: bytes) -> None:
        github = self.github
        if path.startswith("/_stub/"):
            self._control(path.removeprefix("/_stub/"), body)
            return
        faults = github.faults
        bad = faults.hit(method)
        if bad and faults.mode == "before":
            out, name = SECONDARY if bad == 403 else BAD_GATEWAY, f"{method} failed"
            status = bad
        else:
            status, out, name = github.handle(method, path, body)
            if bad:
                status, out = bad, BAD_GATEWAY
        github.calls[name] += 1
        if faults.latency_ms:
            loop = asyncio.get_running_loop()
            loop.call_later(faults.latency_ms / 1000, self._answer, status, out)
        else:
            self._answer(status, out)

    def _control(self, what: str, body: bytes) -> None:
        github = self.github
        if what == "stream":
            self.listeners.add(self.transport)
            self.transport.write(STREAM)
            return
        out: object = {}
        if what == "config":
            github.faults.set(json.loads(body))
        elif what == "pulls":
            out = {str(number): dict(counts) for number, counts in github.effects.items()}
        elif what == "stats":
            out = dict(github.calls)
        self._answer(200, json.dumps(out).encode())

    def _answer(self, status: int, body: bytes) -> None:
        if self.transport.is_closing():
            return
        extra = f"retry-after: {self.github.faults.retry_after}\r\n" if status == 403 else ""
        kind = "text/html" if body[:1] == b"<" else "application/json; charset=utf-8"
        length = "" if status == 204 else f"Content-Length: {len(body)}\r\n"
        self.transport.write(
            (
                f"HTTP/1.1 {status} {REASONS.get(status, 'Bad Gateway')}\r\n"
                f"Content-Type: {kind}\r\n{length}x-ratelimit-limit: 15000\r\n"
                f"x-ratelimit-remaining: 14000\r\nx-ratelimit-resource: core\r\n"
                f"x-ratelimit-reset: {int(time.time()) + 3600}\r\n{extra}\r\n"
            ).encode()
            + body
        )


def _chunks(buffer: bytearray, at: int) -> tuple[bytes, int] | None:
    """A chunked body and where it ends; None while it is not all there."""
    parts = []
    while (line := buffer.find(b"\r\n", at)) >= 0:
        size = int(bytes(buffer[at:line]).split(b";")[0], 16)
        end = line + 2 + size + 2
        if len(buffer) < end:
            return None
        parts.append(bytes(buffer[line + 2 : end - 2]))
        at = end
        if size == 0:
            return b"".join(parts), at
    return None


async def serve(port: int) -> None:
    """Answer until killed; a line on stdout says when it is there."""
    github = GitHub(examples.load(f"http://127.0.0.1:{port}"), f"http://127.0.0.1:{port}")
    listeners: set[asyncio.Transport] = set()

    def tell(line: bytes) -> None:
        for each in listeners:
            each.write(line)

    github.tell = tell
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(github, listeners), "127.0.0.1", port, backlog=1024
    )
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
