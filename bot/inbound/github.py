"""The GitHub door: verify the raw bytes, parse, put it on disk, say 202. Nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.inbound.github_events import READERS, Fact, Malformed, installation_of, lock_of, parse
from bot.inbound.lines import Lines
from bot.jobs.traffic import Traffic
from bot.ports import Jobs, Transaction
from bot.store import inbox
from bot.store.store import Store

MOST = 25 * 1024 * 1024  # bytes; GitHub delivers nothing larger
SMALL = 256 * 1024  # bytes; larger bodies are dealt with beside the event loop
LARGE_AT_ONCE = 4  # larger bodies in memory: anybody can send them, and each may be 25 MB
DURABLE_SECONDS = 8  # GitHub waits 10 s for an answer
REFUSED = (400, 401, 413)
SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
DELIVERY_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
ANSWERS = Counter(
    "emptychair_webhooks", "Webhook deliveries by event and answer", ["event", "status"]
)
P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger()


def signed(body: bytes, signature: str, secrets: Sequence[bytes]) -> bool:
    """Whether one of our secrets signed exactly these bytes. Takes the same time for each."""
    given = signature.removeprefix("sha256=").encode("utf-8", "replace")
    found = [
        hmac.compare_digest(hmac.new(secret, body, hashlib.sha256).hexdigest().encode(), given)
        for secret in secrets
    ]
    return signature.startswith("sha256=") and any(found)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What is kept of a delivery; `packed` is its body."""

    id: str
    event: str
    fact: Fact
    packed: bytes


class GitHubDoor:
    """`POST /github/webhooks`. `patience`: seconds until a delivery that is not on disk fails.

    `by_token`: there is no App, so webhooks of repositories and organisations are taken.
    `app_id` is our App: what it tells of its own checks is acknowledged and not kept.
    """

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        secrets: Sequence[bytes],
        clock: Callable[[], datetime],
        patience: float = DURABLE_SECONDS,
        app_id: int | None = None,
        by_token: bool = False,
        traffic: Traffic | None = None,
    ) -> None:
        self._store, self._jobs, self._secrets, self._clock = store, jobs, secrets, clock
        self._patience, self._app_id, self._by_token = patience, app_id, by_token
        self._traffic = traffic or Traffic()
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._lines = Lines(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery."""
        response = await self.receive(Request(scope, receive))
        await response(scope, receive, send)

    async def receive(self, request: Request) -> Response:
        """202 accepted, 200 not our business or known, 400, 401, 413, 408 or 503 to try again.

        A delivery that had failed for good and comes again is accepted, and tried as a new job.
        """
        event = request.headers.get("x-github-event", "")
        response = await self._answer(request, event)
        ANSWERS.labels(event if event in READERS else "other", response.status_code).inc()
        if response.status_code in REFUSED:
            reason = bytes(response.body).decode().strip()
            if (line := self._lines.next("webhook.refused", reason)) is not None:
                log.warning("webhook.refused", status=response.status_code, reason=reason, **line)
        return response

    async def _answer(self, request: Request, event: str) -> Response:
        """Of large bodies a few at a time; who sends too slowly comes again later."""
        refused = _refused(request, event)
        if refused is not None:
            return refused
        until = asyncio.get_running_loop().time() + self._patience
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout_at(until):
                    if _length(request) > SMALL:
                        await held.enter_async_context(self._large)
                    body = await _read(request)
                    if isinstance(body, Response):
                        return body
                    signature = request.headers.get("x-hub-signature-256", "")
                    if not await _beside(body, signed, body, signature, self._secrets):
                        return _unsigned()
                    self._traffic.enter()
                    held.callback(self._traffic.leave)
                    delivery = await self._judge(request, event, body)
            except TimeoutError:
                return _too_slow(_length(request) > SMALL)
            if isinstance(delivery, Response):
                return delivery
            return await self._keep(delivery, until)

    async def _judge(self, request: Request, event: str, body: bytes) -> _Delivery | Response:
        """What is to be kept of a delivery that GitHub signed."""
        try:
            fact = await _beside(body, parse, event, body, self._app_id)
        except Malformed as error:
            return _say(400, str(error))
        if fact is None:
            return _say(200, "Nothing to do for this event.")
        if not installation_of(fact) and not self._by_token:
            return _say(
                400,
                "The payload names no installation: this is the webhook of a repository or an "
                "organisation. Use the one of the App.",
            )
        packed = await _beside(body, inbox.pack, body)
        return _Delivery(request.headers["x-github-delivery"], event, fact, packed)

    async def _keep(self, delivery: _Delivery, until: float) -> Response:
        """On disk before GitHub hears of success."""
        name, lock, now = type(delivery.fact).__name__, lock_of(delivery.fact), self._clock()

        def work(tx: Transaction) -> bool:
            new = inbox.accept(tx, delivery.id, delivery.event, name, delivery.packed, now)
            wanted = new or inbox.unpark(tx, delivery.id)
            if wanted:
                self._jobs.enqueue(tx, inbox.DELIVER, {"delivery": delivery.id}, lock=lock)
            return wanted

        try:
            async with asyncio.timeout_at(until):
                wanted = await asyncio.wrap_future(self._store.submit(work))
        except (SQLAlchemyError, TimeoutError, RuntimeError, OSError) as error:
            reason = self._store.why_not(error)
            if (line := self._lines.next("webhook.not_durable", reason)) is not None:
                log.error("webhook.not_durable", delivery=delivery.id, reason=reason, **line)
            return _say(
                503, "Not stored: the database does not take it now. Deliver it again later.", 30
            )
        return _say(202, "Accepted.") if wanted else _say(200, "This delivery was here before.")


def _refused(request: Request, event: str) -> Response | None:
    """What the headers alone rule out, said before a byte of the body is kept in memory."""
    signature = request.headers.get("x-hub-signature-256", "")
    if _length(request) > MOST:
        return _too_large()
    if not signature:
        return _say(
            401,
            "The header X-Hub-Signature-256 is missing. Set a secret in the webhook's settings.",
        )
    if not SIGNATURE.fullmatch(signature):
        return _unsigned()
    if not event or not DELIVERY_ID.fullmatch(request.headers.get("x-github-delivery", "")):
        return _say(400, "The headers X-GitHub-Event and X-GitHub-Delivery are needed.")
    return None


def _length(request: Request) -> int:
    """The length that was announced; where none was, it may be anything."""
    length = request.headers.get("content-length", "")
    return int(length[:20]) if length.isdecimal() else MOST


async def _read(request: Request) -> bytes | Response:
    """The body; or what to answer as soon as it is known to be too large, or does not come."""
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST:
                return _too_large()
            chunks.append(chunk)
    except ClientDisconnect:
        return _too_slow(large=False)
    return b"".join(chunks)


async def _beside(body: bytes, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run small work at once, work on a large body in a thread."""
    if len(body) <= SMALL:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


def _too_large() -> Response:
    return _say(413, "The body is larger than 25 MB; GitHub sends nothing that large.")


def _too_slow(large: bool) -> Response:
    if large:
        return _say(503, "Too many large deliveries at once. Deliver it again later.", 30)
    return _say(408, "The body did not arrive in time. Deliver it again later.")


def _unsigned() -> Response:
    return _say(401, "The signature does not fit. Use the same webhook secret here and on GitHub.")


def _say(status: int, text: str, retry_after: int | None = None) -> Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return PlainTextResponse(text + "\n", status, headers)
