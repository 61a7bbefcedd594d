"""A proxy on loopback that keeps every request and its answer as they went over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import requests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.server import Server

API = "/api/v3"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
KEPT = ("content-type", "etag", "link", "retry-after")
SECONDS = 10


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what was answered. `path` is without `/api/v3`; `query` as it was sent."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int
    answer: bytes = field(repr=False)
    answer_type: str = field(repr=False)


class Recorder:
    """Stands before the GitHub at `url`; a context manager."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._target = f"{at.scheme}://{at.netloc}"
        self._session = requests.Session()
        self._session.trust_env = False
        route = Route("/{path:path}", self._pass_on, methods=METHODS)
        self._server = Server(Starlette(routes=[route]), "127.0.0.1", 0)
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        """What the bot's base URL is."""
        return f"{self._server.url}{API}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._session.close()

    async def _pass_on(self, request: Request) -> Response:
        return await run_in_threadpool(self._answer, request, await request.body())

    def _answer(self, request: Request, body: bytes) -> Response:
        """The name under which we were called goes on, so that answers lead back here."""
        path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
        found = self._session.request(
            request.method,
            f"{self._target}{path}?{query}" if query else f"{self._target}{path}",
            headers=dict(request.headers),
            data=body,
            timeout=SECONDS,
            allow_redirects=False,
        )
        self.exchanges.append(
            Exchange(
                method=request.method,
                path=path.removeprefix(API).replace("/api/graphql", "/graphql"),
                query=query,
                headers=dict(request.headers),
                body=body,
                status=found.status_code,
                answer=found.content,
                answer_type=found.headers.get("content-type", ""),
            )
        )
        kept = {name: value for name, value in found.headers.items() if name.lower() in KEPT}
        return Response(found.content, found.status_code, kept)
