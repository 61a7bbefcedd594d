"""`emptychair samples`: what waits for a reviewer, and how to answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.core.rulings import Sample
from bot.store.store import Store
from tests import make
from tests.golden import same_as_golden
from tests.rows import add, hours, ruling


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = make.store(tmp_path)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(opened.engine.url))
    yield opened
    opened.close()


def samples(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["samples", *arguments])


def two_that_wait(store: Store) -> None:
    """And one of each that no longer does."""
    loud = "\x1b[31mOnly\u202e a\nrename\x9b of `Größe`."
    add(store, rulings=[ruling(sample=Sample.WAITING, at=hours(4), reason=loud)])
    add(store, "acme/pay", state="decided", rulings=[ruling(sample=Sample.WAITING)])
    add(store, rulings=[ruling(sample=Sample.RIGHT)])
    add(store, rulings=[ruling(sample=Sample.WRONG, ended=True)])
    add(store, rulings=[ruling(sample=Sample.WAITING, ended=True)])


def test_each_one_is_listed_with_who_when_why_and_how_to_answer(store: Store) -> None:
    two_that_wait(store)
    same_as_golden("cli/samples.txt", samples().output)


def test_json_tells_the_same(store: Store) -> None:
    two_that_wait(store)
    found = json.loads(samples("--json").output)
    assert [each["pull_request"] for each in found["waiting"]] == ["acme/pay#1", "acme/shop#1"]
    assert found["waiting"][0] == {
        "pull_request": "acme/pay#1",
        "url": "https://github.com/acme/pay/pull/1",
        "who": "author",
        "at": "2026-03-02T09:30:00+00:00",
        "reason": "Only a name inside changes.",
    }
    assert (found["right"], found["wrong"], found["lapsed"]) == (1, 1, 1)


def test_one_is_told_as_one(store: Store) -> None:
    add(store, rulings=[ruling(sample=Sample.WAITING)])
    assert samples().output.startswith("1 attestation waits for a reviewer.\n")


def test_when_nothing_waits_it_says_so(store: Store) -> None:
    assert samples().output == (
        "Nothing waits for a reviewer.\nSo far: 0 right, 0 wrong, 0 lapsed unjudged.\n"
    )
