"""Collects every broken rule of one answer, in Slack's words and with the place that broke it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.sandbox.slack.records import Json

PLAIN = ("plain_text",)
EITHER = ("plain_text", "mrkdwn")
TEXT_KEYS = {"plain_text": {"emoji"}, "mrkdwn": {"verbatim"}}
ID_LIMIT = 255


class Check:
    """`broken` holds what was found; a place is a JSON pointer such as /blocks/0/text/text."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def say(self, at: str, rule: str) -> None:
        self.broken.append(f"{rule} [json-pointer:{at}]")

    def keys(
        self, at: str, given: Any, required: Collection[str], allowed: Collection[str]
    ) -> bool:
        """Whether it is an object at all; says what it lacks and what it has too much."""
        if not isinstance(given, dict):
            self.say(at, "must provide an object")
            return False
        for key in sorted(set(required) - set(given)):
            self.say(f"{at}/{key}", f"missing required field: {key}")
        for key in sorted(set(given) - set(required) - set(allowed)):
            self.say(f"{at}/{key}", f"invalid additional property: {key}")
        return True

    def string(self, at: str, given: Any, most: int, least: int = 1) -> bool:
        """A text of so many characters; None is not looked at."""
        if given is None:
            return True
        if not isinstance(given, str):
            self.say(at, "must be a string")
            return False
        if len(given) < least:
            self.say(at, f"must be more than {least - 1} characters")
        if len(given) > most:
            self.say(at, f"must be less than {most + 1} characters")
        return least <= len(given) <= most

    def array(self, at: str, given: Any, most: int, least: int = 1) -> list[Any]:
        """The items of a list of so many; of what is no list, none."""
        if not isinstance(given, list):
            if given is not None:
                self.say(at, "must be an array")
            return []
        if len(given) > most:
            self.say(at, f"no more than {most} items allowed")
        if len(given) < least:
            self.say(at, f"no less than {least} items allowed")
        return given

    def choice(self, at: str, given: Any, allowed: Collection[Any]) -> None:
        if given is not None and given not in allowed:
            self.say(at, f"must be one of: {', '.join(map(str, allowed))}")

    def boolean(self, at: str, given: Any) -> None:
        if given is not None and not isinstance(given, bool):
            self.say(at, "must be a boolean")

    def whole(self, at: str, given: Any, least: int, most: int) -> None:
        if given is None:
            return
        if isinstance(given, bool) or not isinstance(given, int):
            self.say(at, "must be an integer")
        elif not least <= given <= most:
            self.say(at, f"must be between {least} and {most}")

    def text(self, at: str, given: Any, most: int, kinds: Collection[str] = PLAIN) -> None:
        """A text object; None is not looked at."""
        if given is None:
            return
        kind = given.get("type") if isinstance(given, dict) else None
        if not self.keys(at, given, {"type", "text"}, TEXT_KEYS.get(str(kind), set())):
            return
        if kind is not None and kind not in kinds:
            self.say(f"{at}/type", f"must be one of: {', '.join(kinds)}")
        self.boolean(f"{at}/emoji", given.get("emoji"))
        self.boolean(f"{at}/verbatim", given.get("verbatim"))
        self.string(f"{at}/text", given.get("text"), most)

    def confirm(self, at: str, given: Any) -> None:
        """The question before something is done; None is not looked at."""
        if given is None:
            return
        parts = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        if self.keys(at, given, parts, {"style"}):
            for part, most in parts.items():
                kinds = EITHER if part == "text" else PLAIN
                self.text(f"{at}/{part}", given.get(part), most, kinds)
            self.choice(f"{at}/style", given.get("style"), ("primary", "danger"))

    def options(self, at: str, given: Any, most: int, kinds: Collection[str] = PLAIN) -> list[Json]:
        """The options of one element, each with a value of its own."""
        seen: set[str] = set()
        for index, option in enumerate(self.array(at, given, most)):
            place = f"{at}/{index}"
            if not self.keys(place, option, {"text", "value"}, {"description", "url"}):
                continue
            self.text(f"{place}/text", option.get("text"), 75, kinds)
            self.text(f"{place}/description", option.get("description"), 75, kinds)
            self.string(f"{place}/value", option.get("value"), 150)
            self.string(f"{place}/url", option.get("url"), 3000)
            if option.get("value") in seen:
                self.say(f"{place}/value", "must be unique among the options")
            seen.add(str(option.get("value")))
        return [option for option in given or [] if isinstance(option, dict)]
