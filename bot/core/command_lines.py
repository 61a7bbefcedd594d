"""The lines of a comment in which its author speaks: no code, no quote, nothing hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Pasted along unseen, and in the way of reading; also half characters, which nobody can keep.
UNSEEN = re.compile("[\x00\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff]")
FENCE = re.compile(r"^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})")
QUOTE = re.compile(r"^ {0,3}>")
OPENS, CLOSES = "<!--", "-->"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line. `number` counts from 1; `words` is the `text` without what nobody sees."""

    number: int
    text: str
    words: str


def spoken(body: str) -> Iterator[Spoken]:
    """The lines of a comment that count, in order; takes every kind of line end.

    A line that begins inside fenced code, a quote or a hidden comment is left out.
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    last_close = text.rfind(CLOSES)
    fence, hidden, start = "", False, 0
    for number, line in enumerate(text.split("\n"), 1):
        begun_hidden, here = hidden, start
        start += len(line) + 1
        if fence:
            fence = "" if _ends(line, fence) else fence
            continue
        fence = "" if hidden else _fence(line)
        if not fence and (hidden or not QUOTE.match(line)):
            shown, hidden = _shown(line, hidden, last_close - here)
            if not begun_hidden:
                yield Spoken(number, line.strip(), UNSEEN.sub("", shown))


def _fence(line: str) -> str:
    """The fence that opens here; what follows one of backticks holds no backtick."""
    found = FENCE.match(line)
    if found is None or (found[1][0] == "`" and "`" in line[found.end() :]):
        return ""
    return found[1]


def _ends(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _shown(line: str, hidden: bool, last_close: int) -> tuple[str, bool]:
    """What of a line stands outside of hidden comments, and whether one goes on below.

    `last_close` is where the last comment of all ends, counted from the beginning of this line: one
    that opens later and is never closed hides only if it begins the line, as on GitHub.
    """
    kept: list[str] = []
    at = 0
    while True:
        if hidden:
            end = line.find(CLOSES, at)
            if end < 0:
                return "".join(kept), True
            at = end + len(CLOSES)
        opening = line.find(OPENS, at)
        if opening < 0 or (last_close < opening and line[:opening].strip()):
            return "".join([*kept, line[at:]]), False
        kept.append(line[at:opening])
        at, hidden = opening + 2, True  # `<!-->` is a whole comment
