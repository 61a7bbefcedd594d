"""Slack's limits, and who breaks them: us. https://docs.slack.dev/reference/block-kit"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bot.views.slack_text import NOTHING, cut, escape, line

Block = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
VIEW_BYTES = 250_000
METADATA = 3000
ID = 255
SECTION, FIELD, FIELDS = 3000, 2000, 10
HEADER, LABEL, PLACEHOLDER, TITLE = 150, 2000, 150, 24
CONTEXT = 2000
CONTEXT_ELEMENTS, ACTION_ELEMENTS = 10, 25
BUTTON, BUTTON_VALUE = 75, 2000
OPTION, DESCRIPTION, OPTION_VALUE = 75, 75, 150
SHOWN_OPTIONS, SELECT_OPTIONS = 10, 100
INPUT = 3000
FALLBACK = 3000
QUOTE = 3000
INPUTS = frozenset(
    {
        "plain_text_input",
        "number_input",
        "datepicker",
        "radio_buttons",
        "checkboxes",
        "static_select",
        "multi_static_select",
        "users_select",
    }
)


class BrokenLimit(ValueError):
    """What we built is nothing that Slack would take; the message names the rule."""


def require(held: bool, rule: str) -> None:
    """Stops what Slack would refuse, in words that name the rule."""
    if not held:
        raise BrokenLimit(rule)


def an_id(value: str, what: str) -> str:
    """The id, if it is one: not empty, and short enough."""
    require(0 < len(value) <= ID, f"{what} has 1 to {ID} characters")
    return value


def some(things: Sequence[Any], most: int, what: str) -> None:
    """From one to so many."""
    require(1 <= len(things) <= most, f"1 to {most} {what}, not {len(things)}")


def once(values: Iterable[str], what: str) -> None:
    """No value comes twice."""
    twice = [value for value, number in Counter(values).items() if number > 1]
    require(not twice, f"each {what} only once, but {', '.join(twice)}")


def plain(text: str, most: int) -> Block:
    """A PLAIN text object in one line; where nothing would be seen, “–”."""
    return {"type": "plain_text", "text": cut(escape(line(text)), most) or NOTHING, "emoji": True}


def plain_lines(text: str, most: int) -> Block:
    """A PLAIN text object that keeps its lines; where nothing would be seen, “–”."""
    return {**plain("", most), "text": cut(escape(text).strip(), most) or NOTHING}


def marked(text: str, most: int) -> Block:
    """A text object of OUR mrkdwn. Verbatim: Slack makes no link and no mention of bare words."""
    return {"type": "mrkdwn", "text": cut(text.strip(), most) or NOTHING, "verbatim": True}


def weight(payload: Block) -> int:
    """How many bytes Slack is sent."""
    return len(json.dumps(payload))
