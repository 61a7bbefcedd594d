"""What is secret or personal leaves the house as a placeholder; everything else as it is."""

from __future__ import annotations

import base64
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redaction.personal import personal
from bot.store.secret_rules import load, redactor
from tests import data

AWS = "AKIA" + "Q3EGRV6NB7ZX4KPM"
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + ("MIIEow+IBAAKCAQEAz4" * 3 + "abcdefg\n") * 3
    + "-----END RSA PRIVATE KEY-----"
)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f'key = "{AWS}"  # of the shop', 'key = "[SECRET:aws-access-token#1]"  # of the shop'),
        ("ask jo@acme.example or ann@acme.example", "ask [E-MAIL#1] or [E-MAIL#2]"),
        ("jo@acme.example, again jo@acme.example", "[E-MAIL#1], again [E-MAIL#1]"),
        ("IBAN DE89 3704 0044 0532 0130 00, please", "IBAN [IBAN#1], please"),
        ("pay with 4111 1111 1111 1111", "pay with [CARD#1]"),
        ("SSN 078-05-1120", "SSN [SSN#1]"),
        ("from 2001:db8::17. or 203.0.113.7.", "from [IP#1]. or [IP#2]."),
        ("see https://x.example/a?token=1 and https://x.example/a", "see [URL#1] and https://x.example/a"),
        ("said U024BE7LH in C0123456789", "said [SLACK-ID#1] in [SLACK-ID#2]"),
        ("[E-MAIL#1] stays", "[E-MAIL#1] stays"),
    ],
)  # fmt: skip
def test_what_is_replaced_and_what_stays(text: str, redacted: str) -> None:
    assert redactor().redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "-@pytest.mark.parametrize", "@media (width < 40em)", "version 1.2.3", "127.0.0.1:8080",
        "on 2026-11-25 at 10:00", "0000000000", "sha 9a8b7c6d5e4f3a2b1c0d", "DE89 3704 0044",
        "-----BEGIN PRIVATE KEY----- is how it begins", "HTTPS://WWW", "C4 and CONSTANT2000",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redactor().redact(text) == text


def test_people_are_replaced_where_a_text_is_prose() -> None:
    text = "thanks @octo-cat and @acme/research, `@dataclass` helped; a@b"
    found = redactor().redact(text, mentions=True)
    assert found == "thanks [USER#1] and [USER#2], `@dataclass` helped; a@b"


@pytest.mark.parametrize("text", [PEM, PEM[:120] + "\n", "+" + PEM.replace("\n", "\n+")])
def test_a_private_key_goes_line_by_line_also_where_it_is_cut_off(text: str) -> None:
    found = redactor()
    after = found.redact(f"before\n{text}\nafter")
    assert after.splitlines()[0] == "before"
    assert after.splitlines()[-1] == "after"
    assert after.count("\n") == f"before\n{text}\nafter".count("\n")
    assert "MII" not in after
    assert found.holds_key


@given(st.text(max_size=200))
def test_as_many_lines_come_out_and_a_second_time_changes_nothing(text: str) -> None:
    once = redactor().redact(text)
    assert once.count("\n") == text.count("\n")
    assert redactor().redact(once) == once


# -- real ones -------------------------------------------------------------------------------------


def test_secrets_of_others_are_found_and_what_is_none_mostly_stays() -> None:
    found: Counter[tuple[bool, bool]] = Counter()
    for row in data.rows("secrets.jsonl"):
        if row["source"].startswith("gitleaks"):
            text = base64.b64decode(row["text_b64"]).decode("utf-8", "replace")
            found[row["label"] == "secret", redactor().redact(text) != text] += 1
    assert found[True, True] / (found[True, True] + found[True, False]) >= 0.9
    assert found[False, True] / (found[False, True] + found[False, False]) <= 0.2


@pytest.mark.parametrize(
    ("kind", "least"), [("EMAIL", 0.95), ("CREDIT_CARD", 0.95), ("IBAN", 0.95)]
)
def test_personal_data_is_found(kind: str, least: float) -> None:
    rows = [r for r in data.rows("pii.jsonl") if (r["kind"], r["label"]) == (kind, "pii")]
    assert sum(bool(personal(row["text"])) for row in rows) >= least * len(rows)


def test_no_secret_is_seen_in_real_diffs_that_hold_none() -> None:
    flagged = [row["id"] for row in data.rows("prs.jsonl") if load().find(row["diff"])]
    assert len(flagged) <= 2, flagged
