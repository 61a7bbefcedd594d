"""With the extra `semantic`, what says the same in other words is found too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.gateways import meaning
from tests import data
from tests.cli.test_evidence import hits, record, run, taken  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(not meaning.installed(), reason="the extra `semantic` is not here")

ROWS = """id,text
1,My eyes ache when the screen is bright after dark
2,The invoice came twice
3,Where is the parcel that I ordered?
"""


def test_what_says_the_same_in_other_words_is_found(record: Path) -> None:  # noqa: F811
    taken(record, ROWS)
    assert [hit["id"] for hit in hits("night mode for the app")][:1] == ["1"]


def test_a_changed_text_is_read_anew_and_a_forgotten_one_is_gone(record: Path) -> None:  # noqa: F811
    taken(record, "id,text,customer\n1,My eyes ache when the screen is bright after dark,Ann\n")
    taken(record, "id,text,customer\n1,The invoice came twice,Ann\n")
    assert hits("night mode for the app") == []
    assert [hit["id"] for hit in hits("billed two times")] == ["1"]
    run("forget", "Ann", "--yes")
    assert hits("billed two times") == []


def test_weights_that_are_not_those_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "SHA256", "0" * 64)
    with pytest.raises(ConfigError, match="is not the model that was measured"):
        meaning.MiniLm().embed(["a"])


def test_more_of_the_real_proposals_find_a_real_voice(record: Path) -> None:  # noqa: F811
    topics = {row["id"]: row["topic"] for row in data.rows("feedback.jsonl")}
    asked = [row for row in data.rows("retrieval.jsonl") if row["needs"] == ["feedback"]]
    run("import", str(data.FOLDER / "feedback.jsonl"))
    queries = record / "q.jsonl"
    queries.write_text(
        "".join(json.dumps({"id": q["id"], "query": q["query"]}) + "\n" for q in asked)
    )
    told = run("search", "--queries", str(queries)).stdout.splitlines()
    found = {each["id"]: each["hits"] for each in map(json.loads, told)}
    good = sum(
        any(topics[hit["id"]] in row["relevant_topics"] for hit in found[row["id"]])
        for row in asked
    )
    assert good / len(asked) >= 0.85, f"{good} of {len(asked)}"
