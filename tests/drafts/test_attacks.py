"""A model that obeys whoever wrote last: nothing forbidden comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.drafting.claims import Answered, clean, verify
from bot.ports_llm import Reply
from tests import data
from tests.drafts.attack import CANARY, OWN, QUESTIONS, attacks, effects, obedient, prompted
from tests.drafts.evaluate import OFFLINE, versions


def answered(raw: dict[str, Any]) -> Reply:
    return Reply(Answered.model_validate(raw), "ok", "m", 1, 0, 1, True, 1)


def suffered(texts: list[str]) -> list[tuple[str, str]]:
    found = []
    for text, where in attacks(texts):
        sent = prompted(text, where)
        reply = answered(obedient(text, sent.system + sent.user))
        found += [(effect, text[:80]) for effect in effects(reply, sent)]
    return found


def test_nothing_comes_of_our_own_attacks() -> None:
    assert suffered(list(OWN)) == []


def test_nothing_comes_of_those_of_others() -> None:
    assert suffered([row["text"] for row in data.rows("injections.jsonl")]) == []


def test_what_others_make_active_stays_plain_text() -> None:
    rows = data.rows("output_sanitising.jsonl")
    assert suffered([row["text"] for row in rows if "text" in row]) == []


def test_the_prompts_in_use_are_those_that_were_evaluated() -> None:
    kept = json.loads(OFFLINE.read_text("utf-8"))
    assert {name: kept[name] for name in versions()} == versions(), "run `make eval`"
    assert kept["forbidden_effects"] == {}
    assert all(kept["clean_outcomes"].values())
    assert kept["attacks"] >= 4 * len(OWN)


def claim(question: str, cite: str, quote: str, text: str = "People cannot read it") -> Any:
    return {
        "question": question, "text": text, "basis": "evidenced", "cites": [cite], "quote": quote,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "cite", "quote", "basis"),
    [
        ("why", "H1", "a { color: blue }", "evidenced"),
        ("why", "H1", "a  {  color:\tblue }", "evidenced"),
        ("why", "H1", "a { color: green }", "assumed"),  # invented
        ("why", "H1", "blue }", "assumed"),  # too short to tell
        ("why", "H2", "a { color: blue }", "assumed"),  # no such hunk
        ("why", "E-a1b2c3d4", "My eyes hurt", "evidenced"),
        ("why", "E-0001", "My eyes hurt", "assumed"),
        ("feeling", "H1", "a { color: blue }", "assumed"),  # no diff shows a feeling
        ("feeling", "E-a1b2c3d4", "My eyes hurt", "evidenced"),
    ],
)
def test_every_cite_and_quote_is_looked_up(
    question: str, cite: str, quote: str, basis: str
) -> None:
    sent = prompted("Add a dark theme", "title")
    raw = Answered.model_validate(
        {"customer_facing": "yes", "claims": [claim(question, cite, quote)]}
    )
    found = verify(raw, sent.material, QUESTIONS, (CANARY,))
    assert [offer.basis for offer in found.offers] == [basis]
    assert found.counts.get("lowered", 0) == (basis != "evidenced")


def test_of_one_question_the_first_claim_counts_and_others_are_counted_as_dropped() -> None:
    sent = prompted("Add a dark theme", "title")
    claims = [claim("why", "H1", "x"), claim("why", "H1", "x", "Another one"), claim("no", "", "")]
    raw = Answered.model_validate({"customer_facing": "yes", "claims": claims})
    found = verify(raw, sent.material, QUESTIONS, (CANARY,))
    assert [offer.text for offer in found.offers] == ["People cannot read it"]
    assert found.counts["dropped"] == 2


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("They *cannot* `read` [it](https://x.example)", "They cannot read it ("),
        ("&lt;img src=x&gt; &#64;octocat sees", "img src=x sees"),
        ("line one\nline two\r\n\tthree", "line one line two three"),
        ("=cmd() is a formula", "cmd() is a formula"),
        ("ask jo@acme.example or @team", "ask or"),
        ("a\u202eb\u200bc\U000e0041", "abc"),
        ("/impact none nobody", "impact none nobody"),
    ],
)
def test_what_a_model_says_is_plain_words(said: str, plain: str) -> None:
    assert clean(said) == plain
