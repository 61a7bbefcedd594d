"""What is wrong with the machine below the record, in words that an operator can act on."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

ROOM = 1024 * 1024  # bytes; with less than this on the disk it counts as full
LOCKED = "the database is locked: another process writes to it"
FULL = "the disk is full: make room, the rest comes by itself"
SLOW = "the disk is slow: a write takes too long"
UNREADABLE = "the database file cannot be opened: look at its path and its rights"
# SQLite's primary result codes: https://www.sqlite.org/rescode.html
_MEANING = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: "the disk does not take writes: SQLite reports an input/output error",
    sqlite3.SQLITE_NOMEM: "the machine is out of memory",
    sqlite3.SQLITE_READONLY: "the database file is read-only: look at its rights and its disk",
    sqlite3.SQLITE_CANTOPEN: UNREADABLE,
    sqlite3.SQLITE_PERM: UNREADABLE,
    sqlite3.SQLITE_CORRUPT: "the database file is damaged: restore a backup",
    sqlite3.SQLITE_NOTADB: "the database file is damaged: restore a backup",
}


def trouble(error: BaseException, file: Path | None = None) -> str | None:
    """What is wrong with the machine; None where the error is of another kind.

    With the path of the database, also a disk that only seems to fail because it is full is named.
    """
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    found = _MEANING.get(code & 0xFF) if isinstance(code, int) else None
    if found is None or code is None or code & 0xFF != sqlite3.SQLITE_IOERR:
        return found
    return FULL if file is not None and _no_room(file) else found


def _no_room(file: Path) -> bool:
    try:
        return shutil.disk_usage(os.fspath(file.parent)).free < ROOM
    except OSError:
        return False
