"""`emptychair stats`: the same numbers as a table, as JSON, as CSV and as Markdown."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cmarkgfm
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.core.stats import MEASURES
from bot.store.store import Store
from tests import make
from tests.golden import same_as_golden
from tests.rows import NOW, add, hours, waiver

TEAMS = """\
teams:
  - {name: '=Checkout | “Zahlung”', repositories: ['acme/pay*']}
  - {name: Shop, repositories: ['acme/shop']}
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "organisation.yaml").write_text(TEAMS)
    monkeypatch.setenv("EMPTYCHAIR_CHECKLISTS_DIR", str(tmp_path / "files"))
    opened = make.store(tmp_path)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(opened.engine.url))
    yield opened
    opened.close()


def stats(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["stats", *arguments])


def a_month(store: Store) -> None:
    """Three repositories, one of no team, with a review in every place."""
    complete = {"gate": "complete", "first_answer_at": hours(1), "completed_at": hours(26.5)}
    for n in range(4):
        add(store, "acme/shop", **complete | {"first_answer_at": hours(n)})
    add(store, "acme/shop", first_answer_at=hours(5.25))
    add(store, "acme/shop", gate="not needed", attested=True)
    add(store, "acme/shop", gate="not needed")
    add(store, "acme/pay", state="decided", bypassed=True, mode="enforce", highest_tier=3)
    add(store, "acme/pay", gate="waived", waivers=[waiver(date(2099, 1, 1))])
    over = [waiver(date(2026, 2, 20)), waiver(date(2026, 2, 20), scope="reach")]
    add(store, "acme/pay", state="decided", waivers=over)
    add(store, "acme/docs", gate="not needed", highest_tier=0)
    add(store, "acme/docs", gate="not needed", exempt="opened by renovate[bot]")
    add(store, "acme/docs", quiet=True)
    add(store, "acme/docs", state="withdrawn")


def test_the_table_is_plain_where_it_is_piped(store: Store) -> None:
    a_month(store)
    same_as_golden("cli/stats.txt", stats().output)


@pytest.mark.parametrize("columns", ["80", "180"])
def test_on_a_terminal_nothing_is_cut_however_narrow_it_is(store: Store, columns: str) -> None:
    a_month(store)
    reader, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": columns, "TERM": "xterm"}
    command = [sys.executable, "-m", "bot", "stats"]
    subprocess.run(command, stdout=terminal, check=True, timeout=30, env=environment)
    drawn = re.sub(r"\x1b\[\d+m", "", os.read(reader, 100_000).decode())
    os.close(terminal)
    os.close(reader)
    told = drawn.split("Counted apart")[0]
    assert max(len(line) for line in told.splitlines()) <= int(columns)
    heading = {"80": "By team\r\n  =Checkout | “Zahlung”\r\n    Eligible 3", "180": "Team     "}
    assert heading[columns] in told
    assert "57.1 %" in told
    assert "…" not in told


def test_csv_is_for_spreadsheets_and_runs_nothing_in_them(store: Store) -> None:
    a_month(store)
    found = stats("--format", "csv").stdout_bytes.decode()
    assert found.count("\r\n") == found.count("\n") == 8
    rows = list(csv.DictReader(io.StringIO(found)))
    assert [row["of"] for row in rows] == ["repository"] * 3 + ["team"] * 3 + ["total"]
    assert rows[3]["name"] == "'=Checkout | “Zahlung”"
    assert (rows[1]["coverage_percent"], rows[1]["coverage_n"]) == ("", "3")
    same_as_golden("cli/stats.csv", found.replace("\r\n", "\n"))


def test_markdown_is_what_github_draws_as_tables(store: Store) -> None:
    a_month(store)
    found = stats("--format", "markdown").output
    same_as_golden("cli/stats.md", found)
    drawn = cmarkgfm.github_flavored_markdown_to_html(found)
    assert drawn.count("<table>") == 2
    assert drawn.count("<td") == 13 * (4 + 3)
    assert drawn.count('<a href="https://github.com/acme/pay/pull/3">') == 2


