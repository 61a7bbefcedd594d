"""`emptychair drafts`: what a server can do, and what drafts cost."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.drafts.conftest import Started, start  # noqa: F401 - a fixture
from tests.drafts.server import Model, running
from tests.drafts.test_drafts import DRAFT, opened_bare, review
from tests.flows.people import say


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with running() as made:
        monkeypatch.setenv("EMPTYCHAIR_LLM__MODEL", "stub")
        monkeypatch.setenv("EMPTYCHAIR_LLM__BASE_URL", made.url)
        yield made


def run(*arguments: str, code: int = 0) -> Result:
    found = CliRunner().invoke(cli, ["drafts", *arguments])
    assert found.exit_code == code, found.output
    return found


@pytest.mark.parametrize(("mode", "schema", "usage"), [
    ("ok", True, True), ("noschema", False, True), ("nousage", True, False),
])  # fmt: skip
def test_check_says_what_a_server_can_do(
    model: Model, mode: str, schema: bool, usage: bool
) -> None:
    model.mode = mode
    found = json.loads(run("check", "--json").stdout)
    assert (found["json_schema"], found["usage"], found["outcome"]) == (schema, usage, "ok")
    assert found["answered_as"] == "stub-1.2"


@pytest.mark.parametrize(("mode", "said"), [
    ("refuse", "(refused)"), ("notjson", "(schema)"), ("denied", "401"), ("broken", "500"),
])  # fmt: skip
def test_check_says_what_is_wrong(model: Model, mode: str, said: str) -> None:
    model.mode = mode
    assert said in run("check", code=1).stderr


def test_without_a_model_check_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMPTYCHAIR_LLM__MODEL", raising=False)
    assert "EMPTYCHAIR_LLM__MODEL" in run("check", code=1).stderr


def test_cost_adds_up_and_says_what_people_did(
    start: Started,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair, _ = start(answers=DRAFT, llm={"price_input": 2.0, "price_as_of": "2026-11-01"})
    number = opened_bare(pair)
    say(pair, number, "/impact accept why")
    say(pair, number, "/impact reject feeling")
    assert not review(pair, number).drafted[1:]
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", pair.settings.database_url)
    found = json.loads(run("cost", "--since", "1d", "--json").stdout.splitlines()[-1])
    assert (found["calls"], found["people"]) == (1, {"accepted": 1, "edited": 0, "rejected": 1})
    assert found["cost"] > 0
    assert found["days"][0]["prices_as_of"] == "2026-11-01"
    text = run("cost").output
    assert "50 % accepted as they stood" in text
    assert "Prices as of 2026-11-01" in text


def test_an_answer_in_words_near_to_a_draft_counts_as_edited(start: Started) -> None:  # noqa: F811
    pair, _ = start(answers=DRAFT)
    number = opened_bare(pair)
    words = "People with migraines cannot read the page at night or in the dark"
    say(pair, number, f"/impact why: {words}")
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT event FROM ledger WHERE event LIKE 'draft.%'")
        assert [row[0] for row in rows] == ["draft.made", "draft.edited"]
