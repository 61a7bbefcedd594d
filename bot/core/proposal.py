"""A proposal in Slack: what somebody wants to do, as its message says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.facts import Actor

UNPOSTED = "n:"  # begins the `ts` of a proposal without a message of its own


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a proposal stands. `team` is the workspace; both ids are Slack's own.

    `private` unless Slack said that anybody in the workspace may read there.
    """

    id: str
    team: str
    name: str = ""
    private: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it was last seen.

    `ts` names its message within the channel; one that was written in our window has "n:" and an id
    of ours, and its card is the message. `thread` is the message below which the card stands: empty
    where the card itself begins the thread. `switches` and `overlays` are
    what was said of it when it was opened: which things hold, and what kinds of change it is.
    """

    channel: Channel
    ts: str
    thread: str
    title: str
    body: str
    author: Actor
    url: str
    updated_at: datetime
    open: bool = True
    switches: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`C024BE91L/1700000000.000100`: for logs, so without a word of what was written."""
        return f"{self.channel.id}/{self.ts}"

    @property
    def unposted(self) -> bool:
        """It was written in our window: no message of a person holds it."""
        return self.ts.startswith(UNPOSTED)
