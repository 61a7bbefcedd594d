"""People in Slack, each thing that they do acknowledged or done again, and what has to be on record
in the end."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.records import Answer, Json, Message
from bot.sandbox.slack.standin import StandInSlack
from tests.flows.people import BODY

MANAGER, LEAD = "product-manager", "support-lead"
STEPS: dict[str, tuple[str, Json]] = {
    "who": ("who", {"who": ["existing"]}),
    "why": ("voice", {"why": "People with migraines cannot read the page for long."}),
    "voice": ("voice", {"voice": "signal", "voice.line": "12 tickets about it this month"}),
    "effect": ("effect", {"effect": "better"}),
    "feeling": ("effect", {"feeling": "relieved"}),
}


@dataclass
class Proposed:
    """One proposal: what people still have in mind, and what was acknowledged."""

    message: Message
    left: list[str]
    said: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        return f"p:{self.message.channel}:{self.message.ts}"


class SlackCrowd:
    """What was not acknowledged is sent again, as a person would: the same words, a new press."""

    def __init__(self, slack: StandInSlack, chance: random.Random, most: int) -> None:
        self._slack, self._chance, self._most = slack, chance, most
        self.proposed: list[Proposed] = []

    @property
    def busy(self) -> bool:
        return len(self.proposed) < self._most or any(each.left for each in self.proposed)

    def act(self) -> None:
        """Somebody does something."""
        waiting = [each for each in self.proposed if each.left]
        if len(self.proposed) < self._most and (not waiting or self._chance.random() < 0.3):
            message = self._slack.post("proposals", MANAGER, BODY)
            left = self._chance.sample(sorted(STEPS), self._chance.randint(1, len(STEPS)))
            ends = self._chance.choice([[], ["object"], ["decide"], ["object", "decide"]])
            self.proposed.append(Proposed(message, ["open", *left, *ends]))
        elif waiting:
            self._go_on(self._chance.choice(waiting))

    def forget(self) -> None:
        """What was begun and never opened was never proposed."""
        self._most = len(self.proposed)
        for each in self.proposed:
            each.left = []
        self.proposed = [each for each in self.proposed if each.said]

    def _go_on(self, one: Proposed) -> None:
        what = one.left[0]
        answer = self._done(one, what)
        if answer.ok and answer.action in ("clear", "update"):
            one.said.append(one.left.pop(0))

    def _done(self, one: Proposed, what: str) -> Answer:
        if what == "open":
            state = {"channel": one.message.channel, "ts": one.message.ts}
            values = {"switches": ["notice"], "title": "Add a dark theme to every page"}
            return self._send(MANAGER, "propose", state, values)
        if what == "object":
            values = {"stance": "object", "reason": "Nobody asked those who like it light"}
            return self._send(LEAD, "consent", {"ref": one.ref}, values)
        if what == "decide":
            values = {"how": "rejected", "sentence": "We leave the theme as it is today."}
            return self._send(MANAGER, "decide", {"ref": one.ref}, values)
        step, values = STEPS[what]
        return self._send(MANAGER, "answer", {"ref": one.ref, "step": step}, values)

    def _send(self, user: str, kind: str, state: Json, values: Json) -> Answer:
        person = self._slack.person(user)
        put_in = {block: {block: _entry(value)} for block, value in values.items()}
        view = {"type": "modal", "callback_id": kind, "private_metadata": json.dumps(state)}
        body: dict[str, Any] = {
            "type": "view_submission",
            "team": {"id": self._slack.workspace.team},
            "user": {"id": person.id, "name": person.name, "team_id": self._slack.workspace.team},
            "trigger_id": self._slack.views.trigger(person.id),
            "view": {**view, "state": {"values": put_in}},
        }
        return self._slack.sender.send("interaction", kind, body)


def _entry(value: Any) -> Json:
    """One value as Slack tells it: what is one word is an option."""
    if isinstance(value, list):
        options = [{"value": each} for each in value]
        return {"type": "checkboxes", "selected_options": options}
    if " " in value:
        return {"type": "plain_text_input", "value": value}
    return {"type": "radio_buttons", "selected_option": {"value": value}}
