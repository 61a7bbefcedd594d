"""The statistics as text: JSON and CSV for programs, Markdown and its pieces for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import quote

from bot.core.stats import (
    AMONG,
    APART,
    FEWEST,
    FURTHER,
    LIMITS,
    MEASURES,
    Days,
    Hours,
    Line,
    Middle,
    RanOut,
    Rate,
    Report,
    Value,
)
from bot.views.markdown import escape, plain

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
NOTES = (
    f"n says of how many a number is made; – hides a rate below n = {FEWEST}.",
    "`emptychair stats --definitions` says what each number means.",
    LIMITS[0],
)
RAN_OUT = "Waivers that ran out on merged pull requests, still not complete:"


def definitions() -> str:
    """What each number means, and what none of them says."""
    told = [f"{each.heading} ({each.name})\n  {each.definition}" for each in MEASURES]
    return "\n\n".join([*told, *LIMITS])


def heading(report: Report) -> str:
    """Which reviews these are."""
    return f"Reviews opened since {report.since}" if report.since else "All reviews"


def none(report: Report) -> str:
    """What to say where there is no review at all."""
    return f"No reviews opened since {report.since}." if report.since else "No reviews yet."


def as_json(report: Report) -> str:
    """One object; what is hidden or not there is null."""
    stats = report.stats
    found = {
        "since": report.since.isoformat() if report.since else None,
        "definitions": {measure.name: measure.definition for measure in MEASURES},
        "total": _values(stats.total),
        "repositories": [
            {"repository": line.name, "team": line.team} | _values(line)
            for line in stats.repositories
        ],
        "teams": [{"team": line.name} | _values(line) for line in stats.teams],
        "expired_waivers": [
            asdict(each) | {"until": each.until.isoformat()} for each in report.ran_out
        ],
    }
    return json.dumps(found)


def _values(line: Line) -> dict[str, object]:
    return {name: parts(value) for name, value in line.values.items()}


def parts(value: Value) -> int | dict[str, float | int | None]:
    """A number for programs: a count, or its value beside n."""
    match value:
        case Rate(percent, n):
            return {"percent": percent, "n": n}
        case Hours(hours, n):
            return {"median_hours": hours, "n": n}
        case Days(days, n):
            return {"median_days": days, "n": n}
        case Middle(level, n):
            return {"level": level, "n": n}
    return value


def as_csv(report: Report) -> str:
    """RFC 4180; what is hidden or not there is an empty cell."""
    stats = report.stats
    rows = [("repository", line) for line in stats.repositories]
    rows += [("team", line) for line in stats.teams] + [("total", stats.total)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["of", "name", "team", *_flat(stats.total)])
    for of, line in rows:
        writer.writerow([of, _harmless(line.name), _harmless(line.team), *_flat(line).values()])
    return out.getvalue()


def _flat(line: Line) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {}
    for name, value in line.values.items():
        split = parts(value)
        if isinstance(split, int):
            found[name] = split
        else:
            found |= {f"{name}_{part}": each for part, each in split.items()}
    return found


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _cell(value: Value) -> str:
    match value:
        case Rate(percent, n):
            return f"{'–' if percent is None else f'{percent} %'} (n={n})"
        case Hours(hours, n):
            return f"{'–' if hours is None else hours} (n={n})"
        case Days(days, n):
            return f"{'–' if days is None else days} (n={n})"
        case Middle(level, n):
            return f"{'–' if level is None else level} (n={n})"
    return str(value)


def cells(line: Line) -> list[str]:
    """The numbers of the eligible reviews, as people read them."""
    return [_cell(line.values[measure.name]) for measure in AMONG]


def further(total: Line) -> str:
    """What is told of all of them together."""
    told = (f"{m.heading} {_cell(total.values[m.name])}" for m in FURTHER)
    return f"Of all: {' · '.join(told)}."


def apart(total: Line) -> str:
    """What is in none of the columns."""
    counts = (f"{measure.heading} {total.values[measure.name]}" for measure in APART)
    return f"Counted apart: {', '.join(counts)}."


def as_markdown(report: Report) -> str:
    """Tables as GitHub draws them, for an issue, a wiki or a slide."""
    stats = report.stats
    parts = [
        f"## {heading(report)}",
        _grid("Repository", (*stats.repositories, stats.total)),
        _grid("Team", stats.teams),
        further(stats.total),
        apart(stats.total),
    ]
    if report.ran_out:
        parts.append("\n".join([RAN_OUT, "", *(f"- {_linked(each)}" for each in report.ran_out)]))
    return "\n\n".join([*parts, "\n".join(NOTES)])


def _grid(of: str, lines: Sequence[Line]) -> str:
    head = [of, *(measure.heading for measure in AMONG)]
    rows = [head, ["---", *("--:" for _ in AMONG)]]
    rows += [[escape(line.name), *cells(line)] for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _linked(each: RanOut) -> str:
    link = f"[{escape(each.pull_request)}](<{quote(each.url, safe=':/?&=%-._~')}>)"
    return f"{link} {escape(owed(each))}"


def owed(each: RanOut) -> str:
    """What was let go, by whom and until when, without markup."""
    what = "the whole review" if each.scope == "all" else f"“{each.scope}”"
    return plain(f"{what}, waived by {each.who} until {each.until}", 200)