@pytest.mark.parametrize("arguments", [("--json",), ("--format", "json")])
def test_json_carries_every_number_with_its_definition(
    store: Store, arguments: tuple[str, ...]
) -> None:
    a_month(store)
    found = json.loads(stats(*arguments).output)
    assert list(found) == [
        "since", "definitions", "total", "repositories", "teams", "expired_waivers",
    ]  # fmt: skip
    names = [measure.name for measure in MEASURES]
    assert list(found["definitions"]) == list(found["total"]) == names
    assert found["since"] is None
    assert found["total"]["eligible"] == 10
    assert found["total"]["coverage"] == {"percent": 40.0, "n": 10}
    assert found["total"]["completion"] == {"median_hours": 26.5, "n": 4}
    shop = found["repositories"][2]
    assert (shop["repository"], shop["team"]) == ("acme/shop", "Shop")
    assert shop["coverage"] == {"percent": 57.1, "n": 7}
    assert shop["first_answer"] == {"median_hours": 2.0, "n": 5}
    assert found["teams"][0]["coverage"] == {"percent": None, "n": 3}
    assert [each["scope"] for each in found["expired_waivers"]] == ["all", "reach"]
    assert found["expired_waivers"][0] == {
        "pull_request": "acme/pay#3",
        "url": "https://github.com/acme/pay/pull/3",
        "scope": "all",
        "who": "reviewer",
        "until": "2026-02-20",
        "reason": "The fair is on Monday.",
    }


def test_the_whole_is_the_sum_of_its_repositories_and_of_its_teams(store: Store) -> None:
    a_month(store)
    found = json.loads(stats("--json").output)
    for measure in MEASURES:
        total = found["total"][measure.name]
        if isinstance(total, int):
            for part in ("repositories", "teams"):
                assert sum(line[measure.name] for line in found[part]) == total


def test_since_is_a_date(store: Store) -> None:
    add(store, opened_at=NOW - timedelta(days=1))
    add(store, opened_at=NOW)
    found = json.loads(stats("--json", "--since", "2026-03-02").output)
    assert (found["since"], found["total"]["eligible"]) == ("2026-03-02", 1)
    assert stats("--since", "2026-03-02").output.startswith("Reviews opened since 2026-03-02\n")


@pytest.mark.parametrize(("ago", "days"), [("90d", 90), ("12w", 84)])
def test_since_is_a_number_of_days_or_weeks(store: Store, ago: str, days: int) -> None:
    today = datetime.now(UTC)
    add(store, opened_at=today - timedelta(days=days - 1))
    add(store, opened_at=today - timedelta(days=days + 1))
    found = json.loads(stats("--json", "--since", ago).output)
    assert found["total"]["eligible"] == 1
    assert abs(date.fromisoformat(found["since"]) - (today.date() - timedelta(days))).days <= 1


@pytest.mark.parametrize("since", ["soon", "90", "3m", "2026-13-01", "99999d", ""])
def test_any_other_since_is_refused_with_an_example(since: str) -> None:
    found = stats("--since", since)
    assert found.exit_code == 2
    assert "give a date, 2026-01-31, or how long ago: 90d, 12w." in found.output


def test_without_reviews_it_says_so_and_no_rate_is_made_up(store: Store) -> None:
    found = stats()
    assert (found.exit_code, found.output) == (0, "No reviews yet.\n")
    later = stats("--since", "2026-01-31").output
    assert later == "No reviews opened since 2026-01-31.\n"
    assert "– (n=0)" in stats("--format", "markdown").output


def test_the_definitions_need_no_record() -> None:
    same_as_golden("cli/stats-definitions.txt", stats("--definitions").output)


@pytest.mark.parametrize("name", ["stats", "samples"])
def test_a_record_that_is_not_there_is_an_error_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    found = CliRunner().invoke(cli, [name])
    assert found.exit_code == 1
    assert found.output == (
        f"Error: There is no database at {tmp_path}/none.db: start `emptychair serve` once, or "
        "name another one in EMPTYCHAIR_DATABASE_URL.\n"
    )
    assert list(tmp_path.iterdir()) == []
