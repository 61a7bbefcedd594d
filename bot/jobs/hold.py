"""One process a database: a lock file refuses a second."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from bot.errors import BotError, UserError


class AlreadyRunning(BotError):
    """Another process works on this database."""


def hold(database: Path) -> IO[str]:
    """Be the only one who works on this database, until what this gives is closed.

    Raises AlreadyRunning where another process is, UserError where the lock cannot be opened.
    """
    path = database.with_name(database.name + ".lock")
    try:
        handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w")
    except OSError as error:
        raise UserError(
            f"{path} cannot be written by this user (uid {os.geteuid()}: {error.strerror}). Run "
            "this as the user that the bot runs as, or change the rights there."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise AlreadyRunning(
            f"Another `emptychair serve` works on this database ({path}). Stop it first, or give "
            "this one its own EMPTYCHAIR_DATABASE_URL."
        ) from None
    return handle
