"""The one escaper for Slack: strangers' text comes out as text, whatever stands in it.

Slack reads `&`, `<` and `>` as the begin of something in every text object, plain_text as well as
mrkdwn, and turns their three entities back when it shows one
(https://docs.slack.dev/messaging/formatting-message-text#escaping). That plain_text is no exception
shows in what comes back of it: a button “Answer & 1” is reported as “Answer &amp; 1”
(https://github.com/slackapi/bolt-python/issues/513). So both are escaped, once. What is not a text
object is not: `initial_value`, `value`, and the elements of rich_text.

mrkdwn has no escape for its marks. Something of no width beside a mark does not help: it makes
Slack format inside of words too. What helps is another character of the same shape, and something
before what would begin a line
(https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.views.markdown import BREAK, INVISIBLE
from bot.views.slack_cut import MORE as MORE
from bot.views.slack_cut import cut as cut
from bot.views.slack_cut import parted as parted
from bot.views.slack_cut import size as size

NOTHING = "–"
URL_LIMIT = 3000
LINK_URL, LINK_LABEL = 2000, 300  # so that a link never fills a whole section

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_ENTITIES)
_PLAIN = {entity: char for char, entity in _ENTITIES.items()}
_ENTITY = re.compile("&(?:amp|lt|gt);")
_TOKEN = re.compile(f"<([^<>]*)>|{_ENTITY.pattern}")
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_USER = re.compile("[UW][A-Z0-9]+", re.ASCII)

# Marks of mrkdwn, and what looks like them; between two letters they mark nothing.
_SHAPES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "＊": "﹡", "＿": "⸏", "｀": "ˋ", "～": "∼"}
_MARKS = re.compile("(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|[`＊＿｀～]")
_START = re.compile(r"^(?=[>＞•◦▪+-]|\d+[.)])")
_UNSAFE = re.compile(r'[\x00-\x20\x7f-\xa0\u2028\u2029<>|"\\^`{}]')


def clean(text: str) -> str:
    """The text without what hides, turns round or cannot be sent; its lines end in a newline.

    Joiners and variation selectors stay where emoji and scripts need them.
    """
    shown = INVISIBLE.sub(lambda found: found[0] if _needed(found) else "", text)
    return "\n".join(shown.replace("\x1f", " ").replace("\t", " ").splitlines())


def _needed(found: re.Match[str]) -> bool:
    before = found.string[found.start() - 1 : found.start()] if found.start() else ""
    after = found.string[found.end() : found.end() + 1]
    if found[0] in _SELECTORS:
        return bool(before) and not before.isalpha() and _seen(before)
    if found[0] in _JOINERS:
        begun = before > "\x7f" and (_seen(before) or before in _SELECTORS)
        return begun and after > "\x7f" and _seen(after)
    return False


def _seen(char: str) -> bool:
    return not char.isspace() and not INVISIBLE.match(char)


def line(text: str) -> str:
    """The text in one line, without what hides."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Any text as a text object shows it letter by letter: nothing links, pings or hides.

    Lines stay lines, and mrkdwn still formats: in mrkdwn use `mrkdwn`.
    """
    return clean(text).translate(_ESCAPES)


def mrkdwn(text: str) -> str:
    """Words of others within a sentence of ours: one line that cannot change how it looks.

    Marks that could format become characters of the same shape; `snake_case`, `3 * 4` is left as it
    is where Slack leaves it. A word joiner stands before what would begin a quote or a list.
    """
    return _START.sub(BREAK, _MARKS.sub(_shape, line(text))).translate(_ESCAPES)


def _shape(found: re.Match[str]) -> str:
    before = found.string[: found.start()][-1:] if found.start() else ""
    alone = before == " " == found.string[found.end() : found.end() + 1]
    return found[0] if alone and found[0] != "`" else _SHAPES[found[0]]


def unescape(text: str) -> str:
    """What a person wrote in Slack, as plain text: entities and tokens of Slack turned back once.

    `<@U1|dana>` is read as “@dana”, `<https://x|label>` as “label (https://x)”. What is no token
    stays as it stands. Source: https://docs.slack.dev/messaging/formatting-message-text
    """
    return _TOKEN.sub(_told, text)


def _told(found: re.Match[str]) -> str:
    if found[0] in _PLAIN:
        return _PLAIN[found[0]]
    target, _, label = (_ENTITY.sub(_told, part) for part in found[1].partition("|"))
    if target[:1] in ("@", "#") and target[1:]:
        return target[0] + (label.removeprefix(target[0]) or target[1:])
    if target[:1] == "!" and target[1:]:
        return _special(target[1:], label)
    return _linked(target, label) if ":" in target else found[0]


def _special(target: str, label: str) -> str:
    kind, _, rest = target.partition("^")
    if kind == "date":
        return label or rest
    return "@" + (label.removeprefix("@") or rest or kind)


def _linked(url: str, label: str) -> str:
    scheme, _, address = url.partition(":")
    if scheme in ("mailto", "tel"):
        url = address
    bare = address.strip("/")
    return url if label.strip("/") in ("", bare, url.strip("/")) else f"{label} ({url})"


def quote(text: str, by: str = "") -> dict[str, Any]:
    """Words of others as a quote, with who said them below. PLAIN text: rich_text has no markup."""
    said: list[dict[str, Any]] = [_part("rich_text_quote", clean(text).strip() or NOTHING)]
    if line(by):
        said.append(_part("rich_text_section", f"— {line(by)}"))
    return {"type": "rich_text", "elements": said}


def _part(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "elements": [{"type": "text", "text": text}]}


def is_user(user_id: str) -> bool:
    """Whether this is the id of a user as Slack writes them."""
    return _USER.fullmatch(user_id) is not None


def mention(user_id: str) -> str:
    """Pings a user of Slack; what is no id of one is shown as a name."""
    return f"<@{user_id}>" if is_user(user_id) else mrkdwn(user_id)


def safe_url(url: str) -> str:
    """A web address that ends where it should; empty for anything but http and https."""
    url = _UNSAFE.sub(_percent, INVISIBLE.sub("", url.strip()))
    try:
        parts = urlsplit(url)
        web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if web and size(url) <= URL_LIMIT else ""


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def link(url: str, label: str) -> str:
    """A link with a PLAIN label; only the label where the address is no safe one."""
    target, label = safe_url(url).translate(_ESCAPES), mrkdwn(label)
    if not target or size(target) > LINK_URL:
        return label or mrkdwn(url)
    return f"<{target}|{cut(label or mrkdwn(url), LINK_LABEL)}>"


def date(moment: datetime, fallback: str = "") -> str:
    """A moment in the reader's own time zone; the PLAIN fallback where Slack cannot tell it."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is no moment")
    there = moment.astimezone(UTC)
    fallback = line(fallback) or f"{there.day} {there:%b %Y %H:%M} UTC"
    bare = fallback.replace("|", "/").translate(_ESCAPES)
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{bare}>"
