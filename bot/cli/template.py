"""`emptychair template`: the customer's section for a pull request template."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import checklists
from bot.core.tier import Tier


@click.command("template")
@click.option(
    "--tier",
    type=click.Choice(["R1", "R2", "R3"], case_sensitive=False),
    default="R1",
    show_default=True,
    help="Ask what this tier requires. R1 fits most changes; the bot asks for the rest.",
)
@checklists("A folder with checklist files of your own.")
def command(tier: str, folder: Path | None) -> None:
    """Print a section for your pull request template.

    Put it into .github/pull_request_template.md on the default branch: each new description then
    begins with it, and what authors fill in there is answered before the bot asks. An edit of a
    description notifies nobody. Left as it is, it answers nothing.

    Example: emptychair template >> .github/pull_request_template.md
    """
    from bot.store import catalog
    from bot.views.github_description import template

    click.echo(template(catalog.load(folder).checklist, Tier[tier]), nl=False)
