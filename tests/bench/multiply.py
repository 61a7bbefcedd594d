"""A large record, fast: what the bot itself wrote of some pull requests, many times over.

So the rows always have the form of this version. The copies belong to pull requests in a hundred
other repositories; nineteen in twenty are merged, as in a record that has grown for years. Their
seals in the ledger do not hold: nothing that is measured looks at them.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Table

from bot.store import tables as t

REPOSITORIES, TEAMS = 100, 20
FIRST = 1_000_000_000  # the ids of these repositories, and above all numbers that are sent
OPEN = "n % 20 = 0"
OF = f"{FIRST} + n % {REPOSITORIES}"
RANDOM = "lower(hex(randomblob({})))"

# What is different in the copy `n`, as SQL; {subject} and so on is how far a row's id moves.
CHANGES: dict[Table, dict[str, str]] = {
    t.subject: {
        "id": "id + {subject}", "repository_id": OF, "number": f"number + {FIRST} + {{subject}}",
        "head_sha": RANDOM.format(20), "open": OPEN, "merged": f"NOT ({OPEN})",
        "files": f"CASE WHEN {OPEN} THEN files END",
    },
    t.review: {
        "id": "id + {review}", "subject_id": "subject_id + {subject}",
        "state": f"CASE WHEN {OPEN} THEN state ELSE 'decided' END",
    },
    t.answer: {"id": "id + {answer}", "review_id": "review_id + {review}"},
    t.evidence: {"id": "id + {evidence}", "review_id": "review_id + {review}"},
    t.act: {"id": "id + {act}", "review_id": "review_id + {review}", "key": RANDOM.format(32)},
    t.surface: {
        "id": "id + {surface}", "repository_id": OF, "external_id": "external_id + {surface}",
        "key": f"CASE kind WHEN 'comment' THEN key + {FIRST} + {{subject}} "
        f"ELSE {RANDOM.format(20)} END",
    },
    t.delivery: {"id": RANDOM.format(18), "body": f"CASE WHEN {OPEN} THEN body END"},
    t.ledger: {"seq": "seq + {ledger}", "review_id": "review_id + {review}"},
}  # fmt: skip


class Record:
    """The database of a bot that is not running, with the reviews that were in it at first."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._open() as connection:
            self._base = {table.name: _last(connection, table) for table in CHANGES}
            self.reviews = _count(connection)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._file, isolation_level=None)) as connection:
            for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-200000"):
                connection.execute(f"PRAGMA {pragma}")
            yield connection

    def grow(self, reviews: int) -> int:
        """Copy until there are that many reviews, give or take; gives how many there are."""
        with self._open() as connection:
            copies = (reviews - _count(connection)) // self.reviews
            if copies > 0:
                self._copy(connection, copies)
            return _count(connection)

    def _copy(self, connection: sqlite3.Connection, copies: int) -> None:
        moved = {
            name: f"({_last(connection, t.metadata.tables[name])} + n * {last})"
            for name, last in self._base.items()
        }
        sealed = connection.execute("SELECT max(seq) FROM ledger WHERE hash IS NOT NULL").fetchone()
        connection.execute("BEGIN")
        repository = {
            "id": f"{FIRST} + n",
            "full_name": f"'team-' || (n % {TEAMS}) || '/repository-' || n",
        }
        known = f"id < {FIRST} LIMIT {REPOSITORIES}"
        connection.execute(_statement(t.repository, repository, known, REPOSITORIES))
        for table, changes in CHANGES.items():
            changes = {name: sql.format(**moved) for name, sql in changes.items()}
            base = f"{table.name}.rowid <= {self._base[table.name]}"
            connection.execute(_statement(table, changes, base, copies))
        # At its start the bot looks at the newest seal; that of a true row holds anywhere.
        end = {"seq": str(_last(connection, t.ledger) + 1)}
        connection.execute(_statement(t.ledger, end, f"ledger.seq = {sealed[0] or 0}", 1))
        connection.execute("COMMIT")


def _statement(table: Table, changes: dict[str, str], which: str, copies: int) -> str:
    """Copies the rows that `which` names; what is there already stays."""
    columns = [column.name for column in table.c]
    values = [changes.get(name, name) for name in columns]
    return (
        f"WITH RECURSIVE copies(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM copies "
        f"WHERE n + 1 < {copies}) INSERT OR IGNORE INTO {table.name} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM copies, {table.name} WHERE {which}"
    )


def _last(connection: sqlite3.Connection, table: Table) -> int:
    """The highest number of a row."""
    return int(connection.execute(f"SELECT max(rowid) FROM {table.name}").fetchone()[0] or 0)


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM review").fetchone()[0])
