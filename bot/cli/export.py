"""`emptychair export`: the record for spreadsheets, programs and Datasette."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.stats import since_day

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from bot.core.filters import Filter
    from bot.core.review import Review

AT_ONCE = 500  # reviews read at a time


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "sqlite"]),
    default="csv",
    show_default=True,
    help="Rows, one JSON object a line, or a SQLite file that opens in Datasette.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; needed for sqlite [standard output].",
)
@click.option(
    "--since",
    callback=since_day,
    metavar="DATE|90d|12w",
    help="Reviews opened on that day (UTC) or later [all].",
)
@click.option("--names", is_flag=True, help="With the names of people; without, nobody is named.")
def command(form: str, output: Path | None, since: date | None, names: bool) -> None:
    """Write every review of the record.

    What people wrote is in it, also what they wrote in private channels and repositories, so treat
    the file as you treat the record. Reads EMPTYCHAIR_DATABASE_URL, also while the bot runs, and
    changes nothing.

    Example: emptychair export --format sqlite -o decisions.db && datasette decisions.db
    """
    from bot.cli.environment import settings
    from bot.core.filters import Filter
    from bot.store import reports
    from bot.views.web import table

    if form == "sqlite" and output is None:
        raise click.UsageError("A SQLite file needs a name: --output decisions.db.")
    if output is not None and output.exists():
        raise click.UsageError(f"{output} is there already; choose another name.")
    read = settings()
    with reports.reading(read.database_url) as connection:
        ids = _ids(connection, Filter(since=since))
        found = _watched(_reviews(connection, ids), len(ids))
        if form == "sqlite":
            from bot.store.exported import write

            assert output is not None
            write(output, found, names, datetime.now(UTC))
        elif output is None:
            _print(table.as_csv(found, names) if form == "csv" else table.as_lines(found, names))
        else:
            rows = table.as_csv(found, names) if form == "csv" else table.as_lines(found, names)
            with output.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rows)
    if output is not None:
        click.echo(f"{len(ids):,} reviews in {output}.", err=True)


def _ids(connection: Connection, by: Filter) -> list[int]:
    from bot.core.organisation import Organisation
    from bot.flows.figures import Figures
    from bot.store import reports

    columns, places = reports.counted(connection)
    figures = Figures(0, columns.all(), places, Organisation())
    return figures.narrowed(by).ids(2**31)


def _reviews(connection: Connection, ids: list[int]) -> Iterator[Review]:
    from bot.store import reviews

    for id in ids:
        review = reviews.by_id(connection, id)
        if review is not None:
            yield review


def _watched(found: Iterable[Review], total: int) -> Iterator[Review]:
    """The same, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(
        found, "Exporting", total, console=console, transient=True, disable=not console.is_terminal
    )


def _print(rows: Iterable[str]) -> None:
    for row in rows:
        sys.stdout.write(row)
