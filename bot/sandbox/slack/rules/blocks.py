"""The rules for the blocks of a message, and for what makes a whole view."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.rules.check import EITHER, ID_LIMIT, PLAIN, Check
from bot.sandbox.slack.rules.elements import check_element
from bot.sandbox.slack.rules.rich_text import check_rich_text

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
VIEW_BYTES = 250_000
CONTEXT_TEXT = 2000
ALL_VIEWS = {"callback_id", "private_metadata", "external_id"}
MODALS = ALL_VIEWS | {"close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"}


def broken_in_message(blocks: Any) -> list[str]:
    """Everything that Slack would refuse in the blocks of a message."""
    check = Check()
    _blocks(check, "/blocks", blocks, MESSAGE_BLOCKS, least=0)
    return check.broken


def broken_in_view(view: Any, kind: str) -> list[str]:
    """Everything that Slack would refuse in a view; `kind` is modal or home."""
    check = Check()
    if not isinstance(view, dict):
        check.say("/view", "must provide an object")
        return check.broken
    if view.get("type") != kind:
        check.say("/view/type", f"must be one of: {kind}")
    required = {"type", "blocks"} | ({"title"} if kind == "modal" else set())
    check.keys("/view", view, required, MODALS if kind == "modal" else ALL_VIEWS)
    for key in ("title", "submit", "close"):
        check.text(f"/view/{key}", view.get(key), 24, PLAIN)
    check.string("/view/private_metadata", view.get("private_metadata"), 3000, 0)
    check.string("/view/callback_id", view.get("callback_id"), ID_LIMIT, 0)
    check.string("/view/external_id", view.get("external_id"), ID_LIMIT, 0)
    for key in ("clear_on_close", "notify_on_close", "submit_disabled"):
        check.boolean(f"/view/{key}", view.get(key))
    _blocks(check, "/view/blocks", view.get("blocks"), VIEW_BLOCKS, least=1)
    found = _dicts(view.get("blocks"))
    if kind == "modal" and view.get("submit") is None and _any(found, "input"):
        check.say("/view/submit", "missing required field: submit, for there are inputs")
    _one_focus(check, found)
    return check.broken


def too_large(view: Any) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace")) > VIEW_BYTES


def _blocks(check: Check, at: str, given: Any, most: int, least: int) -> None:
    for index, block in enumerate(check.array(at, given, most, least)):
        _block(check, f"{at}/{index}", block)
    ids = Counter(str(block["block_id"]) for block in _dicts(given) if block.get("block_id"))
    for block_id, times in ids.items():
        if times > 1:
            check.say(at, f"`block_id` {block_id} already exists")


def _block(check: Check, at: str, given: Any) -> None:
    name = given.get("type") if isinstance(given, dict) else None
    if name not in BLOCKS:
        check.say(at, f"unsupported type: {name}")
        return
    required, allowed, rule = BLOCKS[name]
    check.keys(at, given, {"type", *required}, {"block_id", *allowed})
    check.string(f"{at}/block_id", given.get("block_id"), ID_LIMIT)
    rule(check, at, given)


def _section(check: Check, at: str, given: Json) -> None:
    if "text" not in given and "fields" not in given:
        check.say(at, "must have text or fields")
    check.text(f"{at}/text", given.get("text"), 3000, EITHER)
    check.boolean(f"{at}/expand", given.get("expand"))
    for index, one in enumerate(check.array(f"{at}/fields", given.get("fields"), 10)):
        check.text(f"{at}/fields/{index}", one, 2000, EITHER)
    accessory = given.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        _image(check, f"{at}/accessory", accessory)
    elif "accessory" in given:
        check_element(check, f"{at}/accessory", accessory, "section")


def _header(check: Check, at: str, given: Json) -> None:
    check.text(f"{at}/text", given.get("text"), 150)


def _divider(_check: Check, _at: str, _given: Json) -> None:
    """A line has no rules."""


def _context(check: Check, at: str, given: Json) -> None:
    for index, one in enumerate(check.array(f"{at}/elements", given.get("elements"), 10)):
        place = f"{at}/elements/{index}"
        if isinstance(one, dict) and one.get("type") == "image":
            _image(check, place, one)
        else:
            check.text(place, one, CONTEXT_TEXT, EITHER)


def _image(check: Check, at: str, given: Json) -> None:
    check.keys(at, given, {"type", "image_url", "alt_text"}, set())
    check.string(f"{at}/image_url", given.get("image_url"), 3000)
    check.string(f"{at}/alt_text", given.get("alt_text"), 2000)


def _actions(check: Check, at: str, given: Json) -> None:
    found = check.array(f"{at}/elements", given.get("elements"), 25)
    for index, one in enumerate(found):
        check_element(check, f"{at}/elements/{index}", one, "actions")
    ids = Counter(str(one["action_id"]) for one in _dicts(found) if one.get("action_id"))
    for action_id, times in ids.items():
        if times > 1:
            check.say(f"{at}/elements", f"`action_id` {action_id} already exists in this block")


def _input(check: Check, at: str, given: Json) -> None:
    check.text(f"{at}/label", given.get("label"), 2000)
    check.text(f"{at}/hint", given.get("hint"), 2000)
    check.boolean(f"{at}/optional", given.get("optional"))
    check.boolean(f"{at}/dispatch_action", given.get("dispatch_action"))
    if "element" in given:
        check_element(check, f"{at}/element", given["element"], "input")


BLOCKS: dict[Any, tuple[set[str], set[str], Callable[[Check, str, Json], None]]] = {
    "section": (set(), {"text", "fields", "accessory", "expand"}, _section),
    "header": ({"text"}, set(), _header),
    "divider": (set(), set(), _divider),
    "context": ({"elements"}, set(), _context),
    "actions": ({"elements"}, set(), _actions),
    "input": ({"label", "element"}, {"hint", "optional", "dispatch_action"}, _input),
    "rich_text": ({"elements"}, set(), check_rich_text),
}


def _one_focus(check: Check, blocks: list[Json]) -> None:
    elements = [block.get("element") for block in blocks]
    elements += [one for block in blocks for one in _dicts(block.get("elements"))]
    elements += [block.get("accessory") for block in blocks]
    asking = [one for one in elements if isinstance(one, dict) and one.get("focus_on_load")]
    if len(asking) > 1:
        check.say("/view/blocks", "focus_on_load may be set on one element only")


def _any(blocks: list[Json], kind: str) -> bool:
    return any(block.get("type") == kind for block in blocks)


def _dicts(given: Any) -> list[Json]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
