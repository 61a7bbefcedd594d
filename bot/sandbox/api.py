"""GitHub's REST API on loopback: who asks, what goes wrong today, what the answer is."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path

from bot.sandbox.app_shapes import AppShapes
from bot.sandbox.faults import Fault
from bot.sandbox.records import Call, Refused, Unknown, UnknownCommit
from bot.sandbox.rest import apps, checks, comments, graphql, pulls, repository, search, teams
from bot.sandbox.rest.asking import Answer, ApiError, Ask, Handler
from bot.sandbox.server import HangUp
from bot.sandbox.tokens import HOURLY_LIMIT, BadCredentials, Token
from bot.sandbox.world import World

AS_APP = apps.AS_APP
# Longer paths first: a branch or ref may contain slashes and would swallow them.
AS_INSTALLATION = [
    *apps.ROUTES,
    *checks.ROUTES,
    *comments.ROUTES,
    *pulls.ROUTES,
    *repository.ROUTES,
    *search.ROUTES,
    *teams.ROUTES,
]
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
Endpoint = Callable[[Request], Awaitable[Response]]


def rest_routes(world: World) -> list[Path]:
    """The routes, to be mounted at `/api/v3` and at the root alike."""
    made = [(route, True) for route in AS_APP] + [(route, False) for route in AS_INSTALLATION]
    return [
        Path(template, _endpoint(world, template, handler, as_app), methods=[method])
        for (method, template, handler), as_app in made
    ]


def graphql_routes(world: World) -> list[Path]:
    """GraphQL has one address, next to `/api/v3` or, as on github.com, at the root."""
    endpoint = _endpoint(world, "/graphql", graphql.graphql, False)
    return [Path(path, endpoint, methods=["POST"]) for path in ("/api/graphql", "/graphql")]


def not_found() -> Response:
    return _json(ApiError(404, "Not Found").answer(), {})


def _endpoint(world: World, template: str, handler: Handler, as_app: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        path = request.url.path.removeprefix("/api").removeprefix("/v3")
        strikes = world.faults.strike(request.method, path)
        raw = await request.body()  # all of it arrived: whoever sent it may be gone by now
        await asyncio.sleep(sum(fault.seconds for fault in strikes if fault.kind == "latency"))
        fault = next((fault for fault in strikes if fault.kind != "latency"), None)
        response = _before(fault)
        if response is None:
            answer = _authorised(world, request, raw, handler, as_app, fault)
            response = _after(fault) or answer
        if fault is not None and fault.kind == "slow-answer":
            await asyncio.sleep(fault.seconds)
        status = 0 if isinstance(response, HangUp) else response.status_code
        world.calls.append(Call(request.method, path, status))
        world.counts[request.method, template] += 1
        return response

    return endpoint


def _before(fault: Fault | None) -> Response | None:
    """The answer of a fault that keeps the call from having any effect."""
    if fault is None:
        return None
    if fault.kind == "reset":
        return HangUp(reset=True)
    if fault.kind == "404-before":
        return not_found()
    if fault.kind == "502-before":
        return Response(BAD_GATEWAY, 502, media_type="text/html")
    if fault.kind in ("limit-403", "limit-429"):
        status = 403 if fault.kind == "limit-403" else 429
        headers = {"Retry-After": str(max(int(fault.seconds), 0))}
        return _json(ApiError(status, SECONDARY).answer(), headers)
    return None


def _after(fault: Fault | None) -> Response | None:
    """The answer of a fault that strikes when all is done."""
    if fault and fault.kind == "lost-answer":
        return HangUp(reset=False)
    if fault and fault.kind == "502-after":
        return Response(BAD_GATEWAY, 502, media_type="text/html")
    return None


def _authorised(
    world: World,
    request: Request,
    raw: bytes,
    handler: Handler,
    as_app: bool,
    fault: Fault | None,
) -> Response:
    header = request.headers.get("Authorization", "")
    token: Token | None = None
    try:
        if as_app:
            world.tokens.check_jwt(header)
        else:
            token = world.tokens.check_token(header)
    except BadCredentials as error:
        return _json(ApiError(401, str(error)).answer(), _limits(None))
    content = _answer(world, request, raw, handler, fault, token)
    return _cached(request, _json(content, _limits(token)))


def _answer(
    world: World,
    request: Request,
    raw: bytes,
    handler: Handler,
    fault: Fault | None,
    token: Token | None,
) -> Answer:
    """What the handler says; a refusal becomes GitHub's error of the same meaning."""
    try:
        ask = _ask(world, request, raw, fault, token)
        with world.state.lock:
            return handler(ask)
    except ApiError as error:
        return error.answer()
    except UnknownCommit as error:
        return ApiError(422, str(error)).answer()
    except Unknown:
        return ApiError(404, "Not Found").answer()
    except Refused as error:
        return ApiError(403, str(error)).answer()


def _ask(
    world: World, request: Request, raw: bytes, fault: Fault | None, token: Token | None
) -> Ask:
    path = {name: str(value) for name, value in request.path_params.items()}
    if "repo" in path and f"{path['owner']}/{path['repo']}" != world.state.full_name:
        raise ApiError(404, "Not Found")
    prefix = "/api/v3" if request.url.path.startswith("/api/v3/") else ""
    web = f"{request.url.scheme}://{request.url.netloc}"
    shapes = AppShapes(world.state, web, web + prefix)
    url = f"{web}{request.url.path}"
    stale = fault is not None and fault.kind == "stale-read"
    lag = fault.seconds if fault is not None and fault.kind == "lagging-list" else 0
    return Ask(world, shapes, url, path, dict(request.query_params), _body(raw), stale, token, lag)


def _body(raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise ApiError(400, "Body should be a JSON object")
    return body


def _limits(token: Token | None) -> dict[str, str]:
    used = min(token.used, HOURLY_LIMIT) if token else 0
    reset = int(token.expires_at.timestamp()) if token else int(time.time()) + 3600
    scopes = {"X-OAuth-Scopes": token.scopes} if token and token.scopes else {}
    return scopes | {
        "X-RateLimit-Limit": str(HOURLY_LIMIT),
        "X-RateLimit-Remaining": str(HOURLY_LIMIT - used),
        "X-RateLimit-Used": str(used),
        "X-RateLimit-Reset": str(reset),
        "X-RateLimit-Resource": "core",
    }


def _json(answer: Answer, headers: dict[str, str]) -> Response:
    content = b"" if answer.body is None else json.dumps(answer.body).encode()
    kind = "application/json; charset=utf-8"
    return Response(content, answer.status, headers | answer.headers, media_type=kind)


def _cached(request: Request, response: Response) -> Response:
    """Asked again for the same, GitHub says 304 and does not count the call."""
    if request.method != "GET" or response.status_code != 200:
        return response
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()}"'
    told = {
        "ETag": tag,
        "Cache-Control": "private, max-age=60, s-maxage=60",
        "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, X-Requested-With",
    }
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=told)
    response.headers.update(told)
    return response
