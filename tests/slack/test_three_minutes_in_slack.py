"""R1 takes three minutes at most in Slack, and R2 eight: counted step by step, as on GitHub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from bot.core.gate import standing
from bot.sandbox.slack.records import Message, View
from tests.flows.test_three_minutes import REPORT, Effort
from tests.slack.talk import MANAGER, TEXT, Talk, text_of

WHY = "When an export fails, I want to know at once, so that I can start it again"
R1: list[dict[str, Any]] = [
    {"who": ["existing"]},
    {"why": WHY, "voice": "signal"},
    {"effect": "better", "feeling": "relieved"},
]
R2: list[dict[str, Any]] = [
    {"who": ["existing"], "reach": "1-to-10", "not_served": "none",
     "not_served__line": "Everybody who exports gets the same banner"},
    {"why": WHY, "voice": "signal", "voice__line": "12 tickets about it this month"},
    {"effect": "better", "effect__line": "They see at once that it failed",
     "feeling": "relieved", "feeling__line": "They no longer wait for nothing",
     "value": "customer", "value__line": "They save an hour when it happens"},
    {"measure": "exports started again", "measure__today": "20", "measure__expected": "60",
     "measure__sure": "70"},
]  # fmt: skip
TIERS = {"R1": (["notice"], R1, 180), "R2": (["notice", "hard_to_undo"], R2, 480)}


@dataclass
class Hand:
    """Fills in windows, and counts what that takes."""

    talk: Talk
    effort: Effort

    def look(self, view: View) -> None:
        """All that is visible is read, once."""
        self.effort.reading += len(re.findall(r"\w+", text_of(view.blocks)))

    def put_in(self, values: dict[str, Any]) -> None:
        for value in values.values():
            self.effort.clicks += 1  # an option, or the field to type in
            self.effort.decisions += 2
            typed = isinstance(value, str) and (" " in value or value.isdecimal())
            self.effort.keys += len(value) if typed else 0
        self.effort.clicks += 1
        answer = self.talk.submit(MANAGER, **values)
        assert not answer.errors, answer.errors


def answered(
    talk: Talk, switches: list[str], steps: list[dict[str, Any]]
) -> tuple[Message, Effort]:
    """From the message to the last answer: two clicks open it, two more the wizard."""
    hand = Hand(talk, Effort(clicks=4))
    message: Message = talk.slack.post("proposals", MANAGER, TEXT)
    hand.look(talk.shortcut(message))
    hand.put_in({"switches": switches})
    view = talk.press(MANAGER, message, "answer")
    assert view is not None
    for values in steps:
        hand.look(talk.window(MANAGER))
        hand.put_in(values)
    return message, hand.effort


def row(tier: str, effort: Effort) -> str:
    return f"| {tier} in Slack | {effort.seconds:.0f} s | {effort.clicks} | {effort.keys} | 0 | 0 |"


@pytest.mark.parametrize("tier", TIERS)
def test_the_wizard_takes_no_longer_than_promised(talk: Talk, tier: str) -> None:
    switches, steps, limit = TIERS[tier]
    message, effort = answered(talk, switches, steps)
    review = talk.review(message)
    assert str(review.tier) == tier
    assert standing(review).missing == ()
    assert effort.seconds <= limit
    assert row(tier, effort) in REPORT.read_text(encoding="utf-8")
