"""A page that was made a moment ago is given again, without a look at anything else."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 5.0
MOST = 64  # pages
MARK = "emptychair.keep"

Key = tuple[str, str, bytes, str]  # the cookies, the path, the query, whether a part is wanted


def keep(request: Request) -> None:
    """The answer to this request may be given again to the same browser for some seconds."""
    request.scope[MARK].append(True)


class Kept:
    """Keeps what routes mark with `keep`, for the browser that asked and nobody else.

    Whoever writes, or signs in or out, sees what came of it: that drops what is kept for them.
    What others change is seen when the time is up.
    """

    def __init__(self, app: ASGIApp, ticks: Callable[[], float] = time.monotonic) -> None:
        self._app, self._ticks = app, ticks
        self._pages: OrderedDict[Key, tuple[float, tuple[Message, ...]]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        key = _key(scope)
        if scope["method"] != "GET" or scope["path"].startswith("/sign-"):
            self._drop(key[0])
            await self._app({**scope, MARK: []}, receive, send)
            self._drop(key[0])
            return
        until, messages = self._pages.get(key, (0.0, ()))
        if self._ticks() < until:
            for message in messages:
                await send(dict(message))
            return
        await self._make(key, scope, receive, send)

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        marks: list[bool] = []
        said: list[Message] = []

        async def tell(message: Message) -> None:
            if marks:
                said.append({**message, "headers": list(message.get("headers", ()))})
            await send(message)

        begun = self._ticks()
        await self._app({**scope, MARK: marks}, receive, tell)
        if said and said[0].get("status") == 200:
            self._pages[key] = (begun + SECONDS, tuple(said))
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)

    def _drop(self, cookies: str) -> None:
        for key in [key for key in self._pages if key[0] == cookies]:
            del self._pages[key]


def _key(scope: Scope) -> Key:
    headers = Headers(scope=scope)
    part = headers.get("hx-request", "")
    return headers.get("cookie", ""), scope["path"], scope["query_string"], part
