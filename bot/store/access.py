"""May this user read and write the record? Told in words before SQLite says less."""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import UserError


def writable(file: Path) -> bool:
    """The file can be changed, and its write-ahead log beside it be made."""
    return _may(file, os.R_OK | os.W_OK) and _may(file.parent, os.W_OK | os.X_OK)


def exists(file: Path) -> bool:
    """It is a file. Raises UserError where this user may not even look."""
    try:
        return file.is_file()
    except PermissionError:
        raise unreadable(file) from None


def refuse_unwritable(file: Path) -> None:
    """Raises UserError where this user may not write the record."""
    if not writable(file):
        what = file if _may(file.parent, os.W_OK | os.X_OK) else f"{file}, or its folder,"
        raise UserError(f"{what} cannot be written by {_user()}. {_STEP}")


def unreadable(file: Path) -> UserError:
    """What to say where this user may not read a file of the record."""
    return UserError(f"{file} cannot be read by {_user()}. {_STEP}")


def refuse_unreadable(file: Path) -> None:
    """Raises UserError where this user may not read the record."""
    log = file.with_name(f"{file.name}-wal")
    for each in (file, *([log] if exists(log) else [])):
        if not _may(each, os.R_OK):
            raise unreadable(each)


_STEP = "Run this as the user that the bot runs as, or change the rights there."


def _user() -> str:
    return f"this user (uid {os.geteuid()})"


def _may(path: Path, how: int) -> bool:
    return os.access(path, how, effective_ids=os.access in os.supports_effective_ids)
