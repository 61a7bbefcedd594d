"""What Slack itself says before a window is sent: required fields, lengths, numbers."""

from __future__ import annotations

from bot.sandbox.slack.records import View
from bot.sandbox.slack.values import Spot, spots, value_of


def refused_fields(view: View) -> dict[str, str]:
    """What stands in the way of sending, by block id."""
    found: dict[str, str] = {}
    for spot in spots(view.blocks):
        if spot.is_input and (why := _why(spot, value_of(spot, view.typed))):
            found[spot.place[0]] = why
    return found


def _why(spot: Spot, value: object) -> str:
    if value in (None, "", []):
        return "Please complete this required field." if spot.is_required else ""
    element = spot.element
    if spot.type == "number_input":
        return _number(spot, str(value))
    if isinstance(value, str) and spot.type.endswith("text_input"):
        if len(value) < int(element.get("min_length") or 0):
            return f"Use at least {element['min_length']} characters."
        if len(value) > int(element.get("max_length") or 3000):
            return f"Use at most {element.get('max_length', 3000)} characters."
    return ""


def _number(spot: Spot, value: str) -> str:
    element = spot.element
    try:
        number = float(value)
    except ValueError:
        return "Enter a number."
    if not element.get("is_decimal_allowed") and number != int(number):
        return "Enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Enter {element['min_value']} or more."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Enter {element['max_value']} or less."
    return ""
