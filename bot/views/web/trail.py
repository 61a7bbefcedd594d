"""What happened to a review, line by line, as its page tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.events import NAMES
from bot.core.review import Review


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened: who, when, through which door."""

    at: datetime
    what: str
    detail: str
    by: str
    door: str


def trail(
    rows: Iterable[tuple[datetime, str, Mapping[str, object], str, str]], review: Review
) -> tuple[Line, ...]:
    """What the ledger says of a review, newest first."""
    found = [
        Line(at, _what(event), _detail(data, review), by, door)
        for at, event, data, by, door in rows
    ]
    return tuple(reversed(found))


def _what(event: str) -> str:
    return NAMES.get(event, event)


def _detail(data: Mapping[str, object], review: Review) -> str:
    """What an event is about, in a few words."""
    parts = []
    named = data.get("question") or data.get("scope")
    if named:
        question = review.checklist.question(str(named))
        parts.append(question.short if question else str(named))
    for name in ("tier", "from", "to", "until", "stance", "resolution", "due", "mode"):
        if data.get(name):
            parts.append(
                f"{name} {data[name]}" if name in ("from", "to", "until") else str(data[name])
            )
    return ", ".join(parts)
