"""Drafts and quotes of a proposal: in the wizard, and never in the way of Slack."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from unittest import mock

import pytest

from bot.cli.pair import Pair
from bot.flows.slack import publish_card
from bot.flows.voice.take_in import of_text, take_in
from tests.drafts.conftest import Started
from tests.drafts.test_drafts import answer, claim
from tests.make import wait_until
from tests.slack.talk import MANAGER, TEXT, Talk, fields, text_of

WHY = "People do not notice that an export failed and wait for it."
ROWS = """id,text,kind,date,segment
1,The export failed and nobody told me,asked,2026-02-01,existing
2,My export never came,signal,,
"""


@pytest.fixture(autouse=True)
def _soon() -> object:
    from datetime import timedelta

    with mock.patch.object(publish_card, "TOGETHER", timedelta(seconds=0.02)):
        yield


def on_file(pair: Pair) -> None:
    assert pair.bot is not None
    rows = of_text(ROWS, "t.csv")
    take_in(pair.bot.store, rows, {}, "tickets", b"key", datetime.now(UTC), 100)


def test_the_wizard_offers_quotes_and_ticking_one_attaches_it(start: Started) -> None:
    pair, _ = start(slack=True, llm={"on_open": "off"})
    on_file(pair)
    talk = Talk(pair)
    message = talk.propose()
    assert len(talk.review(message).quotes) == 1  # the other shares one common word
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    view = talk.window(MANAGER)
    assert "voice.quotes" in fields(view)
    assert "The export failed and nobody told me" in text_of(view.blocks)
    digest = talk.review(message).quotes[0].digest
    talk.submit(MANAGER, why=WHY, voice__quotes=[digest])
    (piece,) = talk.review(message).evidence
    assert (piece.kind, piece.source) == ("asked", "tickets 1")
    assert pair.slack.broken_rules == []


@pytest.mark.parametrize(("sent", "expected"), [
    (WHY, ("a draft", "draft.accepted")),
    (f"{WHY} And they write to us.", ("", "draft.edited")),
    ("", None),
])  # fmt: skip
def test_a_draft_in_the_wizard_is_accepted_edited_or_emptied(
    start: Started, sent: str, expected: tuple[str, str] | None
) -> None:
    pair, _ = start(slack=True, answers=answer(claim("why", WHY)))
    talk = Talk(pair)
    message = talk.propose(text="A banner when an export fails")
    wait_until(lambda: bool(talk.review(message).drafted))
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    view = talk.window(MANAGER)
    shown = text_of(view.blocks)
    assert "A draft by a model (assumed), nobody confirmed it" in shown
    talk.submit(MANAGER, why=sent, voice="assumed")
    found = talk.review(message).answer("why")
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT event FROM ledger WHERE event LIKE 'draft.%'")
        events = [row[0] for row in rows]
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.text, found.source, events[-1]) == (sent, *expected)


def test_slack_is_answered_while_the_model_hangs(start: Started) -> None:
    pair, model = start(slack=True, mode="slow", seconds=60, llm={"timeout_seconds": 30})
    talk = Talk(pair)
    messages = [pair.slack.post("proposals", MANAGER, f"{TEXT} {n}") for n in range(3)]
    for message in messages:
        begun = time.monotonic()
        answered = pair.slack.shortcut(MANAGER, "customer_impact", message)
        assert answered.ok
        assert time.monotonic() - begun < 3
        wait_until(lambda: (view := pair.slack.modal(MANAGER)) is not None and bool(fields(view)))
        begun = time.monotonic()
        assert pair.slack.submit(MANAGER, {"switches": ["notice"], "overlays": []}).ok
        assert time.monotonic() - begun < 3
    wait_until(lambda: len(model.asked) == 2)
    first = messages[0]
    wait_until(lambda: pair.proposal(first.channel, first.ts) is not None)
    wait_until(lambda: any(m.bot_id for m in pair.slack.messages(first.channel, first.ts)))
    model.gone.set()
    assert talk
