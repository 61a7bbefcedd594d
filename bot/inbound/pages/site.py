"""All pages and the API together, as one application."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

import bot
from bot.flows.world import World
from bot.inbound.front import SORRY
from bot.inbound.pages import api, look, review, sign_in
from bot.inbound.pages.desk import Away, Desk
from bot.inbound.pages.guard import Guard, TooMuch
from bot.inbound.pages.kept import Kept
from bot.inbound.pages.once import Once
from bot.inbound.pages.providers import Provider
from bot.views.web.draw import STATIC, version

log = structlog.get_logger()


def site(
    world: World,
    providers: Mapping[str, Provider],
    public_url: str,
    once: Once | None,
    generated: bool = False,
) -> ASGIApp:
    """The application. `public_url` is where people find it; `once` signs in whoever sits at the
    machine, and is None where that is not enough."""
    secure = public_url.startswith("https://")
    desk = Desk(world, secure, generated)
    app = FastAPI(
        title="Empty Chair",
        version=bot.__version__,
        summary="Do we decide with the customer in the room?",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.include_router(sign_in.routes(desk, providers, once, public_url))
    app.include_router(look.routes(desk))
    app.include_router(review.routes(desk))
    app.include_router(api.routes(desk))
    app.mount(f"/static/{version()}", StaticFiles(directory=STATIC))

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    def described(request: Request) -> Response:
        desk.asking(request)
        return JSONResponse(app.openapi())

    _handlers(app, desk)
    hosts = {urlsplit(public_url).hostname or ""} - {""}
    return Guard(Kept(app), hosts, only_here=once is not None and not providers, secure=secure)


def _handlers(app: FastAPI, desk: Desk) -> None:
    async def away(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Away)
        return error.response

    async def wrong(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()[0]
        where = ".".join(str(part) for part in found["loc"][1:]) or "the address"
        text = f"{where}: {found['msg']}."
        if request.url.path.startswith("/api/"):
            return JSONResponse({"detail": text}, 422)
        return desk.said(None, 422, "That address cannot be read", text, "/", "To the overview")

    async def missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if request.url.path.startswith("/api/"):
            return JSONResponse({"detail": str(error.detail)}, error.status_code, error.headers)
        if error.status_code != 404:
            return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
        text = "The address may be old, or mistyped."
        return desk.said(None, 404, "There is no such page", text, "/", "To the overview")

    async def too_much(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("That is too much for a form.\n", 413)

    async def locked(_request: Request, error: Exception) -> Response:
        log.error("web.database", error=type(error).__name__)
        text = "The database does not answer right now. Nothing was lost; please try again.\n"
        return PlainTextResponse(text, 503, {"Retry-After": "5"})

    async def sorry(_request: Request, error: Exception) -> Response:
        log.error("web.error", exc_info=error)
        return PlainTextResponse(SORRY, 500)

    app.add_exception_handler(Away, away)
    app.add_exception_handler(RequestValidationError, wrong)
    app.add_exception_handler(HTTPException, missing)
    app.add_exception_handler(TooMuch, too_much)
    app.add_exception_handler(SQLAlchemyError, locked)
    app.add_exception_handler(Exception, sorry)
