"""Opening the database: SQLite with a write-ahead log, every commit on disk before it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from bot.errors import ConfigError

BUSY_SECONDS = 10


def open_engine(url: str) -> Engine:
    """The engine for `url`; makes the folder of a SQLite file. Raises ConfigError otherwise."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        rule = f"is {parsed.render_as_string()!r}; only a SQLite file is supported so far."
        raise ConfigError(
            "environment", 0, "EMPTYCHAIR_DATABASE_URL", rule, "sqlite:///var/emptychair.db"
        )
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=32,
        max_overflow=32,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # isolation_level=None: the driver must not begin or commit behind our back.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def database_file(url: str) -> Path:
    """The file behind a SQLite URL."""
    return Path(make_url(url).database or "")


def schema_version(engine: Engine) -> str | None:
    """The migration the database stands at, asked in plain SQL; None for an empty database."""
    with engine.connect() as connection:
        known = connection.execute(
            text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'")
        ).first()
        if not known:
            return None
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        return str(row[0]) if row else None
