"""The rules for what can be pressed and filled in: buttons, menus, fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.rules.check import EITHER, ID_LIMIT, Check

DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WEB = re.compile(r"(https?|mailto|slack)://?\S+|mailto:\S+")
EVERYWHERE = frozenset({"section", "actions", "input"})
PRESSED = frozenset({"section", "actions"})
MANY_AT = frozenset({"section", "input"})
INPUT = frozenset({"input"})
HELD = {"action_id", "confirm", "focus_on_load"}
TYPED = {"action_id", "focus_on_load", "placeholder", "initial_value", "dispatch_action_config"}
FILTER = {"include", "exclude_external_shared_channels", "exclude_bot_users"}


@dataclass(frozen=True, slots=True)
class Kind:
    """Where an element may stand, what it needs and may have, and what else holds for it."""

    where: frozenset[str]
    required: frozenset[str]
    allowed: frozenset[str]
    rule: Callable[[Check, str, Json], None]


def check_element(check: Check, at: str, given: Any, where: str) -> None:
    """`where` is the block's type: section, actions or input."""
    name = given.get("type") if isinstance(given, dict) else None
    kind = KINDS.get(str(name))
    if kind is None or where not in kind.where:
        check.say(at, f"unsupported type: {name}")
        return
    check.keys(at, given, {"type", *kind.required}, kind.allowed)
    check.string(f"{at}/action_id", given.get("action_id"), ID_LIMIT)
    check.text(f"{at}/placeholder", given.get("placeholder"), 150)
    check.confirm(f"{at}/confirm", given.get("confirm"))
    check.boolean(f"{at}/focus_on_load", given.get("focus_on_load"))
    kind.rule(check, at, given)


def _button(check: Check, at: str, given: Json) -> None:
    check.text(f"{at}/text", given.get("text"), 75)
    check.string(f"{at}/value", given.get("value"), 2000)
    check.string(f"{at}/accessibility_label", given.get("accessibility_label"), 75)
    check.choice(f"{at}/style", given.get("style"), ("primary", "danger"))
    given_well = check.string(f"{at}/url", given.get("url"), 3000) and "url" in given
    if given_well and not WEB.fullmatch(given["url"]):
        check.say(f"{at}/url", "must be a valid URL")


def _overflow(check: Check, at: str, given: Json) -> None:
    check.options(f"{at}/options", given.get("options"), 5)


def _checkboxes(check: Check, at: str, given: Json) -> None:
    known = check.options(f"{at}/options", given.get("options"), 10, EITHER)
    first = check.array(f"{at}/initial_options", given.get("initial_options"), 10)
    for index, option in enumerate(first):
        _offered(check, f"{at}/initial_options/{index}", option, known)


def _radio(check: Check, at: str, given: Json) -> None:
    known = check.options(f"{at}/options", given.get("options"), 10, EITHER)
    _offered(check, f"{at}/initial_option", given.get("initial_option"), known)


def _select(check: Check, at: str, given: Json) -> None:
    if ("options" in given) == ("option_groups" in given):
        check.say(at, "must have either options or option_groups")
    known = check.options(f"{at}/options", given.get("options"), 100)
    groups = check.array(f"{at}/option_groups", given.get("option_groups"), 100)
    for index, group in enumerate(groups):
        place = f"{at}/option_groups/{index}"
        if check.keys(place, group, {"label", "options"}, set()):
            check.text(f"{place}/label", group.get("label"), 75)
            known = [*known, *check.options(f"{place}/options", group.get("options"), 100)]
    _offered(check, f"{at}/initial_option", given.get("initial_option"), known)
    first = check.array(f"{at}/initial_options", given.get("initial_options"), 100)
    for index, option in enumerate(first):
        _offered(check, f"{at}/initial_options/{index}", option, known)
    check.whole(f"{at}/max_selected_items", given.get("max_selected_items"), 1, 100)


def _offered(check: Check, at: str, given: Any, known: list[Json]) -> None:
    if given is not None and given not in known:
        check.say(at, "must be one of the options, alike in every part")


def _ids(check: Check, at: str, given: Json) -> None:
    for key in ("initial_user", "initial_conversation", "initial_channel"):
        check.string(f"{at}/{key}", given.get(key), 30)
    for key in ("initial_users", "initial_conversations", "initial_channels"):
        for index, one in enumerate(check.array(f"{at}/{key}", given.get(key), 100)):
            check.string(f"{at}/{key}/{index}", one, 30)
    check.whole(f"{at}/max_selected_items", given.get("max_selected_items"), 1, 100)
    if "filter" in given:
        check.keys(f"{at}/filter", given["filter"], set(), FILTER)


def _date(check: Check, at: str, given: Json) -> None:
    _matches(check, f"{at}/initial_date", given.get("initial_date"), DATE, "YYYY-MM-DD")


def _time(check: Check, at: str, given: Json) -> None:
    _matches(check, f"{at}/initial_time", given.get("initial_time"), TIME, "HH:mm")


