"""Pages for people: the list of pull requests, one pull request, and the forms on them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox import people
from bot.sandbox.drawing import Drawing
from bot.sandbox.forms import Press, fields_of, submit
from bot.sandbox.records import PullRequest, Refused, Unknown
from bot.sandbox.versions import list_pulse, pulse
from bot.sandbox.world import World

STATIC = Path(__file__).with_name("static")
MAX_FORM = 1_000_000  # bytes; of a larger form nothing is read
# Nothing may come from, or go to, anywhere but the stand-in itself.
SAFETY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page_routes(world: World) -> list[BaseRoute]:
    pages = Pages(world)
    pull = "/{owner}/{repo}/pull/{number:int}"
    return [
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/", pages.pulls),
        Route("/pulse", pages.list_pulse),
        Route("/act-as", pages.act_as, methods=["POST"]),
        Route("/{owner}/{repo}", pages.to_list),
        Route("/{owner}/{repo}/pulls", pages.to_list),
        Route("/{owner}/{repo}/runs/{check:int}", pages.to_check),
        Route(pull, pages.pull),
        Route(pull + "/pulse", pages.pulse),
        Route(pull + "/{act}", pages.act, methods=["POST"]),
    ]


class Pages:
    """Draws what is, and hands forms on; notices wait here for the page that shows them."""

    def __init__(self, world: World) -> None:
        self.world, self.drawing = world, Drawing(world)
        self._notices: OrderedDict[str, tuple[str, str]] = OrderedDict()

    async def pulls(self, request: Request) -> Response:
        return self._html(self.drawing.list_page(request))

    async def list_pulse(self, _request: Request) -> Response:
        return PlainTextResponse(list_pulse(self.world), headers=SAFETY)

    async def pull(self, request: Request) -> Response:
        try:
            found = self._found(request)
        except Unknown as error:
            return self._html(self.drawing.missing_page(request, str(error)), 404)
        notice = self._notices.pop(request.query_params.get("notice", ""), None)
        return self._html(self.drawing.pull_page(request, found, notice))

    async def pulse(self, request: Request) -> Response:
        try:
            return PlainTextResponse(pulse(self.world, self._found(request)), headers=SAFETY)
        except Unknown:
            return PlainTextResponse("", 404, headers=SAFETY)

    async def act(self, request: Request) -> Response:
        """Does what the form says and comes back to the page with a notice."""
        raw = await request.body()
        try:
            found = self._found(request)
        except Unknown as error:
            return self._html(self.drawing.missing_page(request, str(error)), 404)
        fields = fields_of(raw) if len(raw) <= MAX_FORM else {}
        notice = self._submitted(request, found, fields)
        where = f"/{self.world.state.full_name}/pull/{found.number}"
        place = fields.get("comment", "")
        anchor = f"#issuecomment-{place}" if place.isdigit() else ""
        return RedirectResponse(where + self._kept(notice) + anchor, 303, SAFETY)

    async def act_as(self, request: Request) -> Response:
        """Puts on somebody's shoes and goes back to where the person was."""
        role = fields_of(await request.body()).get("role", "")
        back = urlsplit(request.headers.get("referer", "/")).path
        response = RedirectResponse("/" + back.lstrip("/"), 303, SAFETY)
        if role in people.ROLES:
            response.set_cookie(people.COOKIE, role, httponly=True, samesite="strict")
        return response

    async def to_list(self, _request: Request) -> Response:
        return RedirectResponse("/", headers=SAFETY)

    async def to_check(self, request: Request) -> Response:
        run = self.world.state.checks.get(request.path_params["check"])
        pulls = self.world.state.pulls.values()
        found = next((pull for pull in pulls if run and pull.head_sha == run.head_sha), None)
        where = f"/{self.world.state.full_name}/pull/{found.number}#checks" if found else "/"
        return RedirectResponse(where, headers=SAFETY)

    def _found(self, request: Request) -> PullRequest:
        wanted = f"{request.path_params['owner']}/{request.path_params['repo']}"
        if wanted != self.world.state.full_name:
            raise Unknown(f"There is no repository {wanted} here.")
        return self.world.state.pull(request.path_params["number"])

    def _submitted(
        self, request: Request, pull: PullRequest, fields: dict[str, str]
    ) -> tuple[str, str]:
        by = people.person(request, self.world.state, pull)
        try:
            press = Press(self.world, pull, by, fields)
            return "done", submit(request.path_params["act"], press)
        except Refused as error:
            return "refused", str(error)

    def _kept(self, notice: tuple[str, str]) -> str:
        if not notice[1]:
            return ""
        key = secrets.token_urlsafe(6)
        self._notices[key] = notice
        while len(self._notices) > 50:
            self._notices.popitem(last=False)
        return f"?notice={key}"

    def _html(self, html: str, status: int = 200) -> Response:
        return HTMLResponse(html, status, SAFETY)
