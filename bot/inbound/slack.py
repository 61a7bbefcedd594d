"""The Slack door: verify the raw bytes, hand them to Bolt beside the event loop, answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.inbound.lines import Lines
from bot.inbound.slack_payloads import Malformed, decoded
from bot.inbound.slack_signature import signed
from bot.jobs.traffic import Traffic

MOST = 1024 * 1024  # bytes; Slack sends less
# Threads for what asks nothing of Slack: more than a few only get in each other's way. And for what
# opens a window first, which waits for Slack.
READING, OPENING = 4, 64
ARRIVES_SECONDS = 2.5


class SlackDoor:
    """`POST /slack/events`: events, interactivity and commands."""

    def __init__(
        self,
        app: App,
        secret: bytes,
        lines: Lines,
        traffic: Traffic | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._secret, self._clock, self._lines = app, secret, clock, lines
        self._traffic = traffic or Traffic()
        self._reading = ThreadPoolExecutor(READING, thread_name_prefix="slack-reading")
        self._opening = ThreadPoolExecutor(OPENING, thread_name_prefix="slack-opening")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self.receive(Request(scope, receive))
        await response(scope, receive, send)

    async def receive(self, request: Request) -> Response:
        """200 taken, 400, 401, 408, 413; 503 for an event that is to be sent again."""
        body = await _read(request)
        if isinstance(body, Response):
            return body
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not signed(body, timestamp, signature, self._secret, self._clock()):
            return self._refused()
        try:
            payload = decoded(body)
        except Malformed as error:
            return PlainTextResponse(f"{error}\n", 400)
        if payload.get("type") == "url_verification":
            return PlainTextResponse(str(payload.get("challenge", ""))[:500])
        self._traffic.enter()
        try:
            told = BoltRequest(
                body=body.decode("utf-8", "replace"),
                headers={"content-type": request.headers.get("content-type", "")},
            )
            alone = payload.get("type") in ("view_submission", "event_callback")
            pool = self._reading if alone else self._opening
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(pool, self._app.dispatch, told)
        finally:
            self._traffic.leave()
        return _response(answer)

    def _refused(self) -> Response:
        reason = "The signature does not fit. Use the same signing secret here and at Slack."
        if (line := self._lines.next("slack.refused", reason)) is not None:
            structlog.get_logger().warning("slack.refused", status=401, reason=reason, **line)
        return PlainTextResponse(reason + "\n", 401)


async def _read(request: Request) -> bytes | Response:
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(ARRIVES_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST:
                    return PlainTextResponse("Slack sends nothing that large.\n", 413)
                chunks.append(chunk)
    except (ClientDisconnect, TimeoutError):
        return PlainTextResponse("The body did not arrive in time.\n", 408)
    return b"".join(chunks)


def _response(answer: BoltResponse) -> Response:
    kind = next(iter(answer.headers.get("content-type") or ["text/plain"]), "text/plain")
    return Response(answer.body, answer.status, media_type=kind)
