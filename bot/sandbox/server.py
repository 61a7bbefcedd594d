"""Serves an application on loopback from a thread of its own, without touching signals or logs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import threading

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

START_SECONDS = 5.0
STOP_SECONDS = 2.0
CLOSING_ROUNDS = 50  # of a hundredth of a second each, for connections that are busy


class Protocol(HttpToolsProtocol):
    """Lets an application reach its connection, to be able to drop it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class HangUp(Response):
    """Closes the connection without an answer; with `reset` it is reset, as by a broken network."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport: asyncio.Transport = scope["state"]["transport"]
        if self._reset:
            # Lingering for zero seconds makes the kernel send RST in place of FIN.
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class QuickServer(uvicorn.Server):
    """Stops at once when told, where uvicorn looks ten times a second and then waits politely."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def main_loop(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set()
        while not self._stopping.is_set():
            await self.on_tick(0)  # keeps the Date header right
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for _ in range(CLOSING_ROUNDS):
            for connection in list(self.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(0.01)  # lets the connections close, also one that just came in
            if not self.server_state.connections:
                break
        for task in self.server_state.tasks:
            task.cancel()

    def halt(self) -> None:
        """May be called from any thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)


class Server:
    """One application on one port; `port` 0 takes a free one. `url` is known after `start`."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._app, self._host, self._port = app, host, port
        self._server: QuickServer | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> None:
        """Returns as soon as it answers. Raises OSError when the port is taken."""
        listener = _listener(self._host, self._port)
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{host}:{listener.getsockname()[1]}"
        self._server = _server(self._app)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="loopback", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(START_SECONDS):
            raise RuntimeError("The server did not start.")

    def stop(self) -> None:
        """Returns within two seconds; calling it twice does no harm."""
        if self._server and self._thread:
            self._server.halt()
            self._thread.join(STOP_SECONDS)
        self._server = self._thread = None


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where TCP is named does asyncio switch Nagle's delay off, 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _server(app: ASGIApp) -> QuickServer:
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    return QuickServer(config)
