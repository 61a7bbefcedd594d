"""One row of an export: read, or refused with a reason; and the words by which it is found."""

from __future__ import annotations

import string
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts import ChangedFile
from bot.core.grammar import Piece
from bot.core.voice.rank import Found, best
from bot.core.voice.rows import BadRow, row
from bot.core.voice.strings import strings
from bot.core.voice.words import indexed, match, words

TODAY = date(2026, 3, 1)


def test_a_row_of_a_known_shape_needs_no_map() -> None:
    found = row({"id": "B-1", "source": "chat", "channel": "x", "text": " Where  is it? "}, {}, "f")
    assert (found.source, found.source_id, found.piece) == (
        "chat",
        "B-1",
        Piece("signal", "Where is it?"),
    )
    assert (found.weight, found.customer, found.keep_until) == (1.0, "", None)


def test_columns_are_mapped_and_every_part_is_read() -> None:
    raw = {
        "nr": 7, "body": "Too dear", "how": "Asked", "when": "2026-02-20T10:11:12Z",
        "group": "paying",
        "who": "Ann", "left": True, "url": "https://x.example/7", "w": "2.5", "until": "2027-01-01",
    }  # fmt: skip
    names = {
        "id": "nr", "text": "body", "kind": "how", "date": "when", "segment": "group",
        "customer": "who", "ex_customer": "left", "weight": "w", "keep_until": "until",
    }  # fmt: skip
    found = row(raw, names, "tickets")
    link = "https://x.example/7"
    assert found.piece == Piece("asked", "Too dear", link, date(2026, 2, 20), "paying", True)
    assert (found.source, found.customer, found.weight) == ("tickets", "Ann", 2.5)
    assert found.keep_until == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"id": "1"}, "has no text"),
        ({"text": "a"}, "has no id"),
        ({"id": "1", "text": "   "}, "has no text"),
        ({"id": "1" * 201, "text": "a"}, "has an id of over 200 letters"),
        ({"id": "1", "text": "a", "kind": "assumed"}, "has the kind 'assumed'"),
        ({"id": "1", "text": "a", "date": "yesterday"}, "has the date 'yesterday'"),
        ({"id": "1", "text": "a", "weight": "heavy"}, "has the weight 'heavy'"),
        ({"id": "1", "text": "a", "weight": -1}, "not between 0 and 1000"),
        ({"id": [1], "text": {"a": 1}}, "has no text"),
    ],
)
def test_a_bad_row_says_what_it_lacks(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        row(raw, {}, "f")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x.example/<b>", "https://a b"])
def test_a_link_that_is_none_is_left_out(link: str) -> None:
    assert row({"id": "1", "text": "a", "link": link}, {}, "f").piece.link == ""


def test_what_matters_is_looked_for_and_nothing_in_it_is_a_command() -> None:
    texts = ['fix: "PIN" NEAR(reset) OR *', "the reset of 12 PINs tenant:t2 a"]
    assert words(texts) == ["pin", "near", "reset", "pins", "tenant", "t2"]
    assert match(1, ["pin", "near"]) == 'tenant : "t1" AND text : ("pin" OR "near")'
    assert words(["", "the 1 of a"]) == []
    assert len(words(f"word{n}" for n in range(100))) == 40


def test_scripts_without_spaces_are_looked_for_in_pairs() -> None:
    assert indexed("料金が高い").split() == ["料金", "金が", "が高", "高い"]
    assert words(["料金"]) == ["料金"]


@given(st.text(alphabet=string.printable, max_size=80))
def test_whatever_is_looked_for_is_a_right_search(text: str) -> None:
    assert all('"' not in word for word in words([text]))


def found(id: int, score: float, text: str = "", **more: Any) -> Found:
    piece = Piece(
        "signal", text or f"piece {id}", "", more.pop("on", None), more.pop("segment", "")
    )
    matched = more.pop("matched", 2)
    return Found(
        id, "s", str(id), piece, more.pop("customer", ""), more.pop("weight", 1.0), score, matched
    )


def ids(*every: Found, segments: tuple[str, ...] = (), asked: int = 5) -> list[int]:
    return [each.id for each, _ in best(every, asked, 1000, 3, TODAY, segments)]


def test_one_customer_speaks_once_and_the_same_words_count_once() -> None:
    loud = [found(n, 10 - n / 10, customer="c1") for n in range(1, 4)]
    assert ids(*loud, found(9, 5)) == [1, 9]
    assert ids(found(1, 9, "Too dear!"), found(2, 8, "too dear"), found(3, 7)) == [1, 3]


def test_of_equals_the_fresher_one_and_who_is_affected_come_first() -> None:
    old, fresh = found(1, 5, on=date(2023, 1, 1)), found(2, 5, on=date(2026, 2, 1))
    assert ids(old, fresh, found(3, 5)) == [2, 3, 1]
    assert ids(found(1, 5), found(2, 5, segment="paying"), segments=("paying",)) == [2, 1]
    assert ids(found(2, 5), found(1, 5)) == [1, 2]


def test_weak_matches_are_left_out() -> None:
    assert ids(found(1, 3, matched=1)) == []
    assert ids(found(1, 3, matched=1), asked=2) == [1]
    assert ids(found(1, 9, matched=1)) == [1]
    assert ids(found(1, 10), found(2, 2)) == [1]


def test_what_customers_read_is_taken_from_changed_lines() -> None:
    patch = (
        '@@ -1,2 +1,2 @@\n-label = "Export all invoices"\n+<h1>Your monthly report</h1>\n'
        ' x = "not changed here"'
    )
    changed = ChangedFile("web/a.tsx", 1, 1, patch)
    assert strings([changed]) == ["Export all invoices", "Your monthly report"]
    quiet = ("tests/a.tsx", "a/package-lock.json")
    assert strings([ChangedFile(path, 1, 1, patch) for path in quiet]) == []
