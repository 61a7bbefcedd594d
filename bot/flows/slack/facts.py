"""What Slack tells us, as small typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it, as Slack names them: the workspace, the id, a name that may change."""

    team: str
    user: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message that somebody did something with. `thread` is its own ts outside a thread; `user`
    is empty where no person wrote it; `text` is as Slack sends it."""

    channel: str
    ts: str
    thread: str
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry of a menu was chosen. `message` is None for the menu of the whole workspace."""

    by: Who
    name: str
    trigger: str
    message: Message | None
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A window as it stood: its callback id, our name for it, its memory, what was put in."""

    kind: str
    name: str
    metadata: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Something was pressed or picked. `value` is what the button or option says, `block` where it
    stands. `channel` and `message` are empty in a window; `window` is None outside of one."""

    by: Who
    action: str
    value: str
    block: str
    trigger: str
    channel: str = ""
    message: str = ""
    window: Window | None = None
    home: bool = False
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A window was sent."""

    by: Who
    window: Window


@dataclass(frozen=True, slots=True)
class Commanded:
    """Somebody wrote `/impact …`."""

    by: Who
    text: str
    channel: str
    trigger: str
    answer_to: str


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody wrote to us in a message."""

    by: Who
    message: Message


@dataclass(frozen=True, slots=True)
class AtHome:
    """Somebody looks at the App Home."""

    by: Who


Fact = Chosen | Pressed | Sent | Commanded | Mentioned | AtHome
STORED: TypeAdapter[Fact] = TypeAdapter(Fact)  # as a delivery keeps it
