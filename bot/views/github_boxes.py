"""Boxes in a comment: how they are written and how they are read back.

Boxes stand only in our own list items, each with its id in a hidden comment on the line below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.views.markdown import escape

BOX = re.compile(r"^ {0,3}[-*+] \[([ xX])\](?: .*)?$")
BOX_ID = re.compile(r"^ {0,6}<!-- box ([a-z][a-z0-9_]*=[a-z0-9-]+) -->\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def box(question: str, option: str, label: str, ticked: bool) -> str:
    """A box and, indented by two so that the list stays one, its id."""
    return f"- [{'x' if ticked else ' '}] {escape(label)}\n  <!-- box {question}={option} -->"


def parse_comment(body: str) -> dict[str, bool]:
    """The boxes of a comment and whether each is ticked, in the order of the text.

    Takes CRLF, `X` and `*`. Boxes in fences and quotes are not ours; a box that stands twice with
    two states is left out.
    """
    found: dict[str, bool] = {}
    conflicting: set[str] = set()
    for line, below in _unfenced_pairs(body):
        item, name = BOX.match(line), BOX_ID.match(below)
        if not (item and name):
            continue
        ticked = item[1] != " "
        if found.setdefault(name[1], ticked) != ticked:
            conflicting.add(name[1])
    return {name: ticked for name, ticked in found.items() if name not in conflicting}


def _unfenced_pairs(body: str) -> Iterable[tuple[str, str]]:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fence = ""
    for index, line in enumerate(lines[:-1]):
        if match := FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence):
                fence = ""
        elif not fence:
            yield line, lines[index + 1]


def ticks_between(before: str, after: str) -> dict[str, bool]:
    """What changed from one text to the other. A box that is gone on either side did not change.

    Unticks come first, so that moving a single pick by hand reads as the tick it is.
    """
    old, new = parse_comment(before), parse_comment(after)
    changed = {name: new[name] for name in new if name in old and old[name] != new[name]}
    return dict(sorted(changed.items(), key=lambda item: item[1]))
