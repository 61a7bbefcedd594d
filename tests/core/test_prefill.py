"""What a description already says is offered, never invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.missing import missing
from bot.core.prefill import LONGEST, Prefill, prefill
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import comment
from tests.examples import CATALOG, PRICE, answered, review

QUESTIONS = CATALOG.checklist.all_questions()
URL = "https://github.com/acme/shop"


def offers(body: str, title: str = "Exports") -> dict[str, Prefill]:
    return {offer.question: offer for offer in prefill(QUESTIONS, title, body, URL, 20)}


@pytest.mark.parametrize(
    "body",
    [
        "## Why\n\nExports take too long for big shops.",
        "### 🤔 Why?\r\n\r\nExports take too long for big shops.\r\n",
        "**Problem**\n\nExports take too long for big shops.",
        "**Motivation:**\n\nExports take too long for big shops.",
        "<!-- say why -->\n## Motivation\n<!-- one line -->\nExports take too long for big shops.",
        "Exports take too long for big shops.\n\nMore words.",
        "Why\n===\n\nExports take too long for big shops.",
    ],
)
def test_the_reason_is_found_under_its_heading_or_in_the_first_paragraph(body: str) -> None:
    assert offers(body)["why"].text == "Exports take too long for big shops."
    assert offers(body)["why"].source in ("your description", "your first lines")


def test_a_sentence_with_so_that_says_why() -> None:
    body = "## Changes\n\nUses a queue. We stream rows so that big shops get their export. Done."
    assert offers(body)["why"].text == "We stream rows so that big shops get their export."


@pytest.mark.parametrize(
    ("body", "source", "link"),
    [
        ("Fixes #412", "linked issue #412", f"{URL}/issues/412"),
        ("closes: #7 and more", "linked issue #7", f"{URL}/issues/7"),
        ("Resolves acme/api#3", "linked issue acme/api#3", "https://github.com/acme/api/issues/3"),
        (f"fixed {URL}/issues/9", "linked issue #9", f"{URL}/issues/9"),
    ],
)
def test_a_linked_issue_is_a_signal(body: str, source: str, link: str) -> None:
    offer = offers(body)["voice"]
    (piece,) = offer.pieces
    assert (piece.kind, piece.link, offer.source) == ("signal", link, source)


@pytest.mark.parametrize("body", ["See #412", "prefixes #3", "fixes nothing", "#3 fixes it"])
def test_a_mere_mention_is_no_signal(body: str) -> None:
    assert "voice" not in offers(body)


def test_a_fix_is_better_for_them_until_somebody_says_otherwise() -> None:
    assert offers("", title="fix: rounding of totals")["effect"].picks == ("better",)
    assert "effect" not in offers("", title="Prefix the totals")


def test_any_text_question_is_offered_from_a_heading_of_its_name() -> None:
    body = "## Who is not served\n\nShops that print their exports on paper."
    assert offers(body)["not_served"].text == "Shops that print their exports on paper."


@pytest.mark.parametrize(
    "body", ["", "## Why\n\nTBD", "## Why\n\nn/a", "## Why", "<!-- why -->", "# Why\n\n- [ ] x"]
)
def test_an_empty_template_offers_nothing(body: str) -> None:
    assert "why" not in offers(body) or offers(body)["why"].too_short


def test_what_is_too_short_is_found_and_said_and_cannot_be_accepted() -> None:
    offer = offers("## Why\n\nTBD")["why"]
    assert (offer.text, offer.too_short) == ("TBD", True)
    found = review(body="## Why\n\nTBD")
    assert not any(box.startswith("why=accept") for box in parse_comment(comment(found)))
    assert "Found “TBD” in your description. Please say it in 20 characters or more." in comment(
        found
    )
    assert answered(found, "why=accept").answer("why") is None


def test_a_heading_may_hold_the_whole_grammar_of_its_question() -> None:
    found = offers("## What changes for customers\n\ndifferent, the button moves into the menu")
    assert found["effect"].picks == ("different",)
    assert found["effect"].text == "the button moves into the menu"


def test_what_customers_said_is_one_piece_a_line_beside_the_linked_issue() -> None:
    body = (
        '## What customers said\n\n- asked 2026-02-20 [admins] "I export every Friday"\n'
        "- Forty tickets about this in February\n- TBD\n\nFixes #412"
    )
    pieces = offers(body)["voice"].pieces
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("asked", "I export every Friday"),
        ("", "Forty tickets about this in February"),
        ("signal", "Issue #412"),
    ]
    accepted = answered(review(PRICE, body=body), "voice=accept")
    assert "voice" not in [gap.question.id for gap in missing(accepted)]
    assert len(accepted.evidence) == 3


def test_an_answer_stays_when_its_description_changes_and_the_comment_says_so() -> None:
    accepted = answered(review(), "why=accept")
    changed = review(old=accepted, body="## Why\n\nSomething else altogether, for other people.")
    answer = changed.answer("why")
    assert answer is not None
    assert answer.text.startswith("Exports take too long")
    assert "your description says something else now" in comment(changed)


def test_a_long_story_is_cut_at_a_word() -> None:
    text = offers("## Why\n\n" + "word " * 200)["why"].text
    assert len(text) <= LONGEST + 2
    assert text.endswith(" …")


@given(st.text(max_size=400))
def test_no_description_whatever_breaks_it(body: str) -> None:
    for offer in prefill(QUESTIONS, body, body, URL, 20):
        assert offer.picks or offer.text


def test_what_is_answered_below_our_own_heading_is_not_offered_as_well() -> None:
    body = "## Customer impact\n\nwhy: exports are slow, so that people give up half way through\n"
    assert review(body=body).prefill("why") is None
