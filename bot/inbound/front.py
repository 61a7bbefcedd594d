"""The first look at a request: deliveries go straight to their door, all else through Starlette."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger()


class Front:
    """The ASGI application. `doors` are those of POSTs, by path."""

    def __init__(self, web: ASGIApp, doors: Mapping[str, ASGIApp]) -> None:
        self._web, self._doors = web, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        door = self._doors.get(scope.get("path", ""))
        if door is None or scope.get("method") != "POST":
            await self._web(scope, receive, send)
            return
        try:
            await door(scope, receive, send)
        except Exception as error:
            log.error("web.error", exc_info=error)
            await PlainTextResponse(SORRY, 500)(scope, receive, send)


SORRY = "Something went wrong here. The log says what.\n"
