"""`emptychair export`, as its users run it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.cli.demo_year import generate
from tests import make
from tests.examples import CATALOG


@pytest.fixture
def reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many there are."""
    store = make.store(tmp_path)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(store.engine.url))
    made = generate(store, CATALOG, datetime.now(UTC))
    store.close()
    return made


def export(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", *arguments])


def test_rows_for_a_spreadsheet_hold_every_review_and_no_name(reviews: int) -> None:
    found = export()
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    assert len(rows) == reviews
    assert {row["author"] for row in rows} == {"somebody"}
    assert {row["tier"] for row in rows} == {"R0", "R1", "R2", "R3"}


def test_lines_of_json_name_people_where_they_are_asked_for(reviews: int) -> None:
    lines = export("--format", "jsonl", "--names").stdout.splitlines()
    assert len(lines) == reviews
    assert "an engineer" in {json.loads(line)["author"] for line in lines}


def test_since_narrows_by_the_day_of_opening(reviews: int) -> None:
    lines = export("--format", "jsonl", "--since", "4w").stdout.splitlines()
    assert 0 < len(lines) < reviews / 5


def test_a_sqlite_file_stands_alone(reviews: int, tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    assert export("--format", "sqlite", "-o", str(file)).exit_code == 0
    with sqlite3.connect(file) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("reviews", "answers", "evidence", "waivers", "about")
        }
        names = {row[0] for row in connection.execute('SELECT DISTINCT "by" FROM answers')}
    assert counts["reviews"] == reviews
    assert min(counts.values()) >= 1
    assert names == {"somebody"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "sqlite"), "A SQLite file needs a name: --output decisions.db."),
        (("-o", "pyproject.toml"), "is there already; choose another name."),
    ],
)
def test_what_cannot_be_done_is_said(reviews: int, arguments: tuple[str, ...], told: str) -> None:
    found = export(*arguments)
    assert found.exit_code == 2
    assert told in " ".join(found.stderr.split())
