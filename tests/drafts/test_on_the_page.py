"""Drafts and quotes on a review's page, and from the check's button."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cli.pair import Pair
from bot.core.roles import Identity
from bot.flows.voice.take_in import of_text, take_in
from tests.drafts.conftest import Started
from tests.drafts.test_drafts import DRAFT, WHY, opened_bare, review
from tests.flows.people import opened, settle, until
from tests.pages.visit import Visit, signed_in, words

ROLES = """
mode: [{repositories: '**', mode: enforce}]
roles: {member: {logins: [author, outsider]}}
"""


def author(pair: Pair) -> Visit:
    user = pair.github.state.user("author")
    return signed_in(pair, Identity("github", str(user.id), "Author", "author"))


def test_a_draft_is_accepted_or_rejected_by_its_button(start: Started) -> None:
    pair, _ = start(organisation=ROLES, pages=True, answers=DRAFT)
    number = opened_bare(pair)
    found, visit = review(pair, number), author(pair)
    shown = words(visit.get(f"/reviews/{found.id}").text)
    assert f"Draft by a model, nobody confirmed it (evidenced: web/theme.css:1): {WHY}" in shown
    why, feeling = found.drafted
    visit.answer(found.id, "why", way=f"accept:{why.digest}")
    visit.answer(found.id, "feeling", way=f"refuse:{feeling.digest}")
    after = review(pair, number)
    assert [(a.question, a.text, a.by.login) for a in after.answers] == [("why", WHY, "author")]
    assert [draft.question for draft in after.drafted] == ["why"]


def test_saving_another_field_does_not_accept_a_draft(start: Started) -> None:
    pair, _ = start(organisation=ROLES, pages=True, answers=DRAFT)
    number = opened_bare(pair)
    found, visit = review(pair, number), author(pair)
    visit.answer(found.id, "feeling", feeling="relieved")
    (answer,) = review(pair, number).answers
    assert (answer.picks, answer.text, answer.source) == (("relieved",), "", "")


def test_a_draft_is_asked_for_on_the_page_and_only_by_who_may_answer(start: Started) -> None:
    pair, model = start(organisation=ROLES, pages=True, answers=DRAFT, llm={"on_open": "off"})
    number = opened(pair, body="")
    found, visit = review(pair, number), author(pair)
    outsider = pair.github.state.user("outsider")
    other = signed_in(pair, Identity("github", str(outsider.id), "Outsider", "outsider"))
    refused = other.post(f"/reviews/{found.id}/draft", {"csrf": other.csrf()})
    assert refused.status_code == 403
    told = words(visit.post(f"/reviews/{found.id}/draft", {"csrf": visit.csrf()}).text)
    assert "A draft is being made" in told
    assert until(lambda: bool(review(pair, number).drafted))
    assert len(model.asked) == 1


def test_a_quote_is_attached_by_its_button(start: Started) -> None:
    pair, _ = start(organisation=ROLES, pages=True, llm={"on_open": "off"})
    assert pair.bot is not None
    rows = of_text("id,text,kind\n7,A white theme hurts my eyes,asked\n", "t.csv")
    take_in(pair.bot.store, rows, {}, "tickets", b"k", datetime.now(UTC), 100)
    number = opened(pair)
    found, visit = review(pair, number), author(pair)
    shown = words(visit.get(f"/reviews/{found.id}").text)
    assert "On file, tickets 7" in shown
    assert "A white theme hurts my eyes" in shown
    visit.answer(found.id, "voice", way=f"accept:{found.quotes[0].digest}")
    (piece,) = review(pair, number).evidence
    assert (piece.kind, piece.source, piece.by.login) == ("asked", "tickets 7", "author")


def test_what_is_offered_no_more_is_not_taken(start: Started) -> None:
    pair, _ = start(organisation=ROLES, pages=True, answers=DRAFT)
    number = opened_bare(pair)
    found, visit = review(pair, number), author(pair)
    answer = visit.answer(found.id, "why", way=f"accept:{'0' * 32}")
    assert "That is not offered any more." in words(answer.text)
    assert review(pair, number).answers == ()


@pytest.mark.parametrize("button", ["draft", "recheck"])
def test_the_checks_button_asks_for_a_draft(start: Started, button: str) -> None:
    pair, model = start(answers=DRAFT, llm={"on_open": "off"})
    number = opened(pair, body="")
    check = pair.github.check(number)
    assert check is not None
    pair.github.press(check.id, button, "reviewer")
    settle(pair)
    assert until(lambda: len(model.asked) == (button == "draft"))


def test_the_privacy_overlay_gets_no_draft(start: Started) -> None:
    pair, model = start(answers=DRAFT)
    from bot.sandbox.records import FileChange

    track = FileChange(
        "web/tracking.ts",
        2,
        0,
        "@@ -1 +1,2 @@\n+analytics.track('email', user.email)\n+// consent\n",
    )
    number = opened(pair, track, title="Track the e-mail address of each user", body="")
    settle(pair)
    found = review(pair, number)
    assert "privacy" in found.overlays, found.overlays
    assert model.asked == []
