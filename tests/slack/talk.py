"""People at work in Slack, in the words of a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cli.pair import Pair
from bot.core.review import Review
from bot.sandbox.slack.records import Answer, Json, Message, View
from tests.make import wait_until

MANAGER, LEAD, RESEARCH, ENGINEER = (
    "product-manager",
    "support-lead",
    "research-lead",
    "engineer",
)
TEXT = "Show a banner when an export fails, so that people know at once"
WHY = "When an export fails, I want to know it at once, so that I can start it again"


@dataclass
class Talk:
    """One conversation: a workspace and the bot in it."""

    pair: Pair

    @property
    def slack(self) -> Any:
        return self.pair.slack

    def settle(self) -> None:
        assert self.pair.settle()

    def propose(
        self,
        *switches: str,
        text: str = TEXT,
        channel: str = "proposals",
        by: str = MANAGER,
        **values: Any,
    ) -> Message:
        """A message whose review was opened by the message shortcut."""
        message: Message = self.slack.post(channel, by, text)
        self.shortcut(message, by)
        answer = self.submit(by, switches=list(switches or ("notice",)), overlays=[], **values)
        assert answer.ok, answer
        return message

    def shortcut(self, message: Message, by: str = MANAGER, name: str = "customer_impact") -> View:
        answer = self.slack.shortcut(by, name, message)
        assert answer.ok, answer
        return self.window(by)

    def window(self, user: str) -> View:
        """The window in front of somebody, filled."""
        self.settle()
        found: View | None = self.slack.modal(user)
        assert found is not None, "no window is open"
        return found

    def submit(self, user: str, **values: Any) -> Answer:
        """Send the window in front; `voice_line=` fills the field `voice.line`."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        answer: Answer = self.slack.submit(user, named)
        self.settle()
        return answer

    def press(self, user: str, message: Message, action: str, value: str = "") -> View | None:
        """Press something on the card below a proposal."""
        answer = self.slack.press(user, self.card(message), action, value or None)
        assert answer.ok, answer
        self.settle()
        found: View | None = self.slack.modal(user)
        return found

    def answer_all(self, message: Message, by: str = MANAGER, **more: Any) -> None:
        """The five answers of R1, through the wizard."""
        self.press(by, message, "answer")
        self.submit(by, who=["existing"])
        self.submit(by, why=WHY, voice="signal", voice__line="12 tickets about it this month")
        self.submit(by, effect="better", feeling="relieved", **more)

    def card(self, message: Message) -> Message:
        """The card below a proposal."""
        found = self._cards(message)
        assert len(found) == 1, [m.text for m in found]
        return found[0]

    def _cards(self, message: Message) -> list[Message]:
        posted = [m for m in self.thread(message) if m.metadata]
        return [m for m in posted if m.metadata["event_payload"]["key"].startswith("card:")]

    def thread(self, message: Message) -> list[Message]:
        """What the bot wrote in the thread."""
        self.settle()
        messages = self.slack.messages(self._channel(message), message.ts)
        return [m for m in messages if m.bot_id]

    def shown(self, message: Message) -> str:
        """All text of the card, as it is now."""
        return text_of(self.card(message).blocks)

    def shows(self, message: Message, text: str) -> None:
        """The card comes to say this, soon."""
        try:
            wait_until(lambda: self._cards(message) and text in self.shown(message))
        except AssertionError:
            raise AssertionError(f"{text!r} is not in {self.shown(message)}") from None

    def review(self, message: Message) -> Review:
        self.settle()
        found = self.pair.proposal(message.channel, message.ts)
        assert found is not None, "there is no review"
        return found

    def whispers(self, user: str) -> list[str]:
        """What only this person sees, newest last."""
        self.settle()
        return [text_of(each.blocks) or each.text for each in self.slack.ephemerals(user)]

    def _channel(self, message: Message) -> str:
        name: str = self.slack.workspace.channels[message.channel].id
        return name


def text_of(blocks: list[Json]) -> str:
    """Everything that is written in blocks, one text a line."""
    found: list[str] = []

    def look(value: Any, key: str = "") -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                look(part, name)
        elif isinstance(value, list):
            for part in value:
                look(part, key)
        elif key == "text" and isinstance(value, str):
            found.append(value)

    look(blocks)
    return "\n".join(found)


def fields(view: View) -> list[str]:
    """The block ids of what can be filled in."""
    return [block["block_id"] for block in view.blocks if block["type"] == "input"]
