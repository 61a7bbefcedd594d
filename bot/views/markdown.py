"""The one escaper for GitHub: strangers' text comes out as text, in Markdown and in HTML tags.

Entities are used because they mean the same in both places and can never begin a structure
(https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). GitHub looks for
mentions, references, links, emoji and formulas after rendering, so those are broken by an invisible
word joiner.
"""

from __future__ import annotations

import re

BREAK = "\N{WORD JOINER}"

# Controls, zero-width and direction marks, half characters: they hide text, turn it round or cannot
# be sent. What breaks a line is not here: it becomes a space.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
SPECIAL = {char: f"&#{ord(char)};" for char in "`*_[]|~\\!"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": f"@{BREAK}",
    "#": f"#{BREAK}",
    "$": f"{BREAK}&#36;",  # a formula begins only where nothing but a space stands before it
}
_TABLE = str.maketrans(SPECIAL)
_LINKS = re.compile(
    r"(?i)([\w+.-](?=://)|(?:mailto|xmpp|javascript|vbscript|data)(?=:)|www(?=\.)|GH(?=-\d))"
)
_HASHES = re.compile(r"(?i)([0-9a-f]{6})(?=[0-9a-f])")  # again and again: the rest is a hash too
_EMOJI = re.compile(r":(?=[\w+-]+(?::|$))")
# What makes a list, a heading or somebody's command of a line that begins with it.
_START = re.compile(r"^(?:\d+[.)]|[-+=/])")


def escape(text: str) -> str:
    """One line of harmless text: nothing in it links, mentions, formats, ticks or hides."""
    return _begun(_harmless(_line(text)))


def _line(text: str) -> str:
    return " ".join(INVISIBLE.sub("", text).split())


def _harmless(line: str) -> str:
    line = _HASHES.sub(rf"\1{BREAK}", _LINKS.sub(rf"\1{BREAK}", line))
    return _EMOJI.sub(f":{BREAK}", line).translate(_TABLE)


def _begun(line: str) -> str:
    return _START.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", line)


def sentence(text: str) -> str:
    """A sentence of ours that may quote a path or a name between backticks: `like/this`."""
    parts = _line(text).split("`")
    if len(parts) % 2 == 0:  # an odd backtick: somebody's path has one, so nothing is code
        return escape(text)
    return _begun(
        "".join(
            f"<code>{_harmless(part)}</code>" if index % 2 else _harmless(part)
            for index, part in enumerate(parts)
        )
    )


def plain(text: str, limit: int) -> str:
    """The sentence without any markup, cut at a word: for titles."""
    return cut(_line(text.replace("`", "")), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"
