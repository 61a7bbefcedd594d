"""What the stand-in Slack remembers, as small records named as in Slack.

Messages and views change while they are known, so they are not frozen; whoever reads more than one
of them holds the workspace's lock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Place = tuple[str, str]  # block_id and action_id: where a value stands in a view


class Refused(Exception):
    """Slack would not let this person do that; the text is kind and may be shown as it is."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One entry in Slack's menus: of a message ("⋯") or of the whole workspace (the lightning)."""

    name: str
    callback_id: str
    kind: Literal["message", "global"] = "message"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace; `tz` is a name such as Europe/Berlin."""

    id: str
    name: str
    email: str = ""
    is_bot: bool = False
    tz: str = "Etc/UTC"


@dataclass(slots=True)
class Channel:
    """A channel or a direct message; `members` None means everybody, `im_with` makes it direct."""

    id: str
    name: str
    private: bool = False
    archived: bool = False
    bot_is_member: bool = True
    members: frozenset[str] | None = None
    im_with: str = ""

    def has(self, user: str) -> bool:
        return self.members is None or user in self.members


@dataclass(slots=True)
class Message:
    """One message; `bot_id` is empty for a person's, `thread_ts` for one outside a thread.

    A deleted one stays known here, as `deleted`, and is no longer told to the bot. `broadcast` is a
    reply that was sent to the channel, too.
    """

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    metadata: Json = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    broadcast: bool = False

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True)
class Ephemeral:
    """What only `user` sees; in Slack it is gone when they reload Slack."""

    ts: str
    user: str
    channel: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    deleted: bool = False


@dataclass(slots=True)
class View:
    """One modal or App Home of one person.

    `view["blocks"]` and so on give what the bot sent, with the ids that Slack filled in. `typed`
    holds what the person has put in so far, `errors` what the last submit was refused for, by
    block_id. `is_open` is False once it is closed.
    """

    id: str
    user: str
    data: Json
    hash: str
    root_id: str
    previous_id: str = ""
    typed: dict[Place, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    is_open: bool = True

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    @property
    def external_id(self) -> str:
        return str(self.data.get("external_id") or "")

    @property
    def callback_id(self) -> str:
        return str(self.data.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.data.get("private_metadata") or "")

    @property
    def title(self) -> str:
        return str((self.data.get("title") or {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.data.get("blocks") or [])


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call of the bot; `status` is 0 where the answer was withheld.

    `error` is Slack's name of what went wrong, empty when it went well; `at` is in seconds.
    """

    method: str
    args: Json
    status: int
    at: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to reach the bot; `status` 0: nobody answered in time, or it was lost.

    `kind` is event, interaction or command, `name` what it was about, `attempt` counts from 0.
    """

    kind: str
    name: str
    id: str
    attempt: int
    status: int
    seconds: float
    at: float
    body: bytes = b""
    reason: str = ""
    lost: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """What Slack refused in blocks or a view of the bot, in Slack's own words."""

    method: str
    message: str

    def __str__(self) -> str:
        return f"{self.method}: {self.message}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to something that a person did.

    `status` is 0 when it did not answer in time (then `timed_out`) or could not be reached.
    `errors` is {block_id: text}, from the bot or from Slack's own look at the fields; what Slack
    itself refused was never sent (`sent`). `action` is the response_action, if there was one.
    """

    status: int = 0
    body: str = ""
    timed_out: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    action: str = ""
    sent: bool = True
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and not self.errors

    @property
    def json(self) -> Json:
        """The body as an object; empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """What a person reads: the text of the message in the body, or the body itself."""
        found = self.json
        return str(found.get("text", "")) if found else self.body
