"""What people press, pick and fill in, as Slack's elements.

Texts are PLAIN: strangers' words may be given as they are. Values and ids are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from bot.views.slack_limits import (
    BUTTON,
    BUTTON_VALUE,
    DESCRIPTION,
    INPUT,
    OPTION,
    OPTION_VALUE,
    PLACEHOLDER,
    SELECT_OPTIONS,
    SHOWN_OPTIONS,
    Block,
    an_id,
    once,
    plain,
    require,
    some,
)
from bot.views.slack_text import MORE, clean, cut, escape, is_user, line, parted, safe_url

Number = int | Decimal


def button(
    text: str,
    action_id: str,
    value: str,
    style: str = "",
    url: str = "",
) -> Block:
    """A button. PLAIN text; style is empty, “primary” or “danger”; a url is a web address."""
    require(0 < len(value) <= BUTTON_VALUE, f"a button has a value of 1 to {BUTTON_VALUE}")
    require(style in ("", "primary", "danger"), "a button is plain, primary or danger")
    made = _element("button", action_id) | {"text": plain(text, BUTTON), "value": value}
    if style:
        made["style"] = style
    if url:
        require(bool(safe_url(url)), "a button leads to http or https")
        made["url"] = safe_url(url)
    return made


def option(value: str, text: str, description: str = "") -> Block:
    """One thing to pick. PLAIN texts; without a description, what does not fit goes on there."""
    require(0 < len(value) <= OPTION_VALUE, f"an option has a value of 1 to {OPTION_VALUE}")
    _, rest = parted(escape(line(text)), OPTION)
    made: Block = {"value": value, "text": plain(text, OPTION)}
    if line(description):
        made["description"] = plain(description, DESCRIPTION)
    elif rest:
        made["description"] = {**made["text"], "text": cut(MORE + rest, DESCRIPTION)}
    return made


def text_input(
    action_id: str,
    multiline: bool = False,
    initial: str = "",
    placeholder: str = "",
    most: int = INPUT,
    least: int = 0,
) -> Block:
    """A field to write in, for `least` to `most` characters. PLAIN initial text and placeholder."""
    require(1 <= most <= INPUT, f"a text input takes 1 to {INPUT} characters")
    require(
        0 <= least <= most, "a text input takes no fewer than nothing and no more than its most"
    )
    made = _element("plain_text_input", action_id, placeholder)
    made |= {"multiline": multiline, "max_length": most}
    if least:
        made["min_length"] = least
    shown = cut((clean if multiline else line)(initial), most)
    return made | ({"initial_value": shown} if shown else {})


def number_input(
    action_id: str,
    initial: Number | None = None,
    least: Number | None = None,
    most: Number | None = None,
    decimals: bool = False,
    placeholder: str = "",
) -> Block:
    """A field for a number between `least` and `most`; an initial one outside is left out."""
    require(least is None or most is None or least <= most, "a number has least up to most")
    made = _element("number_input", action_id, placeholder) | {"is_decimal_allowed": decimals}
    if initial is not None and not _within(initial, least, most, decimals):
        initial = None
    for name, number in (("initial_value", initial), ("min_value", least), ("max_value", most)):
        if number is not None:
            made[name] = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return made


def _within(number: Number, least: Number | None, most: Number | None, decimals: bool) -> bool:
    if not Decimal(number).is_finite() or (not decimals and number != int(number)):
        return False
    return (least is None or number >= least) and (most is None or number <= most)


def date_input(action_id: str, initial: date | None = None, placeholder: str = "") -> Block:
    """A field for a day."""
    made = _element("datepicker", action_id, placeholder)
    return made | ({"initial_date": initial.isoformat()} if initial else {})


def radio(action_id: str, options: Sequence[Block], initial: str = "") -> Block:
    """One of up to ten options, all in sight; an initial value that is none of them is left out."""
    made = _element("radio_buttons", action_id) | _options(options, SHOWN_OPTIONS, "radio buttons")
    return made | _picked_one(options, initial)


def checkboxes(action_id: str, options: Sequence[Block], initial: Collection[str] = ()) -> Block:
    """Any of up to ten options, all in sight."""
    made = _element("checkboxes", action_id) | _options(options, SHOWN_OPTIONS, "checkboxes")
    return made | _picked(options, initial)


def select(
    action_id: str, options: Sequence[Block], initial: str = "", placeholder: str = ""
) -> Block:
    """One of up to a hundred options, in a menu."""
    made = _element("static_select", action_id, placeholder)
    made |= _options(options, SELECT_OPTIONS, "options of a select")
    return made | _picked_one(options, initial)


def multi_select(
    action_id: str,
    options: Sequence[Block],
    initial: Collection[str] = (),
    placeholder: str = "",
) -> Block:
    """Any of up to a hundred options, in a menu."""
    made = _element("multi_static_select", action_id, placeholder)
    made |= _options(options, SELECT_OPTIONS, "options of a select")
    return made | _picked(options, initial)


def choices(
    action_id: str, options: Sequence[Block], many: bool, initial: Collection[str] = ()
) -> Block:
    """Up to ten options in sight, up to a hundred in a menu; one may be picked, or `many`."""
    shown = len(options) <= SHOWN_OPTIONS
    if many:
        return (checkboxes if shown else multi_select)(action_id, options, initial)
    return (radio if shown else select)(action_id, options, next(iter(initial), ""))


def users_select(action_id: str, initial: str = "", placeholder: str = "") -> Block:
    """One person of the workspace; an initial value that is no user's id is left out."""
    made = _element("users_select", action_id, placeholder)
    return made | ({"initial_user": initial} if is_user(initial) else {})


def _element(kind: str, action_id: str, placeholder: str = "") -> Block:
    made: Block = {"type": kind, "action_id": an_id(action_id, "an action_id")}
    if line(placeholder):
        made["placeholder"] = plain(placeholder, PLACEHOLDER)
    return made


def _options(options: Sequence[Block], most: int, what: str) -> Block:
    some(options, most, what)
    once((each["value"] for each in options), "value of an option")
    return {"options": list(options)}


def _picked(options: Sequence[Block], initial: Collection[str]) -> Block:
    picked = [each for each in options if each["value"] in initial]
    return {"initial_options": picked} if picked else {}


def _picked_one(options: Sequence[Block], initial: str) -> Block:
    picked = [each for each in options if each["value"] == initial]
    return {"initial_option": picked[0]} if picked else {}
