"""The root key and what is derived from it. Without it the ledger cannot be continued or proved."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from sqlalchemy import Connection

from bot.errors import ConfigError
from bot.store import access, ledger

SETTING = "EMPTYCHAIR_SECRET_KEY"


def root_key(given: str | None, database: Path) -> bytes:
    """The root key: the setting, or a file beside the database, made at first use.

    Raises ConfigError for a key file that is empty.
    """
    if given is None and not key_file(database).exists():
        _make(key_file(database))
    return kept_key(given, database)


def kept_key(given: str | None, database: Path) -> bytes:
    """The root key, for who only reads: the setting, or the file; never made anew.

    Raises ConfigError for a key file that is missing or empty, UserError for one that this user may
    not read.
    """
    if given is not None:
        return given.encode()
    path = key_file(database)
    if not access.exists(path):
        rule = f"is missing. Restore it from the backup of {database.name}, or set {SETTING}."
        raise ConfigError(str(path), 0, "", rule)
    try:
        text = path.read_text().strip()
    except PermissionError:
        raise access.unreadable(path) from None
    if not text:
        rule = f"is empty. Restore it from the backup of {database.name}."
        raise ConfigError(str(path), 0, "", rule)
    return text.encode()


def key_file(database: Path) -> Path:
    """Where the key of that database lies."""
    return database.with_name(database.name + ".key")


def _make(path: Path) -> None:
    """Put a new key there whole or not at all; where another process was quicker, its key stays."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass  # made meanwhile
    finally:
        new.unlink()


def derived(root: bytes, purpose: str) -> bytes:
    """The key for one purpose."""
    return hmac.new(root, f"emptychair:{purpose}".encode(), hashlib.sha256).digest()


def refuse_another_key(connection: Connection, key: bytes, database: Path) -> None:
    """Raises ConfigError when the record was sealed with another key than this one."""
    if not ledger.last_holds(connection, key):
        rule = (
            f"does not fit: {database.name} was sealed with another one. Restore "
            f"{key_file(database).name} from the backup, or set the key that was used before. If "
            "it is the right one, the ledger was changed: `emptychair verify-ledger` says where."
        )
        raise ConfigError("environment", 0, SETTING, rule)
