"""What every page needs: who is asking, and a word that only our own forms carry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import FormData

from bot.core.filters import Filter
from bot.core.roles import User
from bot.flows.pages.seeing import names_place
from bot.flows.pages.sign_in import Session, session
from bot.flows.world import World
from bot.inbound.pages.query import Wanted
from bot.views.web.draw import draw

NAV = (("/", "Overview"), ("/decisions", "Decisions"), ("/mine", "My reviews"))
QUEUE = ("/queue", "Reviewer's queue")
NOWHERE = "\0"  # the name of no place
WRITES = RateLimitItemPerMinute(240)
TRIES = RateLimitItemPerMinute(60)  # to sign in, by address: a whole office may share one


class Away(Exception):
    """Nobody is signed in, or they may not see this: `response` says so."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True, slots=True)
class Asking:
    """One request by somebody who is signed in."""

    request: Request
    session: Session

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def partial(self) -> bool:
        """Only a part of the page is wanted."""
        return self.request.headers.get("hx-request") == "true"


class Desk:
    """Knows who is asking. `generated`: a part of the record was made up, and pages say so."""

    def __init__(self, world: World, secure: bool, generated: bool = False) -> None:
        self.world, self._secure, self._generated = world, secure, generated
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @property
    def cookie(self) -> str:
        """The name of the cookie; without TLS, on the machine itself, a browser takes no other."""
        return "__Host-emptychair" if self._secure else "emptychair"

    def asking(self, request: Request) -> Asking:
        """Who asks. Raises Away for nobody, with the way to sign in."""
        found = session(self.world, request.cookies.get(self.cookie, ""))
        if found is not None:
            return Asking(request, found)
        if request.url.path.startswith("/api/"):
            raise Away(Response('{"detail":"Sign in first."}', 401, media_type="application/json"))
        if request.headers.get("hx-request") == "true":
            raise Away(Response("You are not signed in any more.", 401, media_type="text/plain"))
        then = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise Away(RedirectResponse(f"/sign-in?then={quote(then)}", 303))

    async def writing(self, request: Request) -> tuple[Asking, FormData]:
        """Who sends a form of ours, and the form. Raises Away."""
        form = await request.form(max_files=0, max_fields=300)
        from starlette.concurrency import run_in_threadpool

        asking = await run_in_threadpool(self.asking, request)
        word = request.headers.get("x-csrf-token") or str(form.get("csrf") or "")
        if not secrets.compare_digest(word.encode(), asking.session.csrf.encode()):
            raise Away(self.said(asking, 403, "That form is too old", "Load the page again."))
        self.limit(WRITES, asking.session.csrf)
        return asking, form

    def narrow(self, asking: Asking, wanted: Wanted) -> Filter:
        """The filter of an address for who asks: a private channel that they are not in is none."""
        by = wanted.filter(self.world.clock().date())
        if not by.place.startswith("#"):
            return by
        with self.world.counting.figures() as figures:
            places = dict(figures.places)
        allowed = names_place(self.world, asking.user, places)
        named = [key for key, where in places.items() if where.name.lower() == by.place.lower()]
        return by if all(map(allowed, named)) else replace(by, place=NOWHERE)

    def limit(self, item: RateLimitItem, key: str) -> None:
        """Raises Away for who does it too often."""
        if not self._limiter.hit(item, key):
            text = "Too many tries. Please wait a minute.\n"
            raise Away(Response(text, 429, {"Retry-After": "60"}, media_type="text/plain"))

    def page(self, asking: Asking | None, name: str, status: int = 200, **values: Any) -> Response:
        """The page of that template."""
        user = asking.user if asking else None
        nav = [*NAV, *([QUEUE] if user and user.reviewer else [])]
        here = asking.request.url.path if asking else ""
        text = draw(
            name,
            user=user,
            csrf=asking.session.csrf if asking else "",
            nav=nav,
            here=here,
            generated=self._generated,
            **values,
        )
        return HTMLResponse(text, status)

    def said(
        self, asking: Asking | None, status: int, heading: str, text: str, link: str = "",
        link_name: str = "",
    ) -> Response:  # fmt: skip
        """A page that only says something."""
        if asking is not None and asking.partial:
            return Response(f"{heading}. {text}", status, media_type="text/plain")
        return self.page(
            asking, "said", status, heading=heading, text=text, link=link, link_name=link_name
        )

    def remember(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Have the browser keep something for a time; an empty value is forgotten."""
        if not value:
            response.delete_cookie(name, path="/", secure=self._secure, httponly=True)
            return
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._secure, httponly=True,
            samesite="lax",
        )  # fmt: skip
