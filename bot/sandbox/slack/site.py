"""The stand-in as one application: Web API, addresses to answer at, pages for people."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.sandbox.server import HangUp
from bot.sandbox.site import LoopbackOnly
from bot.sandbox.slack.faults import SlackFault
from bot.sandbox.slack.pages import page_routes
from bot.sandbox.slack.records import Call, Json
from bot.sandbox.slack.rules.blocks import broken_in_message
from bot.sandbox.slack.values import named
from bot.sandbox.slack.views import Trouble

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import StandInSlack


def site(slack: StandInSlack) -> ASGIApp:
    async def method(request: Request) -> Response:
        name = request.path_params["method"]
        args = await _arguments(request)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return await _misbehaving(slack, name, args, given)

    async def answer(request: Request) -> Response:
        body = await request.body()
        return await _answered(slack, request.path_params["name"], body)

    routes = [
        Route("/api/{method}", method, methods=["POST", "GET"]),
        Route("/answers/{name}", answer, methods=["POST"]),
        *page_routes(slack),
    ]
    return LoopbackOnly(Starlette(routes=routes))


async def _arguments(request: Request) -> Json:
    body = await request.body()
    query = dict(request.query_params)
    if request.method == "GET" or not body:
        return query
    if request.headers.get("content-type", "").startswith("application/json"):
        found = json.loads(body or b"{}")
        return found if isinstance(found, dict) else {}
    return {**query, **dict(parse_qsl(body.decode("utf-8", "replace")))}


async def _misbehaving(slack: StandInSlack, name: str, args: Json, token: str) -> Response:
    """One call on a good or a bad day."""
    spoiled: SlackFault | None = None
    for fault in slack.faults.strike(name):
        if fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
        else:
            spoiled = fault
    kind = spoiled.kind if spoiled else ""
    if spoiled and kind == "limit-429":
        _note(slack, name, args, 429, "ratelimited")
        headers = {"Retry-After": str(int(spoiled.seconds))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
    if kind == "502-before":
        _note(slack, name, args, 502, "bad gateway")
        return PlainTextResponse("Bad gateway", 502)
    if kind == "reset":
        _note(slack, name, args, 0, "reset")
        return HangUp(reset=True)
    if spoiled and spoiled.error:
        _note(slack, name, args, 200, spoiled.error)
        return JSONResponse({"ok": False, "error": spoiled.error})
    found = _called(slack, name, args, token)
    if spoiled and kind == "slow-answer":
        await asyncio.sleep(spoiled.seconds)
    error = str(found.get("error", ""))
    status = {"502-after": 502, "lost-answer": 0}.get(kind, 200)
    _note(slack, name, args, status, error)
    if kind == "502-after":
        return PlainTextResponse("Bad gateway", 502)
    return HangUp(reset=False) if kind == "lost-answer" else JSONResponse(found)


def _called(slack: StandInSlack, name: str, args: Json, token: str) -> Json:
    wanted = slack.app_token if name == "apps.connections.open" else slack.bot_token
    if token != wanted:
        return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
    if slack.revoked:
        return {"ok": False, "error": "token_revoked"}
    try:
        return {"ok": True, **slack.api.call(name, args)}
    except Trouble as trouble:
        slack.workspace.broke(name, trouble.messages)
        told: Json = {"ok": False, "error": trouble.error}
        if trouble.messages:
            told["response_metadata"] = {"messages": trouble.messages}
        return told


def _note(slack: StandInSlack, name: str, args: Json, status: int, error: str) -> None:
    with slack.workspace.lock:
        slack.workspace.calls.append(Call(name, args, status, time.time(), error))


async def _answered(slack: StandInSlack, name: str, body: bytes) -> Response:
    """What the bot says to what somebody pressed or wrote."""
    for fault in slack.faults.strike("response_url"):
        if fault.kind == "limit-429":
            return PlainTextResponse("rate_limited", 429)
        if fault.error:
            return PlainTextResponse(fault.error, 404)
    told: Any = json.loads(body or b"{}")
    with slack.workspace.lock:
        user, channel, thread, left = slack.answers.get(name, ("", "", "", 0))
        if not user or left < 1:
            return PlainTextResponse("used_url" if user else "expired_url", 404)
        slack.answers[name] = (user, channel, thread, left - 1)
        blocks = told.get("blocks") or []
        broken = broken_in_message(blocks)
        slack.workspace.broke("response_url", broken)
        _note(slack, "response_url", told, 200, "invalid_blocks" if broken else "")
        if broken:
            return PlainTextResponse("invalid_blocks", 400)
        shown = named(blocks, lambda: slack.workspace.new_id("", 5))
        slack.workspace.whisper(user, channel, str(told.get("text") or ""), shown, thread)
    return PlainTextResponse("ok")
