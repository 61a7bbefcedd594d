"""`emptychair migrate`: bring the database to this version's schema."""

from __future__ import annotations

import click


@click.command("migrate")
def command() -> None:
    """Bring the database to the schema of this version.

    `serve` does so by itself; this is for those who want it as a step of its own.
    """
    from bot.cli.environment import settings
    from bot.jobs.hold import hold
    from bot.store.engine import database_file, open_engine, schema_version
    from bot.store.schema import HEAD, migrate

    url = settings().database_url
    engine = open_engine(url)
    before = schema_version(engine)
    engine.dispose()
    if before == HEAD:
        click.echo(f"Nothing to do: the database is at version {HEAD}.")
        return
    with hold(database_file(url)):
        migrate(url)
    click.echo(f"Done: from {before or 'an empty database'} to version {HEAD}.")
