"""Signing in and out. Nothing that GitHub or Slack link to does either."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import structlog
from authlib.integrations.base_client import OAuthError
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from bot.core.roles import Identity
from bot.errors import Rejected, Transient, UserError
from bot.flows.nowhere import NO_SLACK
from bot.flows.pages.sign_in import HOLDS, sign_in, sign_out
from bot.inbound.pages.desk import TRIES, Desk
from bot.inbound.pages.once import Once
from bot.inbound.pages.providers import Provider
from bot.store import sessions

AWAY = timedelta(minutes=10)  # at the provider
log = structlog.get_logger()


def routes(
    desk: Desk, providers: Mapping[str, Provider], once: Once | None, public_url: str
) -> APIRouter:
    """What is at /sign-in and /sign-out. `once` is None where the machine itself is not enough."""
    router, world = APIRouter(include_in_schema=False), desk.world
    coming = desk.cookie + "-coming"
    _here(router, desk, providers, once)

    @router.get("/sign-in/{way}")
    async def go(request: Request, way: str, then: str = "/") -> Response:
        desk.limit(TRIES, _address(request))
        provider = providers.get(way)
        if provider is None:
            return desk.said(
                None, 404, "No such way to sign in", "Choose another one.", "/sign-in", "Sign in"
            )
        request.scope["session"] = {}
        try:
            response: Response = await provider.client.authorize_redirect(
                request, f"{public_url}/sign-in/{way}/back"
            )
        except (OAuthError, HTTPError) as error:
            return _failed(desk, provider, error)
        name, now = secrets.token_urlsafe(32), world.clock()
        data = {"coming": request.scope["session"], "then": _inside(then)}
        begin = partial(sessions.begin, name=name, data=data, now=now, end=now + AWAY)
        await run_in_threadpool(world.store.write, begin)
        desk.remember(response, coming, name, int(AWAY.total_seconds()))
        return response

    @router.get("/sign-in/{way}/back")
    async def back(request: Request, way: str) -> Response:
        provider, name = providers.get(way), request.cookies.get(coming, "")
        data = await run_in_threadpool(_coming, desk, name)
        if provider is None or data is None:
            text = "It took longer than ten minutes, or began in another browser."
            return desk.said(None, 400, "Please begin again", text, "/sign-in", "Sign in")
        request.scope["session"] = data["coming"]
        try:
            who = await provider.identity(request)
            made = await run_in_threadpool(_vouched, desk, who, _old(desk, request))
        except UserError as error:
            return desk.said(None, 403, "You cannot look yet", str(error), "/sign-in", "Sign in")
        except (OAuthError, JoseError, HTTPError, ValueError, KeyError) as error:
            return _failed(desk, provider, error)
        response = _signed_in(desk, made, str(data["then"]))
        desk.remember(response, coming, "", 0)
        return response

    return router


def _here(
    router: APIRouter, desk: Desk, providers: Mapping[str, Provider], once: Once | None
) -> None:
    """What needs no provider: choosing one, the link of the machine itself, and the way out."""

    @router.get("/sign-in")
    def choose(then: str = "/") -> Response:
        ways = [(each.way, each.name) for each in providers.values()]
        return desk.page(None, "sign_in", ways=ways, then=_inside(then))

    @router.get("/sign-in/once")
    def by_link(request: Request, word: str = "") -> Response:
        desk.limit(TRIES, _address(request))
        if once is None or not once.take(word):
            text = "A link works once. The terminal in which it was printed shows a new one."
            return desk.said(None, 403, "That link was used already", text)
        who = Identity("local", "owner", "You, on this machine")
        return _signed_in(desk, sign_in(desk.world, who, _old(desk, request)), "/")

    @router.post("/sign-out")
    async def out(request: Request) -> Response:
        await desk.writing(request)
        await run_in_threadpool(sign_out, desk.world, _old(desk, request))
        response = RedirectResponse("/sign-in", 303)
        desk.remember(response, desk.cookie, "", 0)
        return response


def _old(desk: Desk, request: Request) -> str:
    return request.cookies.get(desk.cookie, "")


def _coming(desk: Desk, name: str) -> dict[str, object] | None:
    """What was kept of somebody who went to a provider; they come back once."""
    if not name:
        return None
    with desk.world.store.read() as connection:
        data = sessions.find(connection, name, desk.world.clock())
    desk.world.store.write(partial(sessions.end, name=name))
    return data if data and "coming" in data else None


def _vouched(desk: Desk, who: Identity, old: str) -> str:
    """The session of somebody for whom a provider vouches. Raises UserError."""
    if who.provider == "slack" and desk.world.slack is not NO_SLACK:
        try:
            team, _ = desk.world.slack.team()
        except (Rejected, Transient) as error:
            raise UserError("Slack does not answer. Please try again in a minute.") from error
        if team != who.team:
            raise UserError("That is another workspace of Slack than the one we belong to.")
    return sign_in(desk.world, who, old)


def _signed_in(desk: Desk, name: str, then: str) -> Response:
    response = RedirectResponse(then, 303)
    desk.remember(response, desk.cookie, name, int(HOLDS.total_seconds()))
    return response


def _failed(desk: Desk, provider: Provider, error: Exception) -> Response:
    log.warning("sign_in.failed", provider=provider.way, error=type(error).__name__)
    text = f"{provider.name} did not vouch for you. Please try again."
    return desk.said(None, 502, "Signing in did not work", text, "/sign-in", "Sign in")


def _inside(then: str) -> str:
    """Only a path of ours: nobody is sent elsewhere from here."""
    plain = then.startswith("/") and not then.startswith(("//", "/\\", "/sign-"))
    return then if plain and "\\" not in then and all(" " <= c < "\x7f" for c in then) else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
