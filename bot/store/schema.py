"""The database schema's version, and bringing a database up to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bot.errors import ConfigError

HEAD = "0009"  # the newest migration; a test holds it against the migrations themselves


_CHILD = "import sys; from bot.store.schema import migrate; migrate(sys.argv[1])"


def migrate_apart(url: str) -> None:
    """The same in a process of its own: what it takes in memory, a tenth of the bot, is given back.

    Raises ConfigError as `migrate` does.
    """
    child = [sys.executable, "-c", _CHILD, url]
    done = subprocess.run(child, capture_output=True, check=False)  # noqa: S603 - our own code
    if done.returncode != 0:
        migrate(url)  # what is wrong is told here


def migrate(url: str) -> None:
    """Bring the database to the newest schema; does nothing when it is there already.

    Raises ConfigError for a database that a newer version of the program made.
    """
    # Imported here: alembic costs a fifth of a second, and most starts do not need it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        rule = f"names a database that this version cannot bring to its schema {HEAD} ({error})."
        raise ConfigError("environment", 0, "EMPTYCHAIR_DATABASE_URL", rule) from None
    _derive(url)


def _derive(url: str) -> None:
    """What is made from the record, for what was there before it was."""
    from bot.store import numbers, voice_file
    from bot.store.engine import open_engine

    engine = open_engine(url)
    try:
        numbers.rebuild(engine)
        voice_file.rebuild(engine)
    finally:
        engine.dispose()
