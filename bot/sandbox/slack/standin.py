"""A Slack on loopback that people and tests drive: they write, press, fill in and look."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from bot.sandbox.server import Server
from bot.sandbox.slack.api import Api
from bot.sandbox.slack.deliveries import Sender
from bot.sandbox.slack.faults import SlackFaults
from bot.sandbox.slack.payloads import Payloads, typed_value
from bot.sandbox.slack.records import (
    Answer,
    BrokenRule,
    Call,
    Channel,
    Delivery,
    Ephemeral,
    Json,
    Message,
    Person,
    Refused,
    Shortcut,
    View,
)
from bot.sandbox.slack.site import site
from bot.sandbox.slack.socket import Sockets
from bot.sandbox.slack.submitting import refused_fields
from bot.sandbox.slack.values import Spot, spots, taken
from bot.sandbox.slack.views import Views, place
from bot.sandbox.slack.workspace import Workspace

SHORTCUTS = (
    Shortcut("Customer impact", "customer_impact"),
    Shortcut("Add as customer evidence", "customer_evidence"),
    Shortcut("New proposal", "customer_impact_new", "global"),
)


class StandInSlack:
    """One workspace. `events_url` is where the bot listens; empty sends over the bot's socket."""

    def __init__(
        self,
        events_url: str = "",
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str = "",
        port: int = 0,
        team: str = "T0ACME",
        domain: str = "acme",
        shortcuts: Sequence[Shortcut] = SHORTCUTS,
        clock: Callable[[], float] = time.time,
        seed: int | None = None,
    ) -> None:
        self.events_url = events_url
        self.shortcuts, self.bot_token, self.app_token = shortcuts, bot_token, app_token
        self.signing_secret = signing_secret
        self.faults = SlackFaults()
        self.workspace = Workspace(team=team, domain=domain, clock=clock, seed=seed)
        self.views = Views(self.workspace)
        self.sockets = Sockets(lambda: self.url)
        self.api = Api(self.workspace, self.views, self.sockets.address)
        self.sender = Sender(
            lambda: self.events_url, signing_secret, self.faults, self.sockets.send
        )
        self._payloads = Payloads(self.workspace, self.views)
        self._server = Server(site(self), "127.0.0.1", port)
        self.revoked = False
        self.answers: dict[str, tuple[str, str, str, int]] = {}

    # -- running ----------------------------------------------------------------------------------

    def start(self) -> None:
        self._server.start()
        self.workspace.url = self._server.url
        self.sockets.start()
        self.sender.start()

    def stop(self) -> None:
        self.sender.stop()
        self.sockets.stop()
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_user(self) -> str:
        return self.workspace.bot.id

    @property
    def calls(self) -> list[Call]:
        return list(self.workspace.calls)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def deliveries(self) -> list[Delivery]:
        return list(self.sender.deliveries)

    @property
    def broken_rules(self) -> list[BrokenRule]:
        return list(self.workspace.broken_rules)

    def wait_idle(self, timeout: float = 5) -> bool:
        return self.sender.wait_idle(timeout)

    def revoke(self) -> None:
        """The token works no more until it is reinstated."""
        self.revoked = True

    def reinstate(self) -> None:
        self.revoked = False

    # -- who and where ----------------------------------------------------------------------------

    def person(self, name: str, email: str = "") -> Person:
        return self.workspace.person(name, email=email)

    def channel(
        self,
        name: str,
        private: bool | None = None,
        archived: bool | None = None,
        bot_is_member: bool | None = None,
        members: Collection[str] | None = None,
    ) -> Channel:
        return self.workspace.channel(
            name, private=private, archived=archived, bot_is_member=bot_is_member, members=members
        )

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        found = self.workspace.known_channel(channel)
        messages = self.workspace.messages_in(found.id, thread_ts)
        return [message for message in messages if not message.deleted]

    def ephemerals(self, user: str) -> list[Ephemeral]:
        person = self.workspace.known_person(user)
        return [e for e in self.workspace.ephemerals if e.user == person.id and not e.deleted]

    # -- what people do ---------------------------------------------------------------------------

    def post(self, channel: str, user: str, text: str, thread_ts: str = "") -> Message:
        """Write a message; the bot hears of it where it is mentioned."""
        where, who = self.workspace.known_channel(channel), self.workspace.known_person(user)
        text = text.replace(f"@{self.workspace.bot.name}", f"<@{self.bot_user}>")
        made = Message(where.id, self.workspace.new_ts(), who.id, text, thread_ts=thread_ts)
        self.workspace.add(made)
        seen = not where.private or where.bot_is_member
        if f"<@{self.bot_user}>" in text and seen and where.bot_is_member:
            event = {
                "type": "app_mention",
                "user": who.id,
                "text": text,
                "ts": made.ts,
                "channel": where.id,
                "event_ts": made.ts,
            }
            self.send_event(event | ({"thread_ts": thread_ts} if thread_ts else {}))
        return made

    def edit(self, channel: str, ts: str, text: str) -> None:
        found = self.workspace.message(self.workspace.known_channel(channel).id, ts)
        if found is None:
            raise Refused("There is no such message.")
        found.text, found.edited = text, True

    def delete_message(self, channel: str, ts: str) -> None:
        found = self.workspace.message(self.workspace.known_channel(channel).id, ts)
        if found is None:
            raise Refused("There is no such message.")
        found.deleted = True

    def shortcut(self, user: str, callback_id: str, message: Message) -> Answer:
        who = self.workspace.known_person(user)
        to = self._answer_to(who.id, message.channel, message.thread_ts)
        body = self._payloads.of_message(who, callback_id, message, to)
        return self.sender.send("interaction", callback_id, body)

    def global_shortcut(self, user: str, callback_id: str) -> Answer:
        who = self.workspace.known_person(user)
        body = self._payloads.of_everywhere(who, callback_id)
        return self.sender.send("interaction", callback_id, body)

    def command(self, user: str, channel: str, text: str, command: str = "/impact") -> Answer:
        who, where = self.workspace.known_person(user), self.workspace.known_channel(channel)
        to = self._answer_to(who.id, where.id, "")
        body = self._payloads.command(who, where.id, command, text, to)
        answer = self.sender.send("command", command, body)
        if answer.ok and answer.json.get("text"):
            blocks = list(answer.json.get("blocks") or [])
            self.workspace.whisper(who.id, where.id, answer.text, blocks)
        return answer

    def press(
        self, user: str, message: Message | Ephemeral, action_id: str, value: Any = None
    ) -> Answer:
        who = self.workspace.known_person(user)
        spot = _spot(message.blocks, action_id)
        to = self._answer_to(who.id, message.channel, message.thread_ts)
        picked = taken(spot, value) if spot.type not in ("button", "overflow") else value
        body = self._payloads.pressed_in_message(who, message, spot, picked, to)
        return self.sender.send("interaction", action_id, body)

    # -- windows ----------------------------------------------------------------------------------

    def modal(self, user: str) -> View | None:
        return self.views.top(self.workspace.known_person(user).id)

    def fill(self, user: str, values: Mapping[str, Any]) -> View:
        """Put something into the fields of the window in front, by action or block id."""
        view = self._front(user)
        for name, value in values.items():
            at = place(view, name)
            spot = next(spot for spot in spots(view.blocks) if spot.place == at)
            view.typed[at] = taken(spot, value)
        return view

    def submit(self, user: str, values: Mapping[str, Any] | None = None) -> Answer:
        """Send the window in front. What Slack itself refuses is never sent."""
        view, who = self.fill(user, values or {}), self.workspace.known_person(user)
        refused = refused_fields(view)
        if refused:
            view.errors = refused
            return Answer(errors=refused, sent=False)
        body = self._payloads.submitted(who, view)
        answer = self.sender.send("interaction", view.callback_id, body)
        if 200 <= answer.status < 300:
            self.views.respond(who.id, answer.json)
        else:
            view.trouble = "We had some trouble connecting. Try again?"
        return answer

    def modal_press(self, user: str, action_id: str, value: Any = None) -> Answer:
        """Press or change something in the window; the bot hears of it at once."""
        view, who = self._front(user), self.workspace.known_person(user)
        spot = _spot(view.blocks, action_id)
        if spot.type != "button" and spot.type != "overflow":
            view.typed[spot.place] = taken(spot, value)
            value = typed_value(view, spot)
        body = self._payloads.pressed_in_view(who, view, spot, value)
        return self.sender.send("interaction", action_id, body)

    def close_modal(self, user: str) -> None:
        who = self.workspace.known_person(user)
        view = self.views.close(who.id)
        if view is not None and view.get("notify_on_close"):
            self.sender.send("interaction", "view_closed", self._payloads.closed(who, view))

    def open_home(self, user: str) -> None:
        who = self.workspace.known_person(user)
        event = {"type": "app_home_opened", "user": who.id, "tab": "home"}
        event |= {"channel": self.workspace.direct(who.id).id, "event_ts": self.workspace.new_ts()}
        self.send_event(event)

    def home(self, user: str) -> View | None:
        return self.views.homes.get(self.workspace.known_person(user).id)

    def home_press(self, user: str, action_id: str, value: Any = None) -> Answer:
        view, who = self.home(user), self.workspace.known_person(user)
        if view is None:
            raise Refused("The App Home is empty.")
        spot = _spot(view.blocks, action_id)
        body = self._payloads.pressed_in_view(who, view, spot, value)
        return self.sender.send("interaction", action_id, body)

    # -- events -----------------------------------------------------------------------------------

    def send_event(self, event: Json, event_id: str = "") -> None:
        id = event_id or self.workspace.new_id("Ev")
        self.sender.event(self._payloads.event(event, id), str(event.get("type")))

    def _front(self, user: str) -> View:
        found = self.modal(user)
        if found is None:
            raise Refused("No window is open.")
        return found

    def _answer_to(self, user: str, channel: str, thread: str) -> str:
        """Where the bot may answer five times within half an hour."""
        with self.workspace.lock:
            name = self.workspace.new_id("R", 20)
            self.answers[name] = (user, channel, thread, 5)
        return f"{self.url}/answers/{name}"


def _spot(blocks: Sequence[Json], action_id: str) -> Spot:
    found = list(spots(blocks))
    for spot in found:
        if spot.element.get("action_id") == action_id:
            return spot
    known = ", ".join(str(spot.element.get("action_id")) for spot in found)
    raise Refused(f"There is no {action_id} here; there are {known}.")
