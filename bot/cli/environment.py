"""The settings, for the commands that work on the record beside the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


def settings() -> Settings:
    """They need the record and the checklists only. What looks like a mistake is told on stderr.

    Read once for each command.
    """
    from bot.settings import Settings, doubts, load

    kept = click.get_current_context().meta
    if (found := kept.get(__name__)) is None:
        found = kept[__name__] = load(whole=False)
        for doubt in doubts(found):
            click.echo(f"Note: {doubt}", err=True)
    assert isinstance(found, Settings)
    return found
