"""Reviews as rows, for spreadsheets and programs. Without names unless they are asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.core.review import Review
from bot.views.stats import FORMULA
from bot.views.web.record import as_json

HEAD = (
    "id", "subject", "title", "url", "author", "tier", "state", "gate", "mode", "overlays",
    "opened_at", "first_answer_at", "completed_at", "decided_at", "bypassed", "customers", "voice",
    "maturity", "waivers", "decision",
)  # fmt: skip


def as_csv(reviews: Iterable[Review], names: bool) -> Iterator[str]:
    """RFC 4180, row by row."""
    yield _row(HEAD)
    for review in reviews:
        yield _row(tuple(map(_harmless, _cells(review, names))))


def as_lines(reviews: Iterable[Review], names: bool) -> Iterator[str]:
    """One review a line, as JSON."""
    for review in reviews:
        yield json.dumps(as_json(review, names), ensure_ascii=False) + "\n"


def _cells(review: Review, names: bool) -> tuple[Any, ...]:
    whole = as_json(review, names)
    who = review.answer("who")
    kinds = sorted({piece.kind for piece in review.evidence})
    maturity, decision = whole["maturity"], whole["decision"]
    return (
        *(whole[name] for name in HEAD[:9]),
        " ".join(whole["overlays"]),
        *(whole[name] or "" for name in HEAD[10:14]),
        whole["bypassed"],
        " ".join(who.picks) if who else "",
        " ".join(kinds),
        maturity["level"] if maturity else "",
        len(whole["waivers"]),
        decision["resolution"] if decision else "",
    )


def _row(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(list(cells))
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet shows and does not run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
