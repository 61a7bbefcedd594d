"""The one escaper for GitHub: strangers' text comes out as text, in Markdown and in HTML tags.

Entities are used because they mean the same in both places and can never begin a structure
(https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). GitHub looks for
mentions, references and links after rendering, so those are broken by an invisible word joiner.
"""

from __future__ import annotations

import re

BREAK = "\N{WORD JOINER}"

# Controls, zero-width and direction marks: they hide text or turn it round.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
SPECIAL = {char: f"&#{ord(char)};" for char in "`*_[]|~\\$!"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": f"@{BREAK}",
    "#": f"#{BREAK}",
}
_TABLE = str.maketrans(SPECIAL)
_LINKS = re.compile(r"(?i)(https?|ftp|mailto|xmpp|javascript|data|www|GH)(?=[:.-])")
_HASHES = re.compile(r"(?i)\b([0-9a-f]{6})(?=[0-9a-f]{1,34}\b)")


def escape(text: str) -> str:
    """One line of harmless text: nothing in it links, mentions, formats, ticks or hides."""
    return _harmless(" ".join(INVISIBLE.sub("", text).split()))


def _harmless(line: str) -> str:
    line = _HASHES.sub(rf"\1{BREAK}", _LINKS.sub(rf"\1{BREAK}", line))
    return line.translate(_TABLE)


def sentence(text: str) -> str:
    """A sentence of ours that may quote a path or a name between backticks: `like/this`."""
    parts = " ".join(INVISIBLE.sub("", text).split()).split("`")
    if len(parts) % 2 == 0:  # an odd backtick: somebody's path has one, so nothing is code
        return escape(text)
    return "".join(
        f"<code>{_harmless(part)}</code>" if index % 2 else _harmless(part)
        for index, part in enumerate(parts)
    )


def plain(text: str, limit: int) -> str:
    """The sentence without any markup, cut at a word: for titles."""
    words = " ".join(INVISIBLE.sub("", text).replace("`", "").split())
    return cut(words, limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"
