"""Signs webhooks as GitHub does and delivers them, one after the other, from one thread."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import requests

from bot.sandbox.faults import Faults
from bot.sandbox.records import Delivery, Unknown
from bot.sandbox.state import State

MAX_BYTES = 25 * 1024 * 1024  # larger payloads are never delivered
TIMEOUT = 10.0  # seconds until GitHub counts a delivery as failed
HOLD_BACK = 0.05  # seconds that a reordered delivery waits for one to overtake it


class Webhooks:
    """The deliveries of this App, or of the repository: each is sent once, in order; failed ones
    are not repeated.

    A lost one counts as failed without having been sent; held ones wait until they are released.

    `on_answer` lets a caller show progress: it is called with each delivery after the bot
    answered, from the sender's thread.
    """

    def __init__(self, state: State, url: str, secret: str, faults: Faults) -> None:
        self.state, self.url, self.faults = state, url, faults
        self.deliveries: list[Delivery] = []
        self.on_answer: Callable[[Delivery], None] | None = None
        self._secret = secret.encode()
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._idle = threading.Condition()
        self._open = 0
        self._held: list[Delivery] | None = None
        self._thread: threading.Thread | None = None
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business on loopback

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the delivery in flight; what still waits is not sent."""
        if self._thread:
            self._queue.put(None)
            self._thread.join(timeout=2)
        self._session.close()

    def emit(self, event: str, payload: dict[str, Any]) -> Delivery:
        """Queue one event; callers hold the state's lock, so that events go out in order."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        guid = str(uuid.UUID(int=self.state.random.getrandbits(128), version=4))
        delivery = Delivery(
            id=self.state.next_id("delivery"),
            guid=guid,
            event=event,
            action=payload.get("action"),
            body=body.encode("utf-8", "replace"),
        )
        if self.faults.chance(self.faults.lose_deliveries):
            delivery.lost, delivery.status, delivery.delivered_at = True, 0, self.state.clock()
            self.deliveries.append(delivery)
            return delivery
        self._queue_up(delivery)
        if self.faults.chance(self.faults.duplicate_deliveries):
            self._queue_up(self._again(delivery))
        return delivery

    def redeliver(self, guid: str) -> Delivery:
        """Send a delivery once more, under the same delivery id."""
        found = next((known for known in self.deliveries if known.guid == guid), None)
        if found is None:
            raise Unknown("There is no such delivery.")
        again = self._again(found)
        self._queue_up(again)
        return again

    def redeliver_lost(self) -> int:
        """Send what was lost and not asked for again since, in order; gives how many."""
        asked_for = {known.guid for known in self.deliveries if known.redelivery}
        found = [known for known in self.deliveries if known.lost and known.guid not in asked_for]
        for delivery in found:
            self._queue_up(self._again(delivery))
        return len(found)

    def hold(self) -> None:
        """From now on keep deliveries, repeated ones too; those under way still arrive."""
        with self._idle:
            if self._held is None:
                self._held = []

    def release(self, order: Sequence[int] | None = None, copies: int = 1) -> int:
        """Send what was held and everything after it; gives how many were held.

        `order` names each held delivery once, by its place from 0. `copies` is how often each is
        sent, under the same delivery id.
        """
        with self.state.lock, self._idle:  # in this order, as `emit` is called with the first
            held = self._held or []
            order = range(len(held)) if order is None else order
            if sorted(order) != list(range(len(held))) or copies < 1:
                raise ValueError(
                    f"{len(held)} are held: name each once, and send each at least once."
                )
            self._held = None
            for index in order:
                self._send(held[index])
                for _ in range(copies - 1):
                    self._queue_up(self._again(held[index]))
        return len(held)

    def wait_idle(self, timeout: float) -> bool:
        """True once every delivery so far was answered or failed; False after `timeout` seconds.

        Held ones are not waited for.
        """
        with self._idle:
            return self._idle.wait_for(lambda: self._open == 0, timeout)

    def _again(self, delivery: Delivery) -> Delivery:
        number = self.state.next_id("delivery")
        return Delivery(
            number, delivery.guid, delivery.event, delivery.action, delivery.body, redelivery=True
        )

    def _queue_up(self, delivery: Delivery) -> None:
        with self._idle:
            self.deliveries.append(delivery)
            if self._held is None:
                self._send(delivery)
            else:
                self._held.append(delivery)

    def _send(self, delivery: Delivery) -> None:
        with self._idle:
            self._open += 1
            self._queue.put(delivery)

    def _run(self) -> None:
        while (delivery := self._queue.get()) is not None:
            if self.faults.chance(self.faults.reorder_deliveries):
                overtaking = self._next_within(HOLD_BACK)
                if overtaking:
                    self._deliver(overtaking)
            self._deliver(delivery)

    def _next_within(self, seconds: float) -> Delivery | None:
        try:
            found = self._queue.get(timeout=seconds)
        except queue.Empty:
            return None
        if found is None:
            self._queue.put(None)
        return found

    def _deliver(self, delivery: Delivery) -> None:
        began = time.monotonic()
        delivery.status = self._post(delivery)
        delivery.seconds = time.monotonic() - began
        delivery.delivered_at = self.state.clock()
        if self.on_answer:
            self.on_answer(delivery)
        with self._idle:
            self._open -= 1
            self._idle.notify_all()

    def _post(self, delivery: Delivery) -> int:
        if len(delivery.body) > MAX_BYTES:
            return 0
        try:
            answer = self._session.post(
                self.url,
                data=delivery.body,
                headers=self._headers(delivery),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return answer.status_code

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        digest = hmac.new(self._secret, delivery.body, hashlib.sha256).hexdigest()
        sha1 = hmac.new(self._secret, delivery.body, hashlib.sha1).hexdigest()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/57a0d1e",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(400_000_000 + self.state.app_id % 1_000_000),
            "X-GitHub-Hook-Installation-Target-ID": str(
                self.state.app_id if self.state.installed else self.state.repository_id
            ),
            "X-GitHub-Hook-Installation-Target-Type": (
                "integration" if self.state.installed else "repository"
            ),
            "X-Hub-Signature": f"sha1={sha1}",
            "X-Hub-Signature-256": f"sha256={digest}",
        }
