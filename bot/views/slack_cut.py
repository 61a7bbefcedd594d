"""Where a text for Slack may be cut: at a word, and never within what belongs together."""

from __future__ import annotations

import re
import unicodedata

MORE = "…"

_ENTITY = re.compile("&(?:amp|lt|gt);")
_TOKEN = re.compile(r"<(?:[@#!]|https?:|mailto:)[^<>\n]*>")
_JOINERS = "\u200c\u200d"


def size(text: str) -> int:
    """How long Slack takes a text to be: in UTF-16 units, which are never fewer than characters."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, most: int) -> str:
    """At most `most` long as Slack counts, ended at a word with “…”.

    For finished text: what was escaped stays whole, so does what Slack reads between `<` and `>`,
    and whatever is shown as one character.
    """
    return parted(text, most)[0]


def parted(text: str, most: int) -> tuple[str, str]:
    """The text as `cut` leaves it, and what was cut off; the rest is empty where all fits."""
    if size(text) <= most:
        return text, ""
    if most < 1:
        return "", text
    end = _whole(text, _reach(text, most - 1))
    if not text[end].isspace():
        word = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
        end = _whole(text, word) if word > end // 2 else end
    return text[:end].rstrip(" \n,;:") + MORE, text[end:].strip()


def _reach(text: str, units: int) -> int:
    """How many characters fit into so many UTF-16 units."""
    end = min(len(text), units)
    while size(text[:end]) > units:
        end -= max(1, (size(text[:end]) - units) // 2)
    return end


def _whole(text: str, end: int) -> int:
    """The last place up to `end` that splits nothing that belongs together."""
    for pattern, opened in (
        (_ENTITY, text.rfind("&", max(0, end - 4), end)),
        (_TOKEN, text.rfind("<", 0, end)),
    ):
        found = pattern.match(text, opened) if opened >= 0 else None
        if found and found.end() > end:
            end = opened
    while 0 < end < len(text) and _joined(text, end):
        end -= 1
    return end


def _joined(text: str, at: int) -> bool:
    """Whether the characters before and after this place are shown as one.

    The greater part of https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries.
    """
    before, after = text[at - 1], text[at]
    if before in _JOINERS or after in _JOINERS or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\u1160" <= after <= "\u11ff":
        return True
    if not (_flag(before) and _flag(after)):
        return "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"
    first = at
    while first and _flag(text[first - 1]):
        first -= 1
    return (at - first) % 2 == 1


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
