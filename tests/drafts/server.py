"""A loopback server that speaks chat completions, and behaves as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.server import Server

Claims = Callable[[str], dict[str, Any]]  # the whole prompt -> what the model answers


@dataclass
class Model:
    """What the server does. `answers` makes an answer of what was sent; `mode` is how it fails:
    "ok", "refuse", "trunc", "garbage", "html", "slow", "noschema", "nousage", "busy", "broken",
    "denied", "redirect" or "notjson"."""

    port: int = 0
    mode: str = "ok"
    answers: Claims = lambda prompt: {"customer_facing": "unclear", "claims": []}
    seconds: float = 30
    asked: list[dict[str, Any]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def prompts(self) -> list[str]:
        """Everything that was sent in each call."""
        return ["\n".join(m["content"] for m in each["messages"]) for each in self.asked]

    async def complete(self, request: Request) -> Response:
        sent = await request.json()
        self.asked.append(sent)
        if self.mode == "busy":
            return PlainTextResponse("later", 429, {"retry-after": "0"})
        if self.mode == "broken":
            return PlainTextResponse("oh", 500)
        if self.mode == "denied":
            return JSONResponse({"error": {"message": "no key"}}, 401)
        if self.mode == "redirect":
            return Response(status_code=307, headers={"location": f"{self.url}/elsewhere"})
        if self.mode == "html":
            return PlainTextResponse("<html>", 200, media_type="text/html")
        if self.mode == "noschema" and sent.get("response_format", {}).get("type") == "json_schema":
            return JSONResponse({"error": {"message": "response_format is not known"}}, 400)
        if self.mode == "slow":
            import asyncio

            until = time.monotonic() + self.seconds
            while time.monotonic() < until and not self.gone.is_set():
                await asyncio.sleep(0.05)
        return JSONResponse(self._answer(sent))

    def _answer(self, sent: dict[str, Any]) -> dict[str, Any]:
        prompt = "\n".join(message["content"] for message in sent["messages"])
        content: str | None = json.dumps(self.answers(prompt))
        reason, refusal = "stop", None
        if self.mode == "refuse":
            content, refusal = None, "I cannot help with that."
        if self.mode == "trunc":
            content, reason = (content or "")[:20], "length"
        if self.mode == "garbage":
            content = '{"customer_facing": "perhaps", "claims": [{"question": 1}]}'
        if self.mode == "notjson":
            content = "Sure! Here is a draft: …"
        message = {"role": "assistant", "content": content, "refusal": refusal}
        usage = {
            "prompt_tokens": len(prompt) // 4, "completion_tokens": len(content or "") // 4,
            "total_tokens": 0, "prompt_tokens_details": {"cached_tokens": 8},
        }  # fmt: skip
        return {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub-1.2",
            "choices": [{"index": 0, "finish_reason": reason, "message": message}],
            "usage": None if self.mode == "nousage" else usage,
        }  # fmt: skip


@contextmanager
def running(**parts: Any) -> Iterator[Model]:
    """A server with one model, until the block ends."""
    from bot.cli.pair import _free_port

    model = Model(port=_free_port(), **parts)
    app = Starlette(routes=[Route("/v1/chat/completions", model.complete, methods=["POST"])])
    server = Server(app, "127.0.0.1", model.port)
    server.start()
    try:
        yield model
    finally:
        model.gone.set()
        server.stop()
