"""The memory of the stand-in Slack: one workspace with its people, channels and messages."""

from __future__ import annotations

import random
import re
import string
import threading
import time
from collections.abc import Callable, Collection

from bot.sandbox.slack.records import (
    BrokenRule,
    Call,
    Channel,
    Ephemeral,
    Json,
    Message,
    Person,
    Refused,
)

ROLES = ("product-manager", "support-lead", "engineer", "designer", "research-lead")
LETTERS = string.ascii_uppercase + string.digits
BOT_USER, BOT_ID, APP_ID = "U0EMPTYCHAIR", "B0EMPTYCHAIR", "A0EMPTYCHAIR"


class Workspace:
    """Everything that is, behind one lock; whoever reads or writes more than one thing holds it.

    `clock` gives seconds since 1970; `seed` makes ids repeatable, without one they differ.
    """

    def __init__(
        self,
        *,
        team: str,
        domain: str,
        clock: Callable[[], float] = time.time,
        seed: int | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock, self.team, self.domain = clock, team, domain
        self.random = random.Random(seed)  # noqa: S311  # ids need to differ, not to be secret
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.ephemerals: list[Ephemeral] = []
        self.calls: list[Call] = []
        self.broken_rules: list[BrokenRule] = []
        self.url = ""
        self._last_ts = 0
        self.bot = Person(BOT_USER, "empty-chair", is_bot=True)
        self.people[BOT_USER] = self.bot
        for role in ROLES:
            self.person(role, email=f"{role}@acme.example")
        self.channel("proposals")
        self.channel("support")
        self.channel("pricing-council", private=True)

    def new_id(self, letter: str, length: int = 10) -> str:
        with self.lock:
            return letter + "".join(self.random.choices(LETTERS, k=length))

    def new_ts(self) -> str:
        """The time as Slack writes it; it names one message, so it never comes twice."""
        with self.lock:
            self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def person(self, name: str, *, email: str = "", is_bot: bool = False, tz: str = "") -> Person:
        """The person of that name, made at first mention."""
        with self.lock:
            for known in self.people.values():
                if known.name == name:
                    return known
            made = Person(self._readable_id("U0", name), name, email, is_bot, tz or "Etc/UTC")
            self.people[made.id] = made
            return made

    def known_person(self, user: str) -> Person:
        """Whoever has this id or this name."""
        with self.lock:
            found = self.people.get(user)
            found = found or next((p for p in self.people.values() if p.name == user), None)
        if found is None:
            raise Refused(f"Nobody here is called {user}.")
        return found

    def channel(
        self,
        name: str,
        *,
        private: bool | None = None,
        archived: bool | None = None,
        bot_is_member: bool | None = None,
        members: Collection[str] | None = None,
    ) -> Channel:
        """The channel of that name, made at first mention; what is said of it here holds from now.

        `members` are ids; the channel has everybody in it as long as nobody is named.
        """
        name = name.removeprefix("#")
        with self.lock:
            found = next((c for c in self.channels.values() if c.name == name), None)
            if found is None:
                found = Channel(self._readable_id("C0", name), name)
                self.channels[found.id] = found
            found.private = found.private if private is None else private
            found.archived = found.archived if archived is None else archived
            found.bot_is_member = found.bot_is_member if bot_is_member is None else bot_is_member
            found.members = found.members if members is None else frozenset(members)
            return found

    def known_channel(self, channel: str) -> Channel:
        """Whichever has this id or this name."""
        with self.lock:
            found = self.channels.get(channel)
            name = channel.removeprefix("#")
            found = found or next((c for c in self.channels.values() if c.name == name), None)
        if found is None:
            raise Refused(f"There is no channel {channel}.")
        return found

    def direct(self, user: str) -> Channel:
        """The direct message between the bot and this person."""
        with self.lock:
            for known in self.channels.values():
                if known.im_with == user:
                    return known
            made = Channel("D0" + user.removeprefix("U0"), "", True, im_with=user)
            made.members = frozenset({user})
            self.channels[made.id] = made
            return made

    def add(self, message: Message) -> Message:
        with self.lock:
            self.messages[message.channel, message.ts] = message
            return message

    def message(self, channel: str, ts: str) -> Message | None:
        with self.lock:
            return self.messages.get((channel, ts))

    def messages_in(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """Oldest first; with `thread_ts` the thread with its first message."""
        with self.lock:
            found = [m for m in self.messages.values() if m.channel == channel]
        if thread_ts is not None:
            found = [m for m in found if thread_ts in (m.ts, m.thread_ts)]
        return sorted(found, key=lambda message: message.ts)

    def whisper(
        self, user: str, channel: str, text: str, blocks: list[Json], thread_ts: str = ""
    ) -> Ephemeral:
        """Says something that only one person sees."""
        with self.lock:
            made = Ephemeral(self.new_ts(), user, channel, text, blocks, thread_ts)
            self.ephemerals.append(made)
            return made

    def broke(self, method: str, messages: Collection[str]) -> None:
        with self.lock:
            self.broken_rules.extend(BrokenRule(method, message) for message in messages)

    def permalink(self, channel: str, ts: str, thread_ts: str = "") -> str:
        """Where people look at one message."""
        thread = f"?thread_ts={thread_ts}&cid={channel}" if thread_ts else ""
        return f"{self.url}/archives/{channel}/p{ts.replace('.', '')}{thread}"

    def _readable_id(self, letter: str, name: str) -> str:
        """An id that tells whose it is; of two alike the second is numbered."""
        plain = re.sub("[^A-Z0-9]", "", name.upper())[:20] or self.new_id("", 8)
        made, number = letter + plain, 1
        while made in self.people or made in self.channels:
            number += 1
            made = f"{letter}{plain}{number}"
        return made
