"""The first look at a request: deliveries go straight to their door."""

from __future__ import annotations

import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from structlog.typing import EventDict

from bot.inbound.front import Front
from bot.sandbox.server import Server


async def door(scope: Scope, receive: Receive, send: Send) -> None:
    if b"break" in await Request(scope, receive).body():
        raise RuntimeError("nobody foresaw this")
    await PlainTextResponse("taken", 202)(scope, receive, send)


async def page(_request: Request) -> Response:
    return PlainTextResponse("a page")


def test_who_goes_where(logs: list[EventDict]) -> None:
    routes = [Route("/hook", door, methods=["POST"]), Route("/page", page)]
    server = Server(Front(Starlette(routes=routes), {"/hook": door}), "127.0.0.1", 0)
    server.start()
    answers = [
        requests.request(method, f"{server.url}{path}", data=body, timeout=5)
        for method, path, body in (
            ("POST", "/hook", "delivery"),
            ("GET", "/hook", ""),
            ("GET", "/page", ""),
            ("POST", "/elsewhere", "delivery"),
            ("POST", "/hook", "break"),
        )
    ]
    server.stop()
    assert [answer.status_code for answer in answers] == [202, 405, 200, 404, 500]
    assert answers[-1].text == "Something went wrong here. The log says what.\n"
    assert [entry["event"] for entry in logs] == ["web.error"]
