"""`emptychair evidence`: taken in, found, let go; also while the bot runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.gateways import meaning
from tests import data
from tests.flows.people import body, opened, settle, tick, until

ROWS = """id,text,kind,date,segment,customer,ex_customer,link
1,"The white theme hurts my eyes at night, jo@acme.example",asked,2026-02-01,existing,Ann,,https://x.example/1
2,I turn the dark theme on in every other app,signal,,,Bob,yes,
,no id,,,,,,
4,,,,,,,
"""


@pytest.fixture
def by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `semantic` is not installed."""
    monkeypatch.setattr(meaning, "installed", lambda: False)


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path / 'e.db'}")
    return tmp_path


def run(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
    found = CliRunner().invoke(cli, ["evidence", *arguments], input=stdin)
    assert found.exit_code == code, found.output
    return found


def taken(folder: Path, text: str = ROWS, name: str = "tickets.csv", *more: str) -> dict[str, Any]:
    (folder / name).write_text(text)
    return dict(last_line(run("import", str(folder / name), "--json", *more)))


def last_line(found: Result) -> Any:
    """What was printed; a bot in the same process may log before it."""
    return json.loads(found.stdout.splitlines()[-1])


def hits(*arguments: str) -> list[dict[str, Any]]:
    return list(last_line(run("search", "--json", *arguments))["hits"])


def test_good_rows_are_kept_and_bad_ones_named_by_line(record: Path) -> None:
    found = taken(record)
    assert (found["new"], found["bad"], found["masked"]) == (2, 2, {"e-mail": 1})
    assert [bad["line"] for bad in found["bad_rows"]] == [4, 5]
    (first, *_) = hits("theme at night")
    assert first["id"] == "1"
    assert first["text"] == "The white theme hurts my eyes at night, [E-MAIL#1]"
    assert b"jo@acme" not in b"".join(file.read_bytes() for file in record.glob("e.db*"))


@pytest.mark.usefixtures("by_words_alone")
def test_the_same_file_again_changes_nothing_and_a_new_text_takes_the_place_of_the_old(
    record: Path,
) -> None:
    taken(record)
    assert taken(record)["known"] == 2
    changed = taken(record, ROWS.replace("every other app", "every app but yours"))
    assert (changed["changed"], changed["known"]) == (1, 1)
    assert [hit["id"] for hit in hits("but yours dark")] == ["2"]
    assert "2 kept" not in run("list").output
    assert json.loads(run("list", "--json").stdout)["pieces"] == 2


def test_columns_of_other_names_and_json_lines_are_read(record: Path) -> None:
    lines = (
        '{"nr": 7, "body": "Exports are slow"}\nnot json\n[1]\n{"nr": 8, "body": "料金が高い"}\n'
    )
    names = ("--map", "id=nr", "--map", "text=body", "--source", "survey")
    found = taken(record, lines, "s.jsonl", *names)
    assert (found["new"], [bad["line"] for bad in found["bad_rows"]]) == (2, [2, 3])
    assert [hit["id"] for hit in hits("料金")] == ["8"]
    assert [hit["source"] for hit in hits("slow exports")] == ["survey"]


def test_nothing_kept_is_a_failure_that_says_what_to_do(record: Path) -> None:
    (record / "x.csv").write_text("a;b\n1;2\n")
    assert "--map" in run("import", str(record / "x.csv"), code=1).output
    assert "fields are" in run("import", str(record / "x.csv"), "--map", "words=b", code=2).output


@pytest.mark.usefixtures("by_words_alone")
def test_weak_matches_are_not_shown(record: Path) -> None:
    taken(record)
    assert run("search", "bump left-pad").output == "No customer voice found; who could we ask?\n"


@pytest.mark.usefixtures("by_words_alone")
def test_many_searches_at_once_answer_a_line_each(record: Path) -> None:
    taken(record)
    queries = record / "q.jsonl"
    queries.write_text('{"id": "a", "query": "dark theme"}\n{"id": "b", "query": "zzz"}\n')
    found = [
        json.loads(line) for line in run("search", "--queries", str(queries)).stdout.splitlines()
    ]
    assert [(each["id"], [hit["id"] for hit in each["hits"]]) for each in found] == [
        ("a", ["2", "1"]),
        ("b", []),
    ]


def test_a_piece_by_hand_and_what_is_exported_can_be_imported(record: Path, tmp_path: Path) -> None:
    run("add", "Nobody told us about the price", "--kind", "asked", "--date", "2026-01-02")
    assert run(
        "add", "nobody told us about the price!", "--kind", "asked", "--date", "2026-01-02"
    ).output
    text = run("export").stdout
    (row,) = map(json.loads, text.splitlines())
    assert (row["kind"], row["date"], row["source"]) == ("asked", "2026-01-02", "by hand")
    assert taken(record, text, "again.jsonl")["known"] == 1


def test_what_a_customer_said_is_forgotten_without_a_trace(record: Path) -> None:
    taken(record)
    assert "1 on file" in run("forget", "  ann ").output
    assert hits("white page night eyes") == []
    everything = b"".join(file.read_bytes() for file in record.glob("e.db*"))
    assert b"hurts my eyes" not in everything
    assert "Nothing is on file" in run("forget", "Ann", "--yes").output


@pytest.mark.usefixtures("by_words_alone")
def test_real_voices_are_found_for_real_proposals(record: Path) -> None:
    topics = {row["id"]: row["topic"] for row in data.rows("feedback.jsonl")}
    run("import", str(data.FOLDER / "feedback.jsonl"))
    asked = [row for row in data.rows("retrieval.jsonl") if row["needs"] == ["feedback"]]
    good = 0
    for row in asked:
        found = {topics[hit["id"]] for hit in hits("--limit", "5", row["query"])}
        good += bool(found & set(row["relevant_topics"]))
    assert good / len(asked) >= 0.75, f"{good} of {len(asked)}"


# -- beside a running bot --------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    with start_pair(tmp_path, organisation=ENFORCE, quiet_seconds=0) as made:
        secret = made.settings.secret_key
        assert secret is not None
        monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", made.settings.database_url)
        monkeypatch.setenv("EMPTYCHAIR_SECRET_KEY", secret.get_secret_value())
        yield made


def test_what_fits_is_offered_on_the_pull_request_and_one_tick_attaches_it(pair: Pair) -> None:
    taken(pair.folder)
    number = opened(pair)
    shown = body(pair, number)
    assert "The white theme hurts my eyes at night" in shown
    review = pair.review(number)
    assert review is not None
    assert not review.evidence
    tick(pair, number, f"voice=accept-{review.quotes[0].digest}")
    settle(pair)
    after = pair.review(number)
    assert after is not None
    (piece,) = after.evidence
    assert (piece.kind, piece.segment, piece.source) == ("asked", "existing", "tickets 1")
    run("forget", "Ann", "--yes")
    forgotten = pair.review(number)
    assert forgotten is not None
    assert "hurts" not in repr(forgotten)
    assert len(forgotten.evidence) == 1
    assert CliRunner().invoke(cli, ["verify-ledger"]).exit_code == 0


def test_in_a_public_repository_nothing_that_a_customer_said_is_shown(pair: Pair) -> None:
    taken(pair.folder)
    pair.github.publicise()
    settle(pair)
    number = opened(pair)
    assert "hurts my eyes" not in body(pair, number)
    review = pair.review(number)
    assert review is not None
    assert review.quotes == ()


def test_what_comes_later_is_offered_to_open_reviews_too(pair: Pair) -> None:
    number = opened(pair)
    assert "hurts my eyes" not in body(pair, number)
    taken(pair.folder)
    assert until(lambda: "hurts my eyes" in body(pair, number))


def test_another_tenants_voice_is_not_a_part_of_the_search(record: Path) -> None:
    taken(record)
    with sqlite3.connect(record / "e.db") as connection:
        connection.execute("UPDATE voice_text SET tenant = 't2'")
        connection.execute("UPDATE voice SET tenant_id = 2")
    assert hits("dark theme night page") == []
