"""What is sent to the bot: signed, over HTTP or the socket, events again when nobody took them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from bot.sandbox.slack.faults import SlackFaults
from bot.sandbox.slack.records import Answer, Delivery, Json

PATIENCE = 3.0  # seconds that Slack waits for an answer
RETRIES = (0.05, 0.5, 2.0)  # seconds between the tries of an event; Slack takes minutes
REASONS = {0: "http_timeout"}


class Sender:
    """Sends; `deliveries` is what became of each try. `socket` takes a payload where one is
    connected and gives the answer, or None."""

    def __init__(
        self,
        url: Callable[[], str],
        secret: str,
        faults: SlackFaults,
        socket: Callable[[str, Json], Answer | None],
    ) -> None:
        self._url, self._secret, self._faults, self._socket = url, secret, faults, socket
        self.deliveries: list[Delivery] = []
        self._lock = threading.Lock()
        self._waiting = 0
        self._idle = threading.Condition(self._lock)
        self._events: queue.Queue[tuple[Json, str] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="slack-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._events.put(None)
        if self._thread is not None:
            self._thread.join(2)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no event is under way; False when the time is up."""
        with self._idle:
            return self._idle.wait_for(lambda: self._waiting == 0, timeout)

    # -- events -----------------------------------------------------------------------------------

    def event(self, body: Json, name: str) -> None:
        """Send an event beside everything else, as often as it takes."""
        copies = 2 if self._faults.chance(self._faults.duplicate_deliveries) else 1
        if self._faults.chance(self._faults.lose_deliveries):
            self._note(Delivery("event", name, body["event_id"], 0, 0, 0, time.time(), lost=True))
            return
        for _ in range(copies):
            with self._lock:
                self._waiting += 1
            self._events.put((body, name))

    def _work(self) -> None:
        while (job := self._events.get()) is not None:
            body, name = job
            try:
                self._until_taken(body, name)
            finally:
                with self._idle:
                    self._waiting -= 1
                    self._idle.notify_all()

    def _until_taken(self, body: Json, name: str) -> None:
        reason = ""
        for attempt, pause in enumerate((0.0, *RETRIES)):
            time.sleep(pause)
            answer = self.send("event", name, body, attempt=attempt, reason=reason)
            if answer.ok:
                return
            reason = REASONS.get(answer.status, "http_error")

    # -- one request ------------------------------------------------------------------------------

    def send(
        self, kind: str, name: str, body: Json, *, attempt: int = 0, reason: str = ""
    ) -> Answer:
        """One signed request, and what the bot answered within three seconds."""
        if (over := self._over_socket(kind, name, body)) is not None:
            return over
        raw, content = _encoded(kind, body)
        headers = {**self.signed(raw), "Content-Type": content}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        return self.raw(kind, name, raw, headers, attempt, str(body.get("event_id", "")))

    def _over_socket(self, kind: str, name: str, body: Json) -> Answer | None:
        if self._url():
            return None
        types = {"event": "events_api", "command": "slash_commands"}
        began = time.monotonic()
        answer = self._socket(types.get(kind, "interactive"), body)
        if answer is not None:
            took = time.monotonic() - began
            id = str(body.get("event_id", ""))
            self._note(Delivery(kind, name, id, 0, answer.status, took, time.time()))
        return answer

    def raw(
        self,
        kind: str,
        name: str,
        raw: bytes,
        headers: dict[str, str],
        attempt: int = 0,
        id: str = "",
    ) -> Answer:
        """These bytes under these headers, whatever they say."""
        began, at = time.monotonic(), time.time()
        where = urlsplit(self._url())
        timed_out = False
        try:
            connection = http.client.HTTPConnection(
                where.hostname or "", where.port, timeout=PATIENCE
            )
            connection.request("POST", where.path or "/", raw, headers)
            response = connection.getresponse()
            status, text = response.status, response.read().decode("utf-8", "replace")
            connection.close()
        except TimeoutError:
            status, text, timed_out = 0, "", True
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
        seconds = time.monotonic() - began
        self._note(Delivery(kind, name, id, attempt, status, seconds, at, raw))
        return answered(status, text, timed_out, seconds)

    def signed(self, raw: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The two headers by which the bot knows us."""
        told = str(timestamp if timestamp is not None else int(time.time()))
        base = b"v0:" + told.encode() + b":" + raw
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": told, "X-Slack-Signature": f"v0={digest}"}

    def _note(self, delivery: Delivery) -> None:
        with self._lock:
            self.deliveries.append(delivery)


def answered(status: int, text: str, timed_out: bool, seconds: float) -> Answer:
    """An answer as it was given; errors and action are read from it."""
    bare = Answer(status, text)
    found = bare.json
    errors = found.get("errors") if found.get("response_action") == "errors" else None
    return Answer(
        status, text, timed_out, dict(errors or {}), str(found.get("response_action", "")),
        seconds=seconds,
    )  # fmt: skip


def _encoded(kind: str, body: Json) -> tuple[bytes, str]:
    """Events are JSON; interactions a form with one field; commands a form."""
    if kind == "event":
        return json.dumps(body).encode(), "application/json"
    form = body if kind == "command" else {"payload": json.dumps(body)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"
