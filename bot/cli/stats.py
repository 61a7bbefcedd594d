"""`emptychair stats`: are customers asked about, per repository and team?"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from textwrap import wrap

import click

from bot.core.organisation import Organisation
from bot.core.stats import AMONG, Line, Report
from bot.views.markdown import plain
from bot.views.stats import (
    NOTES,
    RAN_OUT,
    apart,
    as_csv,
    as_json,
    as_markdown,
    cells,
    definitions,
    further,
    heading,
    none,
    owed,
)


def since_day(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    """A date, or how long ago: 90d, 12w. Days are those of UTC."""
    if value is None:
        return None
    try:
        if ago := re.fullmatch(r"(\d{1,4})([dw])", value):
            days = int(ago[1]) * {"d": 1, "w": 7}[ago[2]]
            return datetime.now(UTC).date() - timedelta(days=days)
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("give a date, 2026-01-31, or how long ago: 90d, 12w.") from None


@click.command("stats")
@click.option(
    "--since",
    callback=since_day,
    metavar="DATE|90d|12w",
    help="Reviews opened on that day (UTC) or later, and waivers that ran out since [all].",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
)
@click.option("--json", "form", flag_value="json", help="Short for --format json.")
@click.option(
    "--definitions", "explain", is_flag=True, help="Say what each number means, and stop."
)
def command(since: date | None, form: str, explain: bool) -> None:
    """Count asked and answered reviews per repository and team.

    Each number is told with what it is made of; --definitions says what it means.

    Teams are those of organisation.yaml in EMPTYCHAIR_CHECKLISTS_DIR. Reads
    EMPTYCHAIR_DATABASE_URL, also while the bot runs, and changes nothing.

    Example: emptychair stats --since 12w --format markdown
    """
    if explain:
        click.echo(definitions())
        return
    writers = {"table": table, "json": as_json, "csv": as_csv, "markdown": as_markdown}
    click.echo(writers[form](_report(since)), nl=form != "csv")


def _report(since: date | None) -> Report:
    from bot.cli.environment import settings
    from bot.store import catalog

    read = settings()
    organisation = catalog.load(read.checklists_dir).organisation
    return report(read.database_url, organisation, since)


def report(database_url: str, organisation: Organisation, since: date | None) -> Report:
    """The numbers of one record. Raises ConfigError where there is none."""
    from bot.core.filters import Filter
    from bot.flows.figures import Figures
    from bot.store import reports

    start = datetime.combine(since, time(), UTC) if since else None
    with reports.reading(database_url) as connection:
        columns, places = reports.counted(connection)
        ran_out = reports.ran_out(connection, start, datetime.now(UTC))
    figures = Figures(0, columns.all(), places, organisation)
    found = figures.stats(Filter(since=since))
    return Report(since, found, tuple(ran_out))


def table(report: Report) -> str:
    """The numbers as people read them on a terminal, or in a pipe."""
    stats, parts, notes = report.stats, [none(report)], []
    if stats.repositories:
        parts = [
            heading(report),
            _drawn("Repository", (*stats.repositories, stats.total)),
            _drawn("Team", stats.teams),
            "\n".join(wrap(further(stats.total), 76)),
            apart(stats.total),
        ]
        notes = ["\n".join(NOTES)]
    if report.ran_out:
        debts = (f"  {each.pull_request} {owed(each)}" for each in report.ran_out)
        parts.append("\n".join([RAN_OUT, *debts]))
    return "\n\n".join([*parts, *notes])


def _drawn(of: str, lines: Sequence[Line]) -> str:
    """A table as wide as it needs to be; line by line where the terminal is narrower."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 1000)
    table = Table(of, box=None, pad_edge=False, header_style="bold")
    for measure in AMONG:
        table.add_column(measure.heading, justify="right")
    for line in lines:
        table.add_row(Text(plain(line.name, 300)), *cells(line))
    endless = console.options.update(max_width=1000)
    if console.measure(table, options=endless).maximum > console.width:
        return "\n".join([f"By {of.lower()}", *(_block(line) for line in lines)])
    with console.capture() as drawn:
        console.print(table)
    return "\n".join(row.rstrip() for row in drawn.get().splitlines())


def _block(line: Line) -> str:
    told = zip((measure.heading for measure in AMONG), cells(line), strict=True)
    values = " · ".join(f"{heading} {cell}" for heading, cell in told)
    indented = (f"    {row}" for row in wrap(values, 74))
    return "\n".join([f"  {plain(line.name, 300)}", *indented])
