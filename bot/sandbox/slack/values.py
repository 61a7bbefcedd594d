"""Values in a view: what stands in its fields, what a person puts in, how Slack tells the bot."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.records import Json, Place, Refused

TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
# For elements that hold ids or times: the key that sets the first value, and the one that tells it.
PLAIN = {
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "multi_users_select": ("initial_users", "selected_users"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
}
ONE_OPTION = ("static_select", "radio_buttons")
MANY_OPTIONS = ("checkboxes", "multi_static_select")
MANY = (*MANY_OPTIONS, "multi_users_select", "multi_conversations_select", "multi_channels_select")
STATEFUL = (*TEXTS, *PLAIN, *ONE_OPTION, *MANY_OPTIONS)


@dataclass(frozen=True, slots=True)
class Spot:
    """One element of a block, in its place."""

    block: Json
    element: Json

    @property
    def place(self) -> Place:
        return self.block["block_id"], self.element.get("action_id", "")

    @property
    def type(self) -> str:
        return str(self.element.get("type"))

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")

    @property
    def is_required(self) -> bool:
        return self.is_input and not self.block.get("optional", False)


def spots(blocks: Sequence[Json]) -> Iterator[Spot]:
    """Everything that can be pressed or filled in, from top to bottom."""
    for block in blocks:
        if block.get("type") == "section" and "accessory" in block:
            yield Spot(block, block["accessory"])
        elif block.get("type") == "input":
            yield Spot(block, block["element"])
        elif block.get("type") == "actions":
            for element in block["elements"]:
                yield Spot(block, element)


def named(blocks: Sequence[Json], new_id: Callable[[], str]) -> list[Json]:
    """A copy in which every block and element has an id, as Slack fills them in."""
    made = copy.deepcopy(list(blocks))
    for block in made:
        block.setdefault("block_id", new_id())
    for spot in spots(made):
        if spot.type != "image":
            spot.element.setdefault("action_id", new_id())
    return made


def options_of(element: Json) -> list[Json]:
    """All options, also those in groups."""
    groups = element.get("option_groups") or []
    grouped = [option for group in groups for option in group.get("options") or []]
    return list(element.get("options") or []) + grouped


def first_value(element: Json) -> Any:
    """What stands in a field before anybody touched it: a text, an id, option values, or None."""
    kind = element["type"]
    if kind in TEXTS:
        return element.get("initial_value")
    if kind in ONE_OPTION:
        return (element.get("initial_option") or {}).get("value")
    if kind in MANY_OPTIONS:
        return [option["value"] for option in element.get("initial_options") or []]
    found = element.get(PLAIN[kind][0])
    return list(found or []) if kind in MANY else found


def value_of(spot: Spot, typed: Mapping[Place, Any]) -> Any:
    return typed[spot.place] if spot.place in typed else first_value(spot.element)


def taken(spot: Spot, given: Any) -> Any:
    """What a person puts into this field, in the form that is kept. Raises Refused."""
    if spot.type in MANY:
        several = [given] if isinstance(given, str) else list(given or [])
        return [_one(spot, str(each)) for each in several]
    if given is None or given == "":
        return None
    if spot.type == "datetimepicker":
        return int(given)
    return _one(spot, str(given))


def _one(spot: Spot, given: str) -> str:
    if spot.type not in ONE_OPTION + MANY_OPTIONS:
        return given
    known = [option["value"] for option in options_of(spot.element)]
    if given not in known:
        raise Refused(f"“{given}” is none of the options here: {', '.join(known)}.")
    return given


def entry(element: Json, value: Any) -> Json:
    """One entry of `state.values`, and what an action tells of a field."""
    kind = element["type"]
    if kind in TEXTS:
        return {"type": kind, "value": value}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, value)}
    if kind in MANY_OPTIONS:
        found = [_option(element, each) for each in value]
        return {"type": kind, "selected_options": found}
    return {"type": kind, PLAIN[kind][1]: value}


def _option(element: Json, value: str | None) -> Json | None:
    return next((option for option in options_of(element) if option["value"] == value), None)


def state_values(blocks: Sequence[Json], typed: Mapping[Place, Any]) -> Json:
    """`state.values` as Slack tells it: every field that holds something, by block and action."""
    values: Json = {}
    for spot in spots(blocks):
        if spot.type in STATEFUL:
            block_id, action_id = spot.place
            told = entry(spot.element, value_of(spot, typed))
            values.setdefault(block_id, {})[action_id] = told
    return values


def kept(blocks: Sequence[Json], typed: Mapping[Place, Any]) -> dict[Place, Any]:
    """What was typed and still has its field in the new blocks, under the same two ids.

    A chosen option has to be offered still.
    """
    fields = [spot for spot in spots(blocks) if spot.type in STATEFUL and spot.place in typed]
    return {spot.place: typed[spot.place] for spot in fields if _still_fits(spot, typed)}


def _still_fits(spot: Spot, typed: Mapping[Place, Any]) -> bool:
    value = typed[spot.place]
    if isinstance(value, list) != (spot.type in MANY):
        return False
    if spot.type not in ONE_OPTION + MANY_OPTIONS:
        return True
    chosen = value if isinstance(value, list) else [value] if value else []
    return set(chosen) <= {option["value"] for option in options_of(spot.element)}
