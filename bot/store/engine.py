"""Opening the database: SQLite with a write-ahead log, every commit on disk before it counts."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import QueuePool

from bot.errors import ConfigError, UserError
from bot.store import access
from bot.store.trouble import trouble

BUSY_SECONDS = 10
OURS = {"alembic_version", "ledger"}  # tables that every record of ours has
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_VERSION = "SELECT version_num FROM alembic_version"


def open_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """The engine for `url`; makes the folder and the file. Raises ConfigError otherwise.

    Raises UserError where this user may not write there.

    `busy_seconds`: how long a write waits while another process writes.
    """
    parsed = _sqlite(url)
    try:
        database_file(url).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(f"lies in a folder that cannot be made ({error.strerror}).") from None
    _make_private(database_file(url))
    access.refuse_unwritable(database_file(url))
    engine = create_engine(
        parsed,
        poolclass=QueuePool,
        pool_use_lifo=True,  # the connection used last has its statements and pages at hand
        pool_size=32,
        max_overflow=-1,  # a thread that waited here for another one's connection would be stuck
        hide_parameters=True,  # errors go to the log; what people wrote does not
        connect_args={
            "check_same_thread": False,
            "isolation_level": None,
            "timeout": busy_seconds,
            "cached_statements": 256,
        },
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # Each thread has a connection; the usual 2 MB of pages for each would be too much.
        # isolation_level=None: the driver must not begin or commit behind our back.
        _write_ahead(connection, busy_seconds)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-250"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _make_private(file: Path) -> None:
    """A new database is for its owner only; SQLite gives its write-ahead log the same rights."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except PermissionError:
        access.refuse_unwritable(file)
    except OSError as error:
        raise _refused(f"names {file}, which cannot be made ({error.strerror}).") from None


def open_reading(url: str) -> Engine:
    """The engine for who only reads: makes nothing, and needs no more rights than that.

    Raises UserError where this user may not read the record.
    """
    _sqlite(url)
    file = database_file(url)
    access.refuse_unreadable(file)
    how = _reading_mode(file)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(file.absolute()))}?{how}",
            uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False,
        )  # fmt: skip

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)


def _reading_mode(file: Path) -> str:
    """SQLite reads a write-ahead log only beside an index of it, that it makes where there is none.

    Who may write has it made and taken away again. Who may not reads the one that is there; where
    there is no log, nobody has the record open, and the file is all there is.
    """
    if access.writable(file):
        return "mode=rw"
    return "mode=ro" if access.exists(file.with_name(f"{file.name}-wal")) else "immutable=1"


def _write_ahead(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """On a fresh database another process may hold the lock, and for this SQLite does not wait."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _sqlite(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refused("is not a database URL.") from None
    in_memory = parsed.database in (None, "", ":memory:") or "mode" in parsed.query
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite") or in_memory:
        raise _refused(f"is {parsed.render_as_string()!r}; only a SQLite file is supported so far.")
    return parsed


def _refused(rule: str) -> ConfigError:
    name, example = "EMPTYCHAIR_DATABASE_URL", "sqlite:///var/emptychair.db"
    return ConfigError("environment", 0, name, rule, example)


def database_file(url: str) -> Path:
    """The file behind a SQLite URL."""
    return Path(make_url(url).database or "")


def schema_version(engine: Engine) -> str | None:
    """The migration the database stands at, asked in plain SQL; None for an empty database.

    Raises ConfigError for a file that holds something else than our record.
    """
    try:
        with engine.connect() as connection:
            tables = set(connection.execute(text(_TABLES)).scalars())
            if tables and not tables >= OURS:
                raise _refused(
                    f"is not an Empty Chair record (it holds {min(tables - OURS or tables)!r})."
                )
            return connection.execute(text(_VERSION)).scalar() if tables else None
    except DatabaseError as error:
        if "locked" in str(error.orig):
            raise
        if isinstance(error.orig, sqlite3.OperationalError):
            raise UserError(
                f"The database cannot be opened: {trouble(error) or error.orig}."
            ) from None
        raise _refused(f"is not an Empty Chair record ({error.orig}).") from None