def _date_and_time(check: Check, at: str, given: Json) -> None:
    most, least = 9_999_999_999, 1_000_000_000  # ten digits, as Slack wants them
    check.whole(f"{at}/initial_date_time", given.get("initial_date_time"), least, most)


def _matches(check: Check, at: str, given: Any, pattern: re.Pattern[str], form: str) -> None:
    if given is not None and not (isinstance(given, str) and pattern.fullmatch(given)):
        check.say(at, f"must be of the form {form}")


def _text(check: Check, at: str, given: Json) -> None:
    check.boolean(f"{at}/multiline", given.get("multiline"))
    check.whole(f"{at}/min_length", given.get("min_length"), 0, 3000)
    check.whole(f"{at}/max_length", given.get("max_length"), 1, 3000)
    least, most = given.get("min_length") or 0, given.get("max_length") or 3000
    if isinstance(least, int) and isinstance(most, int) and least > most:
        check.say(f"{at}/min_length", "must not be more than max_length")
    if isinstance(most, int):
        check.string(f"{at}/initial_value", given.get("initial_value"), most, 0)
    _dispatch(check, at, given)


def _number(check: Check, at: str, given: Json) -> None:
    check.boolean(f"{at}/is_decimal_allowed", given.get("is_decimal_allowed"))
    for key in ("initial_value", "min_value", "max_value"):
        well = check.string(f"{at}/{key}", given.get(key), 30) and given.get(key) is not None
        if well and not re.fullmatch(r"-?\d+(\.\d+)?", given[key]):
            check.say(f"{at}/{key}", "must be a number, written as a string")
    _dispatch(check, at, given)


def _line(check: Check, at: str, given: Json) -> None:
    check.string(f"{at}/initial_value", given.get("initial_value"), 3000, 0)
    _dispatch(check, at, given)


def _dispatch(check: Check, at: str, given: Json) -> None:
    place = f"{at}/dispatch_action_config"
    config = given.get("dispatch_action_config")
    if config is not None and check.keys(place, config, set(), {"trigger_actions_on"}):
        chosen = check.array(f"{place}/trigger_actions_on", config.get("trigger_actions_on"), 2)
        for one in chosen:
            check.choice(place, one, ("on_enter_pressed", "on_character_entered"))


def _kind(
    where: frozenset[str],
    rule: Callable[[Check, str, Json], None],
    allowed: set[str],
    required: str = "",
) -> Kind:
    return Kind(where, frozenset(required.split()), frozenset(allowed), rule)


LIST = HELD | {"placeholder", "options", "option_groups"}
SEVERAL = HELD | {"placeholder", "max_selected_items"}
TALK = {"default_to_current_conversation", "filter"}
KINDS = {
    "button": _kind(
        PRESSED,
        _button,
        {"action_id", "url", "value", "style", "confirm", "accessibility_label"},
        "text",
    ),
    "overflow": _kind(PRESSED, _overflow, {"action_id", "confirm"}, "options"),
    "checkboxes": _kind(EVERYWHERE, _checkboxes, HELD | {"initial_options"}, "options"),
    "radio_buttons": _kind(EVERYWHERE, _radio, HELD | {"initial_option"}, "options"),
    "static_select": _kind(EVERYWHERE, _select, LIST | {"initial_option"}),
    "multi_static_select": _kind(MANY_AT, _select, LIST | SEVERAL | {"initial_options"}),
    "users_select": _kind(EVERYWHERE, _ids, HELD | {"placeholder", "initial_user"}),
    "multi_users_select": _kind(MANY_AT, _ids, SEVERAL | {"initial_users"}),
    "conversations_select": _kind(
        EVERYWHERE,
        _ids,
        HELD | TALK | {"placeholder", "initial_conversation", "response_url_enabled"},
    ),
    "multi_conversations_select": _kind(MANY_AT, _ids, SEVERAL | TALK | {"initial_conversations"}),
    "channels_select": _kind(
        EVERYWHERE, _ids, HELD | {"placeholder", "initial_channel", "response_url_enabled"}
    ),
    "multi_channels_select": _kind(MANY_AT, _ids, SEVERAL | {"initial_channels"}),
    "datepicker": _kind(EVERYWHERE, _date, HELD | {"placeholder", "initial_date"}),
    "timepicker": _kind(EVERYWHERE, _time, HELD | {"placeholder", "initial_time", "timezone"}),
    "datetimepicker": _kind(
        frozenset({"actions", "input"}), _date_and_time, HELD | {"initial_date_time"}
    ),
    "plain_text_input": _kind(INPUT, _text, TYPED | {"multiline", "min_length", "max_length"}),
    "number_input": _kind(INPUT, _number, TYPED | {"min_value", "max_value"}, "is_decimal_allowed"),
    "email_text_input": _kind(INPUT, _line, TYPED),
    "url_text_input": _kind(INPUT, _line, TYPED),
}
