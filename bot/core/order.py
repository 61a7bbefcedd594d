"""The order in which acts happened, whatever the order in which we heard of them.

GitHub's times have whole seconds. Within one second the texts tell: an edit that began where
another one ended came after it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core.acts import Act


def in_order(acts: Iterable[Act]) -> list[Act]:
    """By GitHub's time; within one second in the order of arrival, save that edits of one text
    follow each other as their texts do."""
    seconds: dict[datetime, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=lambda act: (act.at, act.arrived or math.inf)):
        seconds[act.at].append(act)
    stood: dict[str, str] = {}
    return [act for second in seconds.values() for act in _chained(second, stood)]


def _chained(second: list[Act], stood: dict[str, str]) -> list[Act]:
    """The acts of one second: those of one text change places among themselves. `stood` is what
    each text said when the second began, and is brought up to date."""
    texts: dict[str, list[Act]] = defaultdict(list)
    for act in second:
        if act.text:
            texts[act.text].append(act)
    chains = {text: _chain(edits, stood.get(text)) for text, edits in texts.items()}
    stood.update({text: chain[-1].after for text, chain in chains.items()})
    ways = {text: iter(chain) for text, chain in chains.items()}
    return [next(ways[act.text]) if act.text else act for act in second]


def _chain(edits: Sequence[Act], stood: str | None) -> list[Act]:
    """Edits of one text, each after the one whose text it changed.

    Where a link is missing the pieces keep the order in which they were given.
    """
    left = list(edits)
    found: list[Act] = []
    while len(left) > 1:
        path = _walk(left, _start(left, stood))
        found += path
        walked = {id(edit) for edit in path}
        left = [edit for edit in left if id(edit) not in walked]
        stood = path[-1].after
    return found + left


def _start(left: Sequence[Act], stood: str | None) -> str:
    """A text from which more edits begin than end; in a circle, the one that stood there before,
    or else that of the first edit."""
    balance: dict[str, int] = defaultdict(int)
    for edit in left:
        balance[edit.before] += 1
        balance[edit.after] -= 1
    starts = [edit.before for edit in left if balance[edit.before] > 0]
    starts = starts or [edit.before for edit in left]
    return stood if stood in starts else starts[0]


def _walk(left: Sequence[Act], start: str) -> list[Act]:
    """The longest way through all edits that hang together (Hierholzer's algorithm)."""
    unused: dict[str, list[Act]] = defaultdict(list)
    for edit in reversed(left):
        unused[edit.before].append(edit)
    way: list[Act] = []
    stack: list[tuple[str, Act | None]] = [(start, None)]
    while stack:
        text, by = stack[-1]
        if unused[text]:
            edit = unused[text].pop()
            stack.append((edit.after, edit))
        else:
            stack.pop()
            if by is not None:
                way.append(by)
    return way[::-1]
