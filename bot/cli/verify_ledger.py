"""`emptychair verify-ledger`: is the ledger what was written?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.audit import Audit, Broken
    from bot.store.checkpoints import Checkpoint


def _checkpoint(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> Checkpoint | None:
    from bot.store.checkpoints import Checkpoint

    try:
        return Checkpoint.read(value) if value is not None else None
    except ValueError:
        rule = "give it as the log line `ledger.checkpoint` does: SEQ:HASH:AT:SIGNATURE."
        raise click.BadParameter(rule) from None


@click.command("verify-ledger")
@click.option(
    "--checkpoint",
    "given",
    metavar="SEQ:HASH:AT:SIGNATURE",
    callback=_checkpoint,
    help="Hold the ledger also against a checkpoint that was kept elsewhere.",
)
@click.option(
    "--public-key", "public_only", is_flag=True, help="Print the key that checks signatures."
)
def command(given: Checkpoint | None, public_only: bool) -> None:
    """Hold the ledger against its key and its signed checkpoints.

    Names the first row that was changed, removed, swapped or cut off. Exit code 1 if there is one.
    Each checkpoint goes to the log as `ledger.checkpoint`. Keep one elsewhere, and a ledger that
    was replaced as a whole is noticed too.

    Reads EMPTYCHAIR_DATABASE_URL, also while the bot runs, and changes nothing. Needs the key that
    the bot seals with: EMPTYCHAIR_SECRET_KEY, or the file beside the database.
    """
    from bot.cli.environment import settings
    from bot.store import audit, checkpoints, keys, ledger

    read = settings()
    root = _root(read)
    key = keys.derived(root, "ledger")
    public = checkpoints.public_key(keys.derived(root, "checkpoint"))
    if public_only:
        click.echo(checkpoints.as_pem(public), nl=False)
        return
    with _read(read.database_url) as connection:
        with _progress(connection) as progress:
            found = audit.audit(connection, key, public, given, progress)
        if found.broken:
            where = _where(connection, found.broken)
            foreign = found.rows == 0 and not ledger.last_holds(connection, key)
            raise UserError(_broken(found, found.broken, where, foreign))
    click.echo(_whole(found))


def _root(settings: Settings) -> bytes:
    """The key that the bot seals with. Raises UserError where nothing was ever sealed."""
    from bot.store import audit, keys, reports
    from bot.store.access import exists
    from bot.store.engine import database_file

    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    file = database_file(settings.database_url)
    if secret is None and not exists(keys.key_file(file)):
        with reports.reading(settings.database_url) as connection:
            if not audit.count(connection):
                rule = "Nothing was ever sealed: the ledger is empty, and there is no key yet"
                raise UserError(f"{rule}. `emptychair serve` makes it.")
    return keys.kept_key(secret, file)


@contextmanager
def _read(url: str) -> Iterator[Connection]:
    """The record; where the machine is in trouble that is said, and nothing of the ledger."""
    from sqlalchemy.exc import OperationalError

    from bot.store import reports
    from bot.store.engine import database_file
    from bot.store.trouble import trouble

    try:
        with reports.reading(url) as connection:
            yield connection
    except OperationalError as error:
        why = trouble(error, database_file(url)) or str(error.orig)
        rule = "Nothing is known to be wrong with it. Put that right, and run the command again."
        raise UserError(f"The ledger could not be read: {why}. {rule}") from None


@contextmanager
def _progress(connection: Connection) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    from bot.store import audit

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading the ledger", total=audit.count(connection))
        yield lambda: bar.advance(task)


def _whole(found: Audit) -> str:
    from bot.views.words import count

    text = f"Whole: {count(found.rows, 'row')}, {found.sealed} sealed"
    if found.unsealed_since is not None:
        text += (
            f", {found.rows - found.sealed} not sealed yet (since {_time(found.unsealed_since)})"
        )
    if found.last is None:
        return f"{text}, no checkpoint yet."
    return f"{text}, last checkpoint over row {found.last.seq} of {_time(found.last.at)}."


def _broken(found: Audit, broken: Broken, where: str, foreign: bool) -> str:
    many = "row before it holds" if found.rows == 1 else f"{found.rows} rows before it hold"
    held = f"The {many}. " if found.rows else ""
    text = f"The ledger is broken at row {broken.seq}{where}: {broken.why}. {held}"
    if foreign:
        return text + (
            "Its newest row does not hold either: was it sealed with another key? Set "
            "EMPTYCHAIR_SECRET_KEY to the one that the bot used, or restore the file beside the "
            "database."
        )
    return text + "Keep this database as it is, and compare it with your backups."


def _where(connection: Connection, broken: Broken) -> str:
    from bot.store import audit

    if broken.row is None:
        return ""
    about = audit.about(connection, broken.row)
    return f" ({', '.join([broken.row.event, *([about] if about else []), _time(broken.row.at)])})"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
