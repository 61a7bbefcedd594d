"""The pages on which people use the stand-in: channels, windows, the App Home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.pages import SAFETY
from bot.sandbox.slack.drawing import Drawing
from bot.sandbox.slack.records import Answer, Ephemeral, Message, Person, Refused
from bot.sandbox.slack.values import MANY, spots

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import StandInSlack

COOKIE = "acting_as"
MAX_FORM = 1_000_000  # bytes; of a larger form nothing is read
COMMAND = "/impact"
Fields = dict[str, list[str]]


def page_routes(slack: StandInSlack) -> list[BaseRoute]:
    """Handlers run in threads: what they send to the bot makes it call us."""
    pages = Pages(slack)
    static = StaticFiles(directory=Path(__file__).with_name("static"))
    posts = {
        "/act-as": pages.act_as,
        "/say": pages.say,
        "/shortcut": pages.shortcut,
        "/press": pages.press,
        "/home/press": pages.home_press,
        "/window/send": pages.send,
        "/window/press": pages.window_press,
        "/window/close": pages.close,
    }
    return [
        Mount("/static", static),
        Route("/", pages.start),
        Route("/home", pages.home),
        Route("/pulse", pages.pulse),
        Route("/archives/{channel}", pages.channel),
        Route("/archives/{channel}/{message}", pages.channel),
        *(Route(path, _form(work), methods=["POST"]) for path, work in posts.items()),
    ]


def _form(work: Any) -> Any:
    """Reads the form, then does the work in a thread."""

    async def handle(request: Request) -> Response:
        raw = await request.body()
        fields: Fields = {}
        if len(raw) <= MAX_FORM:
            pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
            for name, value in pairs:
                fields.setdefault(name, []).append(value)
        response: Response = await run_in_threadpool(work, request, fields)
        return response

    return handle


class Pages:
    """Draws what is, and does what forms say as the person who is acted for."""

    def __init__(self, slack: StandInSlack) -> None:
        self._slack, self._drawing = slack, Drawing(slack)

    # -- looking ----------------------------------------------------------------------------------

    def start(self, _request: Request) -> Response:
        first = self._slack.workspace.known_channel("proposals")
        return RedirectResponse(f"/archives/{first.id}", headers=SAFETY)

    def channel(self, request: Request) -> Response:
        found = self._slack.workspace.channels.get(request.path_params["channel"])
        if found is None:
            return PlainTextResponse("There is no such channel.\n", 404, SAFETY)
        notice = request.query_params.get("notice", "")[:300]
        focus = str(request.path_params.get("message", ""))
        return HTMLResponse(
            self._drawing.channel_page(self._me(request), found, notice, focus), headers=SAFETY
        )

    def home(self, request: Request) -> Response:
        """Opening it tells the bot, as in Slack."""
        me = self._me(request)
        if "quiet" not in request.query_params:
            self._slack.open_home(me.id)
            self._slack.wait_idle(2)
        notice = request.query_params.get("notice", "")[:300]
        return HTMLResponse(self._drawing.home_page(me, notice), headers=SAFETY)

    def pulse(self, request: Request) -> Response:
        return PlainTextResponse(self._drawing.pulse(self._me(request)), headers=SAFETY)

    # -- doing ------------------------------------------------------------------------------------

    def act_as(self, request: Request, fields: Fields) -> Response:
        who = self._slack.workspace.people.get(_one(fields, "person"))
        response = self._back(request)
        if who is not None and not who.is_bot:
            response.set_cookie(COOKIE, who.id, httponly=True, samesite="strict")
        return response

    def say(self, request: Request, fields: Fields) -> Response:
        """What begins with the command goes to the bot; all else is a message."""
        me, text = self._me(request), _one(fields, "text").replace("\r\n", "\n").strip()
        channel, thread = _one(fields, "channel"), _one(fields, "thread")
        if not text:
            return self._back(request)
        try:
            if text.split(maxsplit=1)[0] == COMMAND:
                rest = text[len(COMMAND) :].strip()
                return self._back(request, _told(self._slack.command(me.id, channel, rest)))
            self._slack.post(channel, me.id, text, thread)
        except Refused as error:
            return self._back(request, str(error))
        return self._back(request)

    def shortcut(self, request: Request, fields: Fields) -> Response:
        me, name = self._me(request), _one(fields, "name")
        message = self._message(fields)
        if message is None:
            answer = self._slack.global_shortcut(me.id, name)
        else:
            answer = self._slack.shortcut(me.id, name, message)
        return self._back(request, _told(answer))

    def press(self, request: Request, fields: Fields) -> Response:
        me, (action, value) = self._me(request), _action(fields)
        message: Message | Ephemeral | None = self._message(fields) or self._whisper(fields, me)
        if message is None or not action:
            return self._back(request, "That is gone.")
        try:
            return self._back(
                request, _told(self._slack.press(me.id, message, action, value or None))
            )
        except Refused as error:
            return self._back(request, str(error))

    def home_press(self, request: Request, fields: Fields) -> Response:
        me, (action, value) = self._me(request), _action(fields)
        try:
            told = _told(self._slack.home_press(me.id, action, value or None))
        except Refused as error:
            told = str(error)
        return self._back(request, told, quiet=True)

    def send(self, request: Request, fields: Fields) -> Response:
        me = self._me(request)
        try:
            answer = self._slack.submit(me.id, self._typed(me, fields))
        except (Refused, KeyError) as error:
            return self._back(request, str(error), quiet=True)
        told = "" if answer.errors or answer.ok else _told(answer)
        return self._back(request, told, quiet=True)

    def window_press(self, request: Request, fields: Fields) -> Response:
        """What was typed so far stays; a field that tells at once is told."""
        me, (action, value) = self._me(request), _action(fields)
        try:
            self._slack.fill(me.id, self._typed(me, fields))
            view = self._slack.modal(me.id)
            typed = {place[1]: given for place, given in view.typed.items()} if view else {}
            told = _told(self._slack.modal_press(me.id, action, typed.get(action, value or None)))
        except (Refused, KeyError) as error:
            told = str(error)
        return self._back(request, told, quiet=True)

    def close(self, request: Request, _fields: Fields) -> Response:
        self._slack.close_modal(self._me(request).id)
        return self._back(request, quiet=True)

    # -- reading forms ----------------------------------------------------------------------------

    def _typed(self, me: Person, fields: Fields) -> dict[str, Any]:
        """What the form holds, by block id."""
        view = self._slack.modal(me.id)
        found: dict[str, Any] = {}
        for spot in spots(view.blocks) if view else ():
            if spot.is_input:
                given = fields.get(f"field:{spot.place[0]}", [])
                found[spot.place[0]] = given if spot.type in MANY else next(iter(given), None)
        return found

    def _message(self, fields: Fields) -> Message | None:
        return self._slack.workspace.message(_one(fields, "channel"), _one(fields, "ts"))

    def _whisper(self, fields: Fields, me: Person) -> Ephemeral | None:
        ts = _one(fields, "ts")
        return next((each for each in self._slack.ephemerals(me.id) if each.ts == ts), None)

    def _me(self, request: Request) -> Person:
        people = self._slack.workspace.people
        found = people.get(request.cookies.get(COOKIE, ""))
        if found is not None and not found.is_bot:
            return found
        return next(person for person in people.values() if not person.is_bot)

    def _back(self, request: Request, notice: str = "", quiet: bool = False) -> RedirectResponse:
        """To where the person was, with what there is to say."""
        where = "/" + urlsplit(request.headers.get("referer", "/")).path.lstrip("/")
        told = {"notice": notice} if notice else {}
        told |= {"quiet": "1"} if quiet and where == "/home" else {}
        return RedirectResponse(where + (f"?{urlencode(told)}" if told else ""), 303, SAFETY)


def _one(fields: Fields, name: str) -> str:
    return (fields.get(name) or [""])[0]


def _action(fields: Fields) -> tuple[str, str]:
    """A button says `action` and `value` in one; a menu says them apart."""
    pressed = _one(fields, "press")
    if pressed:
        action, _, value = pressed.partition(" ")
        return action, value
    action = _one(fields, "menu")
    return action, _one(fields, f"menu:{action}")


def _told(answer: Answer) -> str:
    """What Slack shows where the bot does not answer."""
    if answer.ok:
        return ""
    if answer.timed_out or not answer.status:
        return "Empty Chair did not answer. Is it running?"
    return f"Empty Chair answered {answer.status}."
