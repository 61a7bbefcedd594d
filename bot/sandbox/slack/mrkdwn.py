"""Slack's own markup as HTML: what it says, escaped, with bold, links, mentions and dates drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

TOKEN = re.compile(r"<([^<>]*)>")
ENTITY = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENTITIES = re.compile("|".join(ENTITY))
_CODE = re.compile(r"`([^`\n]+)`")
_MARKS = (
    (re.compile(r"(?<![\w*])\*(\S(?:[^\n]*?\S)?)\*(?![\w*])"), "b"),
    (re.compile(r"(?<![\w_])_(\S(?:[^\n]*?\S)?)_(?![\w_])"), "i"),
    (re.compile(r"(?<![\w~])~(\S(?:[^\n]*?\S)?)~(?![\w~])"), "s"),
)


def plain(text: str) -> str:
    """The text of a plain_text object as it is shown."""
    return _ENTITIES.sub(lambda found: ENTITY[found[0]], text)


def html(text: str, names: Mapping[str, str]) -> Markup:
    """The text of a mrkdwn object as HTML. `names` are those of people, by id."""
    held: list[str] = []

    def hold(made: str) -> str:
        held.append(made)
        return f"\x00{len(held) - 1}\x00"

    text = text.replace("\x00", "")
    text = TOKEN.sub(lambda found: hold(_token(found[1], names)), text)
    text = _CODE.sub(lambda found: hold(f"<code>{escape(plain(found[1]))}</code>"), text)
    made = str(escape(plain(text)))
    for pattern, tag in _MARKS:
        made = pattern.sub(rf"<{tag}>\1</{tag}>", made)
    made = made.replace("\n", "<br>")
    return Markup(re.sub("\x00(\\d+)\x00", lambda found: held[int(found[1])], made))  # noqa: S704


def _token(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        name = names.get(target[1:], target[1:])
        return f'<span class="mention">@{escape(name)}</span>'
    if target.startswith("!date^"):
        return str(escape(_date(target, plain(label))))
    if target.startswith("!"):
        return f'<span class="mention ping">@{escape(target[1:])}</span>'
    if urlsplit(target).scheme in ("http", "https"):
        return f'<a href="{escape(plain(target))}">{escape(plain(label or target))}</a>'
    return str(escape(plain(label or target)))


def _date(target: str, fallback: str) -> str:
    try:
        moment = datetime.fromtimestamp(int(target.split("^")[1]), UTC)
    except (ValueError, IndexError, OverflowError):
        return fallback
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"
