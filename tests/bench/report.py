"""The results as one table, in plain text and in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.measures import MEASURES, Measure, Row
from tests.bench.peers import OURS, PEERS, PROBOT
from tests.bench.published import CORES as CORES_THEN
from tests.bench.published import MEASURED, PUBLISHED

NOISY = 0.1  # share of the machine that other programs may use
BUSY_DRIVER = 0.5  # share of a core from which on the driver may be what is measured


def read(*files: Path) -> list[Row]:
    """The lines of these files; where two tell the same, the later one counts."""
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [_with_lost(json.loads(line)) for line in lines]


def _with_lost(row: dict[str, Any]) -> Row:
    if "lost_silently" in row:
        row["lost"] = row["lost_silently"] + row["lost_visibly"]
    return row


def text(rows: Sequence[Row]) -> str:
    """For a terminal."""
    tables = [_aligned(table) for table in (_table(rows), _growth(rows)) if table]
    return "\n\n".join([*tables, "\n".join(_notes(rows))])


def markdown(rows: Sequence[Row]) -> str:
    """For a page."""
    tables = [_piped(table) for table in (_table(rows), _growth(rows)) if table]
    return "\n\n".join([*tables, *_notes(rows)]) + "\n"


def others() -> str:
    """All that was published of other bots, in Markdown."""
    names = list(dict.fromkeys(name for found in PUBLISHED.values() for name in found))
    lines = [["", *names]]
    for label, found in PUBLISHED.items():
        lines.append([label, *(str(found.get(name, "-")) for name in names)])
    return _piped(lines)


def _table(rows: Sequence[Row]) -> list[list[str]]:
    measured = {row.get("peer") for row in rows}
    peers = [peer for peer in PEERS.values() if peer.name in measured or peer == OURS]
    others = f"Others, {MEASURED}"
    lines = [["30 ms per API call", "Target", "Met", *(peer.title for peer in peers), others]]
    for measure in MEASURES:
        figures = {peer.name: measure.find(list(rows), peer.name) for peer in peers}
        if all(figure is None for figure in figures.values()):
            continue
        met = measure.met(figures[OURS.name], figures.get(PROBOT.name))
        shown = [str(figure) if figure else "-" for figure in figures.values()]
        told = {True: "yes", False: "no", None: ""}[met]
        lines.append([measure.label, measure.target, told, *shown, _others(measure)])
    return lines if lines[1:] else []


def _others(measure: Measure) -> str:
    """The best and the worst of those that were measured before."""
    found = PUBLISHED.get(measure.label, {})
    ordered = sorted(found.items(), key=lambda each: each[1].share, reverse=measure.more)
    ends = ordered[:1] + ordered[1:][-1:]
    return " … ".join(f"{name} {figure}" for name, figure in ends) or "-"


def _growth(rows: Sequence[Row]) -> list[list[str]]:
    """How the cost of one event, of a start and of the disk grow with the reviews in the record."""
    found = [row for row in rows if row["scenario"] == "growth"]
    columns = {
        "Webhook to last effect p50, ms": "effect_p50_ms", "p99, ms": "effect_p99_ms",
        "CPU, ms": "cpu_ms_per_event", "Ack p99, ms": "ack_p99_ms", "Start, s": "cold_s",
        "Memory, MiB": "rss_mib", "Database, MB": "database_mb",
    }  # fmt: skip
    if not found:
        return []
    lines = [["Reviews in the record", *columns]]
    for row in found:
        cells = (row[key] for key in columns.values())
        lines.append([f"{row['reviews']:,}", *(f"{cell:,.4g}" for cell in cells)])
    return lines


def _notes(rows: Sequence[Row]) -> Iterable[str]:
    """On which machine, and what may have disturbed."""
    for row in rows:
        if row["scenario"] == "machine":
            yield (
                f"Measured {row['at']}, {row['cores']} cores, Python {row['python']}, "
                f"{row['system']}; the others {MEASURED}, {CORES_THEN} cores."
            )
    if noise := _noise(rows):
        yield f"Noisy: other programs used much of the machine in {noise}. Run it again in quiet."
    if drivers := [row for row in rows if row.get("driver_cpu_share") is not None]:
        most = max(drivers, key=lambda row: float(row["driver_cpu_share"]))
        share, where = most["driver_cpu_share"], f"{most['peer']} {most['scenario']}"
        warning = " It may be what was measured." if share > BUSY_DRIVER else ""
        yield f"The driver used at most {share:.0%} of a core ({where}).{warning}"


def _noise(rows: Sequence[Row]) -> str:
    """The scenarios that other programs disturbed, with their share of the machine at its worst."""
    worst: dict[str, float] = {}
    for row in rows:
        share, name = row.get("foreign_cpu_share") or 0.0, f"{row.get('peer')} {row['scenario']}"
        if share > NOISY:
            worst[name] = max(share, worst.get(name, 0))
    return ", ".join(f"{name} ({share:.0%})" for name, share in worst.items())


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines = [lines[0], ["-" * width for width in widths], *lines[1:]]
    rows = (zip(line, widths, strict=True) for line in lines)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in rows)


def _piped(lines: list[list[str]]) -> str:
    lines = [lines[0], ["---"] * len(lines[0]), *lines[1:]]
    return "\n".join("| " + " | ".join(cell.strip() for cell in line) + " |" for line in lines)
