"""`emptychair triage`: the tier of each pull request of a file, one line in, one line out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from bot.cli.options import checklists
from bot.core import diff
from bot.core.facts import Change, ChangedFile
from bot.core.triage import Triage, Verdict
from bot.store import catalog


class BadRow(ValueError):
    """A line of the input that is no pull request; the message says what it lacks."""


def change(row: dict[str, Any]) -> Change:
    """One row as triage sees it; a missing field is empty, a file outside the diff was not read."""
    try:
        read = diff.files(_text(row, "diff"))
    except diff.NoFile as error:
        raise BadRow(f"`diff` {error}") from error
    unknown = row.get("files") is None and row.get("diff") is None
    return Change(
        title=_text(row, "title"),
        body=_text(row, "description") or _text(row, "body"),
        labels=tuple(str(label) for label in _list(row, "labels")),
        branch=_text(row, "branch"),
        author=_text(row, "author"),
        files=_files(row, read),
        complete=not (row.get("diff_truncated") or unknown),
    )


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRow(f"`{key}` is not a text")
    return value


def _list(row: dict[str, Any], key: str) -> list[object]:
    value = row.get(key)
    if value is not None and not isinstance(value, list):
        raise BadRow(f"`{key}` is not a list")
    return value or []


def _files(row: dict[str, Any], read: dict[str, ChangedFile]) -> tuple[ChangedFile, ...]:
    """The listed files; without a list those of the diff."""
    if row.get("files") is None:
        return tuple(read.values())
    return tuple(_file(each, read) for each in _list(row, "files"))


def _file(each: object, read: dict[str, ChangedFile]) -> ChangedFile:
    if isinstance(each, str):
        return read.get(each) or ChangedFile(each, 0, 0, None)
    if not isinstance(each, dict) or not isinstance(each.get("path"), str):
        raise BadRow("a file of `files` has no `path`")
    added, removed = each.get("additions") or 0, each.get("deletions") or 0
    if not isinstance(added, int) or not isinstance(removed, int):
        raise BadRow("`additions` and `deletions` are not whole numbers")
    known = read.get(each["path"])
    return ChangedFile(each["path"], added, removed, known.patch if known else None)


def answer(row_id: object, verdict: Verdict) -> dict[str, object]:
    """One verdict as a line of the output."""
    return {
        "id": row_id,
        "tier": str(verdict.tier),
        "customer_facing": verdict.customer_facing,
        "overlays": list(verdict.overlays),
        "why": [reason.text for reason in verdict.reasons],
    }


def answers(lines: TextIO, triage: Triage) -> Iterator[dict[str, object] | str]:
    """An answer for each row, or a text that says what is wrong; blank lines are skipped."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or row.get("id") is None:
                raise BadRow("a row is an object with an `id`")
            yield answer(row["id"], triage.decide(change(row)))
        except json.JSONDecodeError as error:
            yield f"line {number}: is not JSON ({error.msg})"
        except (BadRow, RecursionError) as error:
            yield f"line {number}: {error}"


@click.command(name="triage")
@click.option(
    "--input",
    "source",
    required=True,
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="JSON lines, one pull request each: id, title, description, files, diff; - for stdin.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per pull request.")
@checklists("A folder with a triage.yaml of your own.")
def command(source: TextIO, as_json: bool, folder: Path | None) -> None:
    """Say how much review each pull request of a file needs.

    Its tier, and why: one line in, one line out.

    Example: emptychair triage --input pull-requests.jsonl --json

    A row stands on one line; all but the id may be left out:

    \b
    {"id": 7, "title": "Raise the price", "body": "Costs rose.", "files": ["plans.json"]}

    It may hold author, branch, labels, and a diff as `git diff` prints it; diff_truncated says that
    there is more of that than was kept.
    """
    bad, rows = False, 0
    good: list[dict[str, object]] = []
    for found in answers(source, catalog.load_triage(folder)):
        rows += 1
        if isinstance(found, str):
            bad = True
            click.echo(f"Error: {found}", err=True)
        elif as_json:
            click.echo(json.dumps(found))
        else:
            good.append(found)
    if good:
        _table(good)
    if not rows:
        click.echo("There were no rows.", err=True)
    if bad:
        raise SystemExit(1)


def _table(found: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "tier", "customers", "why")
    for each in found:
        why = each["why"]
        first = why[0] if isinstance(why, list) else ""
        facing = "yes" if each["customer_facing"] else "no"
        table.add_row(Text(str(each["id"])), Text(str(each["tier"])), facing, Text(first))
    Console().print(table)
