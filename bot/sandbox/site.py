"""The stand-in as one application: REST API, pages, and a door that lets in only loopback."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.api import graphql_routes, not_found, rest_routes
from bot.sandbox.pages import page_routes
from bot.sandbox.world import World

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]


def site(world: World) -> ASGIApp:
    rest = rest_routes(world)
    nothing = Route("/{path:path}", _nothing, methods=METHODS)
    app = Starlette(
        routes=[
            Mount("/api/v3", routes=[*rest, nothing]),
            *graphql_routes(world),
            *rest,
            *page_routes(world),
            nothing,
        ]
    )
    return LoopbackOnly(app)


async def _nothing(_request: Request) -> Response:
    return not_found()


class LoopbackOnly:
    """Refuses requests made under a foreign name, and forms that another site sent.

    A page elsewhere may make a browser call loopback; its Host or Origin gives it away.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        why_not = _why_not(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else ""
        if why_not:
            await PlainTextResponse(why_not, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _why_not(method: str, headers: Headers) -> str:
    host = headers.get("host", "")
    if not _is_loopback(f"http://{host}"):
        return "The stand-in answers on this machine only."
    origin = headers.get("origin")
    if method in ("GET", "HEAD") or origin is None:
        return ""
    if origin != f"http://{host}":
        return "Forms of other sites are not taken here."
    return ""


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
