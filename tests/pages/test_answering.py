"""Answers given on the page: on record, and on every other surface."""

from __future__ import annotations

from typing import Any

import requests

from bot.cli.pair import Pair
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.gate import Gate, standing
from bot.core.review import Review
from bot.core.roles import Identity
from tests.flows.people import PRICE, click, one_second, only_comment, opened, settle
from tests.pages.visit import Visit, signed_in, words

AUTHOR = Identity("github", "11", "Author", "author")


def record(pair: Pair, number: int) -> Review:
    found = pair.review(number)
    assert found is not None
    return found


def an_author(pair: Pair) -> Visit:
    user = pair.github.state.user("author")
    return signed_in(pair, Identity("github", str(user.id), "Author", "author"))


def test_five_answers_turn_comment_and_check_green(pair: Pair) -> None:
    number = opened(pair)
    review, visit = record(pair, number), an_author(pair)
    shown = words(visit.get(f"/reviews/{review.id}").text)
    assert "5 questions left: Customers, Problem, Effect, Feeling and Voice." in shown, shown[:400]
    sent: dict[str, dict[str, Any]] = {
        "who": {"who": ["existing", "admins"]},
        "why": {"why": "People with migraines cannot read the page for long."},
        "effect": {"effect": "better"},
        "feeling": {"feeling": "relieved"},
        "voice": {
            "voice": "asked", "voice.line": "I close it after ten minutes.",
            "voice.day": "2026-01-20", "voice.segment": "existing", "voice.former": "yes",
        },
    }  # fmt: skip
    for question, fields in sent.items():
        answer = visit.answer(review.id, question, **fields)
        assert (answer.status_code, answer.url) == (
            200, f"{pair.bot_url}/reviews/{review.id}#{question}",
        ), answer.text  # fmt: skip
    assert pair.settle()
    after = record(pair, number)
    assert standing(after).gate is Gate.COMPLETE
    user = pair.github.state.user("author")
    assert {a.door for a in after.answers} == {Door.PAGE}
    assert {a.by for a in after.answers} == {Actor(user.id, "author")}
    (piece,) = after.evidence
    assert (piece.kind, piece.segment, piece.former) == ("asked", "existing", True)
    assert "complete ✅" in only_comment(pair, number).body
    run = pair.github.check(number)
    assert run is not None
    assert run.conclusion == "success"
    assert run.details_url == f"{pair.bot_url}/reviews/{review.id}"


def test_a_link_in_the_check_leads_to_its_question(pair: Pair) -> None:
    number = opened(pair)
    review, run = record(pair, number), pair.github.check(number)
    assert run is not None
    assert f"(<{pair.bot_url}/reviews/{review.id}#feeling>)" in (run.summary or "")
    assert (
        f"[a page of its own](<{pair.bot_url}/reviews/{review.id}>)"
        in only_comment(pair, number).body
    )


def test_what_is_no_answer_is_said_beside_its_field_and_nothing_is_kept(pair: Pair) -> None:
    review, visit = record(pair, opened(pair)), an_author(pair)
    answer = visit.answer(review.id, "why", why="n/a")
    assert answer.status_code == 409
    assert "Please say a little more, in 20 characters or more." in words(answer.text)
    assert not record(pair, review.pull_request.number).answers


def test_two_people_at_once_choose_whose_answer_stands(pair: Pair) -> None:
    number = opened(pair)
    review, visit = record(pair, number), an_author(pair)
    old = {"csrf": visit.csrf(), "way": "save", "seen": "effect:" + "0" * 12, "effect": "worse"}
    click(pair, number, "effect=better", "reviewer")
    settle(pair)
    part = {"HX-Request": "true"}
    path = f"/reviews/{review.id}/answers/effect"
    first = visit.post(path, old, headers=part)
    assert "answered meanwhile: Better" in words(first.text)
    assert f'value="{old["seen"]}"' in first.text  # so that the next try asks again
    assert record(pair, number).answer("effect").picks == ("better",)  # type: ignore[union-attr]
    second = visit.post(path, old | {"mine": "1", "effect": "different"}, headers=part)
    assert "Answered by author" in words(second.text)
    assert record(pair, number).answer("effect").picks == ("different",)  # type: ignore[union-attr]


def test_an_answer_that_asks_for_more_says_so_before_it_counts(pair: Pair) -> None:
    number = opened(pair)
    review, visit = record(pair, number), an_author(pair)
    held = visit.answer(review.id, "effect", effect="worse")
    assert "This answer makes it R2 and asks" in words(held.text)
    assert record(pair, number).answer("effect") is None
    agreed = visit.answer(review.id, "effect", effect="worse", agreed="1")
    assert agreed.status_code == 200
    assert str(record(pair, number).tier) == "R2"


def test_sent_twice_it_counts_once(pair: Pair) -> None:
    number = opened(pair)
    review, visit = record(pair, number), an_author(pair)
    one_second(pair)
    for _ in range(2):
        visit.answer(review.id, "effect", effect="better", once="the-same", mine="1")
    assert record(pair, number).version == review.version + 1


def test_what_does_not_apply_needs_a_reason_and_can_be_taken_back(pair: Pair) -> None:
    number = opened(pair)
    review, visit = record(pair, number), an_author(pair)
    visit.answer(review.id, "feeling", way="not-applicable", reason="Only robots read this page.")
    given = record(pair, number).answer("feeling")
    assert given is not None
    assert given.not_applicable
    visit.answer(review.id, "feeling", way="undo")
    assert record(pair, number).answer("feeling") is None


def test_what_the_description_offers_is_taken_with_one_press(pair: Pair) -> None:
    body = "## Why\n\nWhen the page glares, people with migraines close it at once."
    number = opened(pair, body=body)
    review, visit = record(pair, number), an_author(pair)
    offer = review.prefill("why")
    assert offer is not None
    visit.answer(review.id, "why", way="accept")
    assert record(pair, number).answer("why").text == offer.text  # type: ignore[union-attr]


def test_who_may_not_answer_can_read_and_no_more(pair: Pair) -> None:
    number = opened(pair, PRICE)
    review = record(pair, number)
    outsider = pair.github.state.user("outsider")
    visit = signed_in(pair, Identity("github", str(outsider.id), "Outsider", "outsider"))
    assert "You can read this." in words(visit.get(f"/reviews/{review.id}").text)
    answer: requests.Response = visit.answer(review.id, "effect", effect="better")
    assert answer.status_code == 403
    assert not record(pair, number).answers
