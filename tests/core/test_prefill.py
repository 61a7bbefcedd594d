"""What a description already says is offered, never invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.prefill import LONGEST, Prefill, prefill
from tests.examples import CATALOG

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
    assert offers(body)["why"].source == "your description"


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
    assert (offer.picks, offer.source, offer.link) == (("signal",), source, link)


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
    assert "why" not in offers(body)


def test_a_long_story_is_cut_at_a_word() -> None:
    text = offers("## Why\n\n" + "word " * 200)["why"].text
    assert len(text) <= LONGEST + 2
    assert text.endswith(" …")


@given(st.text(max_size=400))
def test_no_description_whatever_breaks_it(body: str) -> None:
    for offer in prefill(QUESTIONS, body, body, URL, 20):
        assert offer.picks or offer.text
