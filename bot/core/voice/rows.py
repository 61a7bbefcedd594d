"""One row of an export, from a support tool, a survey, a store: read, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.grammar import KINDS, Piece

FIELDS = (
    "id", "text", "kind", "date", "segment", "customer", "ex_customer", "link", "source", "weight",
    "keep_until",
)  # fmt: skip
OTHER_NAMES = {
    "on": "date", "url": "link", "former": "ex_customer", "heard_on": "date",
    "customer_ref": "customer",
}  # fmt: skip
LONGEST = 4_000  # characters that are kept of one piece
MOST_ID = 200
TRUE = frozenset({"1", "true", "yes", "y", "x"})
HEARD = frozenset(KINDS) - {"assumed"}


class BadRow(ValueError):
    """A row that holds no piece of customer voice; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One piece as an export tells it. `customer` is how that system names who said it."""

    source: str
    source_id: str
    piece: Piece
    customer: str = ""
    weight: float = 1.0
    keep_until: date | None = None


def row(raw: Mapping[str, Any], names: Mapping[str, str], source: str) -> Row:
    """A row by the names of `FIELDS`, or as `names` maps them to columns of the export. Raises
    BadRow. No kind means signal; an unknown column is passed over."""
    told = _told(raw, names)
    text = " ".join(told.get("text", "").split())
    id = told.get("id", "")
    if not text:
        raise BadRow(f"has no {names.get('text', 'text')}")
    if not id or len(id) > MOST_ID:
        wanted = names.get("id", "id")
        raise BadRow(f"has no {wanted}" if not id else f"has an {wanted} of over {MOST_ID} letters")
    kind = told.get("kind", "").lower() or "signal"
    if kind not in HEARD:
        raise BadRow(f"has the kind {kind!r}; known are asked, observed and signal")
    piece = Piece(
        kind,
        text[:LONGEST],
        _link(told.get("link", "")),
        _day(told.get("date", ""), "date"),
        told.get("segment", "")[:60],
        told.get("ex_customer", "").lower() in TRUE,
    )
    until = _day(told.get("keep_until", ""), "keep_until")
    weight = _number(told.get("weight", ""))
    return Row(
        told.get("source", "")[:80] or source, id, piece, told.get("customer", ""), weight, until
    )


def _told(raw: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, value in raw.items():
        name = OTHER_NAMES.get(column, column)
        if name in FIELDS and value is not None and not isinstance(value, dict | list):
            found.setdefault(name, _plain(value))
    for name, column in names.items():
        value = raw.get(column)
        found[name] = "" if value is None else _plain(value)
    return found


def _plain(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()


def _link(written: str) -> str:
    plain = written.startswith(("https://", "http://")) and len(written) <= 500
    return written if plain and not any(c.isspace() or c in '<>"' for c in written) else ""


def _day(written: str, name: str) -> date | None:
    """A day, also one with a time behind it."""
    if not written:
        return None
    try:
        return datetime.fromisoformat(written.replace("Z", "+00:00")).date()
    except ValueError:
        raise BadRow(f"has the {name} {written[:30]!r}; write it as 2026-02-20") from None


def _number(written: str) -> float:
    try:
        found = float(written or 1)
    except ValueError:
        raise BadRow(f"has the weight {written[:30]!r}, which is no number") from None
    if not 0 < found <= 1000:
        raise BadRow("has a weight that is not between 0 and 1000")
    return found
