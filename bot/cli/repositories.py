"""`emptychair repositories`: where does the gate hold, and where does it only say so?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from textwrap import wrap

import click

from bot.core.enforcement import Standing, standing
from bot.core.organisation import Organisation
from bot.errors import UserError
from bot.views.markdown import plain
from bot.views.repositories import HEADINGS, NONE, NOTES, as_json, cells, total


@click.command("repositories")
@click.option("--json", "json", is_flag=True, help="One JSON object.")
@click.option(
    "--ruleset",
    "print_ruleset",
    is_flag=True,
    help="Print the ruleset that requires the check from this App only, and stop.",
)
@click.option(
    "--app-id",
    type=click.IntRange(1),
    metavar="N",
    help="The App of --ruleset [EMPTYCHAIR_GITHUB__APP_ID].",
)
def command(json: bool, print_ruleset: bool, app_id: int | None) -> None:
    """Say where the gate is enforced, and where only advice.

    Enforced means that a rule of the default branch requires the check, and that the mode of the
    repository is enforce. Every other one is told with its reason and the next step.

    Reads EMPTYCHAIR_DATABASE_URL, also while the bot runs, and changes nothing. The rules are what
    the bot last read; `serve` reads them every six hours.

    Example: emptychair repositories --ruleset | gh api repos/OWNER/NAME/rulesets --input -
    """
    from bot.cli.environment import settings

    read = settings()
    if print_ruleset:
        click.echo(_ruleset(app_id or read.github.app_id, read.github.by_token))
        return
    from bot.store import catalog

    found = standings(read.database_url, catalog.load(read.checklists_dir).organisation)
    click.echo(as_json(found) if json else table(found))


def _ruleset(app_id: int | None, by_token: bool) -> str:
    from bot.views.ruleset import ruleset

    if app_id is None and not by_token:
        raise UserError(
            "There is no App to pin the check to: give --app-id N (App settings, About), or set "
            "EMPTYCHAIR_GITHUB__APP_ID."
        )
    if app_id is None:
        click.echo(
            "Note: without an App the check is pinned to nobody: whoever may write statuses can "
            "post one of that name.",
            err=True,
        )
    return ruleset(app_id)


def standings(database_url: str, organisation: Organisation) -> list[Standing]:
    """Every repository of one record. Raises ConfigError where there is none."""
    from bot.store import reports, repositories

    with reports.reading(database_url) as connection:
        return [standing(each, organisation) for each in repositories.standings(connection)]


def table(found: Sequence[Standing]) -> str:
    """As people read it on a terminal, or in a pipe."""
    if not found:
        return NONE
    return "\n\n".join([_drawn(found), "\n".join([total(found), *NOTES])])


def _drawn(found: Sequence[Standing]) -> str:
    """A table; block by block where the terminal is narrower."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 1000)
    table = Table(*HEADINGS, box=None, pad_edge=False, header_style="bold")
    for each in found:
        table.add_row(*(Text(plain(cell, 300)) for cell in cells(each)))
    endless = console.options.update(max_width=1000)
    if console.measure(table, options=endless).maximum > console.width:
        return "\n".join(_block(each) for each in found)
    with console.capture() as drawn:
        console.print(table)
    return "\n".join(row.rstrip() for row in drawn.get().splitlines())


def _block(each: Standing) -> str:
    name, mode, gate, pinned, read, waiting, why = cells(each)
    told = f"{gate} · mode {mode} · pinned to {pinned} · read {read} · {waiting} open"
    rows = wrap(told, 74) + wrap(why, 74)
    return "\n".join([plain(name, 300), *(f"    {row}" for row in rows)])
