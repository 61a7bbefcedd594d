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
    return [act for second in seconds.values() for act in _chained(second)]


def _chained(second: list[Act]) -> list[Act]:
    """The acts of one second: those of one text change places among themselves."""
    texts: dict[str, list[Act]] = defaultdict(list)
    for act in second:
        if act.text:
            texts[act.text].append(act)
    ways = {text: iter(_chain(edits)) for text, edits in texts.items()}
    return [next(ways[act.text]) if act.text else act for act in second]


def _chain(edits: Sequence[Act]) -> list[Act]:
    """Edits of one text, each after the one whose text it changed.

    Where a link is missing the pieces keep the order in which they were given.
    """
    left = list(edits)
    found: list[Act] = []
    while len(left) > 1:
        path = _walk(left, _start(left))
        found += path
        left = [edit for edit in left if not any(edit is one for one in path)]
    return found + left


def _start(left: Sequence[Act]) -> str:
    """A text from which more edits begin than end; in a circle, that of the first edit."""
    balance: dict[str, int] = defaultdict(int)
    for edit in left:
        balance[edit.before] += 1
        balance[edit.after] -= 1
    return next((edit.before for edit in left if balance[edit.before] > 0), left[0].before)


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
