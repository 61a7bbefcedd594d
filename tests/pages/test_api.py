"""The API is what its description says."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings

from bot.cli.pair import Pair
from tests.flows.people import ALL, opened, say
from tests.pages.test_answering import record
from tests.pages.visit import at_the_machine

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_no_request_that_the_description_allows_or_forbids_breaks_it(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    owner = at_the_machine(pair)
    described = owner.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    found: Any = schema.get_all_operations()
    operations = [each.ok() for each in found]
    assert len(operations) == 6
    cookie = {"emptychair": owner.session.cookies["emptychair"]}
    for operation in operations:
        _ask(operation.as_strategy(), pair.bot_url, cookie)


def _ask(cases: Any, url: str, cookie: dict[str, str]) -> None:
    def ask(case: Any) -> None:
        answer = case.call(base_url=url, cookies=cookie)
        assert answer.status_code < 500, (case.formatted_path, case.query, answer.text)
        if answer.status_code != 422:
            case.validate_response(answer)

    FEW(given(case=cases)(ask))()


def test_one_review_whole(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    review = record(pair, number)
    found = at_the_machine(pair).get(f"/api/v1/reviews/{review.id}").json()
    assert found["gate"] == "complete"
    assert {answer["question"] for answer in found["answers"]} >= {"who", "why", "effect"}
    assert found["evidence"][0]["link"] == "https://example.com/tickets/7"
    assert found["maturity"]["name"] == "customer-oriented"


def test_exports_hold_every_review_and_no_formula(pair: Pair) -> None:
    opened(pair, title="=HYPERLINK(1)")
    owner = at_the_machine(pair)
    total = owner.get("/api/v1/reviews?since=all").json()["total"]
    rows = list(csv.DictReader(io.StringIO(owner.get("/api/v1/export.csv?since=all").text)))
    lines = owner.get("/api/v1/export.jsonl?since=all").text.splitlines()
    assert len(rows) == len(lines) == total
    assert "'=HYPERLINK(1)" in {row["title"] for row in rows}
    assert json.loads(lines[0])["author"] == "somebody"


def test_a_word_of_a_decision_finds_it(pair: Pair) -> None:
    number = opened(pair, title="Retire the fax gateway")
    say(pair, number, ALL)
    pair.github.merge(number)
    assert pair.settle()
    owner = at_the_machine(pair)
    for words, found in (("fax", 1), ("gateways fax", 1), ("migraines fax", 1), ("telex", 0)):
        answer = owner.get("/api/v1/decisions", params={"q": words, "since": "all"}).json()
        assert len(answer["reviews"]) == found, words
    for hostile in ('"', "fax OR", "NEAR(", "* *", "title:fax AND", "(", "fax'--", "\x00"):
        assert owner.get("/api/v1/decisions", params={"q": hostile}).status_code in (200, 422)
