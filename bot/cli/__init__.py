"""One file per command; each prints, none decides.

Commands are imported only when asked for, so that `emptychair triage` does not pay for the server.
"""

from __future__ import annotations

import importlib

import click

from bot import __version__
from bot.errors import BotError

COMMANDS = (
    "demo",
    "serve",
    "migrate",
    "validate",
    "triage",
    "simulate",
    "stats",
    "export",
    "samples",
    "repositories",
    "template",
    "manifest",
    "jobs",
    "evidence",
    "drafts",
    "redact",
    "verify-ledger",
)


class Commands(click.Group):
    """The commands of `COMMANDS`, each the `command` of the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"bot.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click compares with the commands that are loaded, and none is."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BotError as error:
            raise click.ClickException(str(error)) from error


@click.group(
    cls=Commands,
    epilog="Start with `emptychair demo`. Exit codes: 0 done, 1 it failed (the reason is on "
    "stderr), 2 the command line was not understood.",
)
@click.version_option(__version__, prog_name="emptychair", message="%(prog)s %(version)s")
def cli() -> None:
    """No decisions without the customer.

    Empty Chair attaches a short customer-impact review to every pull request that customers would
    notice, and holds the merge until it is answered.
    """
