"""By what a customer could be found is taken out; what only looks like it stays."""

from __future__ import annotations

import pytest

from bot.core.masking import mask
from tests import data


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail jo.doe+x@mail.example.co.uk now", "mail [e-mail] now"),
        ("Ring +49 170 1234567!", "Ring [phone]!"),
        ("(415) 555-2671 is mine", "[phone] is mine"),
        ("call 555-123-4567", "call [phone]"),
        ("tel: 1234567", "tel: [phone]"),
        ("0171 2345678 after six", "[phone] after six"),
        ("card 4111 1111 1111 1111, ok", "card [card], ok"),
        ("5500-0000-0000-0004", "[card]"),
        ("a@b.example and c@d.example", "[e-mail] and [e-mail]"),
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-11-25 at 10:00 and on 25.11.2026",
        "version 1.2.3 and 10.4.11",
        "1,299.00 or 12000 users, 99.95 %",
        "192.168.1.100",
        "message 1770000000.000100 in C024BE91L",
        "commit 9a8b7c6d5e4f3a2b1c0d",
        "https://shop.example/orders/4155552671?ref=5500000000000004",
        "4111 1111 1111 1112 is no card",
        "1748503543012",
        "ticket 123456, order 2026001234",
        "",
    ],
)
def test_what_stays(text: str) -> None:
    assert mask(text).text == text


def test_what_was_found_is_named_once() -> None:
    assert mask("a@b.example, c@d.example, +49 170 1234567").found == ("e-mail", "phone")


def test_masking_again_changes_nothing() -> None:
    once = mask("a@b.example +49 170 1234567 4111 1111 1111 1111").text
    assert mask(once).text == once


def test_a_hostile_text_takes_no_time() -> None:
    for text in ("1 " * 50_000, "a@" * 50_000, "a." * 50_000 + "@", "(" * 100_000, "9" * 100_000):
        assert len(mask(text).text) <= len(text)


WANTED = {"CREDIT_CARD": "card", "EMAIL": "e-mail", "PHONE": "phone"}


def test_real_samples_are_found_and_few_others_are() -> None:
    rows = [row for row in data.rows("pii.jsonl") if row["kind"] in WANTED]
    hits = {
        label: [WANTED[row["kind"]] in mask(row["text"]).found for row in rows
                if row["label"] == label]
        for label in ("pii", "not_pii")
    }  # fmt: skip
    assert len(hits["pii"]) >= 15
    assert sum(hits["pii"]) / len(hits["pii"]) >= 0.95
    assert sum(hits["not_pii"]) <= 1
