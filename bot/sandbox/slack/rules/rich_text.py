"""The rules for rich text: sections, lists, quotes and code, and what stands in them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.rules.check import Check

PARTS = {
    "rich_text_section": set(),
    "rich_text_quote": {"border"},
    "rich_text_preformatted": {"border", "language"},
    "rich_text_list": {"style", "indent", "offset", "border"},
}
STYLES = {"bold", "italic", "strike", "code", "underline"}
LEAVES = {
    "text": ({"text"}, {"style"}),
    "link": ({"url"}, {"text", "style", "unsafe"}),
    "user": ({"user_id"}, {"style"}),
    "channel": ({"channel_id"}, {"style"}),
    "usergroup": ({"usergroup_id"}, {"style"}),
    "emoji": ({"name"}, {"unicode", "skin_tone", "style"}),
    "broadcast": ({"range"}, {"style"}),
    "date": ({"timestamp", "format"}, {"url", "fallback", "style"}),
}


def check_rich_text(check: Check, at: str, given: Any) -> None:
    """The whole block, from its elements down."""
    for index, part in enumerate(check.array(f"{at}/elements", given.get("elements"), 1000)):
        _part(check, f"{at}/elements/{index}", part)


def _part(check: Check, at: str, given: Any) -> None:
    name = given.get("type") if isinstance(given, dict) else None
    if name not in PARTS:
        check.say(at, f"unsupported type: {name}")
        return
    required = {"type", "elements"} | ({"style"} if name == "rich_text_list" else set())
    check.keys(at, given, required, PARTS[name])
    for index, inner in enumerate(check.array(f"{at}/elements", given.get("elements"), 1000)):
        place = f"{at}/elements/{index}"
        if name != "rich_text_list":
            _leaf(check, place, inner)
        elif isinstance(inner, dict) and inner.get("type") == "rich_text_section":
            _part(check, place, inner)
        else:
            check.say(place, "must be a rich_text_section")
    check.choice(f"{at}/style", given.get("style"), ("bullet", "ordered"))
    check.whole(f"{at}/indent", given.get("indent"), 0, 8)


def _leaf(check: Check, at: str, given: Any) -> None:
    name = given.get("type") if isinstance(given, dict) else None
    if name not in LEAVES:
        check.say(at, f"unsupported type: {name}")
        return
    required, allowed = LEAVES[name]
    check.keys(at, given, {"type", *required}, allowed)
    for key in required - {"timestamp"}:
        check.string(f"{at}/{key}", given.get(key), 3000 if key == "url" else 40_000)
    style = given.get("style")
    if style is not None and check.keys(f"{at}/style", style, set(), STYLES):
        for key, value in style.items():
            check.boolean(f"{at}/style/{key}", value)
