"""Socket Mode: envelopes to whoever connected, and the answers that come back.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.records import Answer, Json

PATIENCE = 3.0  # seconds that Slack waits for an answer


class Sockets:
    """The connections of the bot; what is sent goes to the newest one."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._open: list[Any] = []
        self._answers: dict[str, tuple[threading.Event, list[Json]]] = {}
        self._server: Any = None
        self._number = 0
        self.accepted = 0  # connections so far

    def start(self) -> None:
        """Where the library for it is missing there is no socket, and nobody can connect."""
        try:
            from websockets.sync.server import serve
        except ImportError:
            return
        self._server = serve(self._connected, "127.0.0.1", 0)
        threading.Thread(target=self._server.serve_forever, name="socket", daemon=True).start()

    def stop(self) -> None:
        for each in list(self._open):
            each.close()
        if self._server is not None:
            self._server.shutdown()

    @property
    def connected(self) -> int:
        return len(self._open)

    def address(self) -> str:
        """Where to connect, once."""
        if self._server is None:
            return ""
        port = self._server.socket.getsockname()[1]
        host = urlsplit(self._url()).hostname or "127.0.0.1"
        return f"ws://{host}:{port}/link/?ticket={time.monotonic_ns()}"

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Slack says good-bye; the bot connects again."""
        for each in list(self._open):
            each.send(json.dumps({"type": "disconnect", "reason": reason}))

    def drop(self) -> None:
        """The connection breaks without a word."""
        for each in list(self._open):
            each.close()

    def send(self, kind: str, payload: Json) -> Answer | None:
        """One envelope, and what came back for it; None where nobody is connected."""
        with self._lock:
            if not self._open:
                return None
            to = self._open[-1]
            self._number += 1
            name = f"envelope-{self._number}"
            event, found = threading.Event(), list[Json]()
            self._answers[name] = (event, found)
        began = time.monotonic()
        envelope: Json = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        try:
            to.send(json.dumps(envelope))
        except Exception:  # noqa: BLE001 - whatever broke, nobody answers
            return Answer()
        if not event.wait(PATIENCE):
            return Answer(timed_out=True, seconds=time.monotonic() - began)
        payload = found[0].get("payload") or {}
        text = json.dumps(payload) if payload else ""
        errors = payload.get("errors") if payload.get("response_action") == "errors" else None
        action = str(payload.get("response_action", ""))
        took = time.monotonic() - began
        return Answer(200, text, False, dict(errors or {}), action, seconds=took)

    def _connected(self, connection: Any) -> None:
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}}
        connection.send(json.dumps(hello))
        with self._lock:
            self._open.append(connection)
            self.accepted += 1
        try:
            for message in connection:
                self._heard(message)
        except Exception:  # noqa: BLE001, S110 - a broken connection is an everyday thing
            pass
        finally:
            with self._lock:
                self._open.remove(connection)

    def _heard(self, message: str | bytes) -> None:
        try:
            told = json.loads(message)
        except ValueError:
            return
        waiting = self._answers.pop(str(told.get("envelope_id")), None)
        if waiting is not None:
            waiting[1].append(told)
            waiting[0].set()
