"""What the flows ask of Slack: as small as they need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.proposal import Channel

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody in Slack as Slack tells of them; `email` is empty where we may not see it."""

    user: str
    name: str
    email: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it stands. `user` is empty for one that no person wrote."""

    ts: str
    thread: str
    user: str
    text: str


class Slack(Protocol):
    """What we ask of Slack. Every method raises `Transient`, or `Refused` where asking again will
    not help."""

    def open_view(self, trigger: str, view: Payload) -> None:
        """Open a window for who pressed; a trigger lasts three seconds."""

    def update_view(self, external_id: str, view: Payload) -> None:
        """Have a window that we opened show something else."""

    def publish_home(self, user: str, view: Payload) -> None:
        """Have the App Home of somebody show this."""

    def post(self, channel: str, thread: str, message: Payload, key: str) -> str:
        """Post a message, in a thread unless that is empty; gives its ts. `key` finds it again."""

    def find(self, channel: str, thread: str, key: str) -> str:
        """The ts of our message with that key in a thread, or in a channel; empty if none is."""

    def edit(self, channel: str, ts: str, message: Payload) -> None:
        """Have a message of ours say something else."""

    def whisper(self, channel: str, user: str, thread: str, message: Payload) -> None:
        """Say something that only one person sees."""

    def respond(self, url: str, message: Payload) -> None:
        """The same, to what somebody pressed or wrote; `url` came with that."""

    def channel(self, id: str, team: str) -> Channel:
        """A channel as it is now; private where Slack does not say otherwise. Refused as
        `channel_not_found` where we are not let in."""

    def members(self, channel: str) -> frozenset[str]:
        """Who is in a channel. Known for a minute."""

    def team(self) -> tuple[str, str]:
        """The workspace that we belong to, and our own user there."""

    def profile(self, user: str) -> Profile:
        """Somebody as Slack tells of them. Known for some minutes."""

    def message(self, channel: str, ts: str) -> Written | None:
        """A message as it stands; None where there is none, or we may not see it."""

    def permalink(self, channel: str, ts: str) -> str:
        """The web address of a message; empty where Slack gives none."""
