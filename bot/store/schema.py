"""The database schema's version, and bringing a database up to it."""

from __future__ import annotations

from pathlib import Path

HEAD = "0001"  # the newest migration; a test holds it against the migrations themselves


def migrate(url: str) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    # Imported here: alembic costs a fifth of a second, and most starts do not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
