"""The pages: what one person sees of a channel, a window, their App Home."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from bot.sandbox.slack.mrkdwn import html, plain
from bot.sandbox.slack.records import Channel, Json, Message, Person, View
from bot.sandbox.slack.values import MANY, Spot, options_of, value_of

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import StandInSlack


class Drawing:
    """Draws; changes nothing."""

    def __init__(self, slack: StandInSlack) -> None:
        self._slack = slack
        self._jinja = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters |= {"plain": plain, "mrkdwn": self._mrkdwn}
        self._jinja.globals |= {
            "spot": Spot,
            "options_of": options_of,
            "many": MANY,
            "value_of": value_of,
        }

    def channel_page(self, me: Person, channel: Channel, notice: str, focus: str) -> str:
        """A channel with its threads unfolded, and whatever window stands over it."""
        space = self._slack.workspace
        messages = [m for m in space.messages_in(channel.id) if not m.deleted]
        threads = [
            (message, [m for m in messages if m.is_reply and m.thread_ts == message.ts])
            for message in messages
            if not message.is_reply
        ]
        whispers = [
            each
            for each in space.ephemerals
            if each.user == me.id and each.channel == channel.id and not each.deleted
        ][-3:]
        return self._page(
            "channel.html", me, channel=channel, threads=threads, whispers=whispers,
            notice=notice, focus=focus, title=f"#{channel.name}",
        )  # fmt: skip

    def home_page(self, me: Person, notice: str) -> str:
        """The App Home of one person."""
        home = self._slack.views.homes.get(me.id)
        return self._page("home.html", me, home=home, notice=notice, channel=None, title="Home")

    def pulse(self, me: Person) -> str:
        """Changes whenever anything that this person might see does."""
        space = self._slack.workspace
        with space.lock:
            parts: list[Any] = [
                [(m.ts, m.deleted, repr(m.blocks), m.text) for m in space.messages.values()],
                [(e.ts, e.deleted) for e in space.ephemerals if e.user == me.id],
                self._window(self._slack.views.top(me.id)),
                self._window(self._slack.views.homes.get(me.id)),
            ]
        return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]

    def _window(self, view: View | None) -> Any:
        return (view.id, view.hash, sorted(view.errors.items())) if view else None

    def _page(self, template: str, me: Person, **more: Any) -> str:
        space = self._slack.workspace
        with space.lock:
            shared = {
                "me": me,
                "people": [p for p in space.people.values() if not p.is_bot],
                "channels": [c for c in space.channels.values() if not c.im_with],
                "bot": space.bot,
                "names": {person.id: person.name for person in space.people.values()},
                "shortcuts": self._slack.shortcuts,
                "view": self._slack.views.top(me.id),
                "pulse": self.pulse(me),
                "clock": self._clock,
                "fields": _fields,
            }
            return self._jinja.get_template(template).render(**shared, **more)

    def _mrkdwn(self, text: str) -> Any:
        names = {person.id: person.name for person in self._slack.workspace.people.values()}
        return html(text, names)

    def _clock(self, message: Message) -> str:
        moment = datetime.fromtimestamp(float(message.ts), UTC)
        return f"{moment:%H:%M}"


def _fields(block: Json) -> list[Json]:
    """The elements of a block that can be pressed or filled in."""
    if block["type"] == "input":
        return [block["element"]]
    return list(block.get("elements") or [])
