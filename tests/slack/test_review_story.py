"""Reviewers consent, make conditions and object; nobody reviews what is their own."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.gate import Gate, standing
from bot.sandbox.slack.records import Message
from tests.slack.talk import LEAD, MANAGER, RESEARCH, WHY, Talk, text_of

ALL_OF_R2: dict[str, dict[str, Any]] = {
    "who": {"who": ["existing"], "reach": "1-to-10", "not_served": "none",
            "not_served__line": "Everybody who exports gets the same banner"},
    "voice": {"why": WHY, "voice": "signal", "voice__line": "12 tickets about it this month"},
    "effect": {"effect": "better", "effect__line": "They see at once that it failed",
               "feeling": "relieved", "feeling__line": "They no longer wait for nothing",
               "value": "customer", "value__line": "They save an hour when it happens"},
    "follow-through": {"measure": "exports started again", "measure__today": "20",
                       "measure__expected": "60", "measure__sure": "70"},
}  # fmt: skip


@pytest.fixture(scope="module")
def organisation() -> str:
    return """
reviewers:
  slack: [U0SUPPORTLEAD, U0RESEARCHLEAD]
  customer_facing: [U0RESEARCHLEAD]
"""


def answered(talk: Talk, *switches: str) -> Message:
    """A proposal at R2 with all its answers."""
    message = talk.propose(*(switches or ("notice", "hard_to_undo")))
    talk.press(MANAGER, message, "answer")
    for values in ALL_OF_R2.values():
        answer = talk.submit(MANAGER, **values)
        assert not answer.errors, answer.errors
    return message


def test_complete_takes_one_consent_at_r2_and_never_ones_own(talk: Talk) -> None:
    message = answered(talk)
    assert "It waits for 1 consent now" in text_of(talk.window(MANAGER).blocks)
    talk.slack.close_modal(MANAGER)
    talk.shows(message, "Waiting for: a reviewer to consent or object (0 of 1 consent).")
    own = talk.press(MANAGER, message, "consent")
    assert own is not None
    assert "your own consent does not count" in text_of(own.blocks)
    talk.slack.close_modal(MANAGER)
    talk.press(LEAD, message, "consent")
    talk.submit(LEAD, stance="consent")
    talk.shows(message, "🤝 <@U0SUPPORTLEAD> consents.")
    assert standing(talk.review(message)).gate is Gate.COMPLETE
    assert talk.review(message).completed_at is not None


def test_a_condition_and_an_objection_say_why_and_stand_in_the_decision(talk: Talk) -> None:
    message = answered(talk)
    talk.slack.close_modal(MANAGER)
    talk.press(LEAD, message, "more", "consent")
    bare = talk.submit(LEAD, stance="consent with a condition")
    assert bare.errors == {"reason": "Please say the condition, in 10 characters or more."}
    talk.submit(LEAD, reason="Tell support a week before")
    talk.press(RESEARCH, message, "more", "consent")
    talk.submit(RESEARCH, stance="object", reason="Nobody asked the yearly customers")
    talk.shows(message, "✋ <@U0RESEARCHLEAD> objects: Nobody asked the yearly customers")
    assert standing(talk.review(message)).gate is Gate.COMPLETE, "an objection blocks nothing"
    view = talk.press(MANAGER, message, "decide")
    assert view is not None
    assert "They stand in the decision" in text_of(view.blocks)
    talk.submit(MANAGER, how="approved with conditions", sentence="We do it in the spring.")
    talk.shows(message, "Conditions: Tell support a week before")
    assert "objects: Nobody asked the yearly customers" in talk.shown(message)


def test_r3_takes_two_consents_one_from_who_works_with_customers(talk: Talk) -> None:
    message = answered(talk)
    talk.slack.close_modal(MANAGER)
    talk.press(MANAGER, message, "more", "tier")
    talk.submit(MANAGER, tier="R3", reason="everybody who exports meets it")
    talk.press(LEAD, message, "more", "waive")
    for gap in standing(talk.review(message)).missing:
        talk.press(LEAD, message, "more", "waive")
        talk.submit(LEAD, scope=gap.question.id, reason="the interviews are next week")
    talk.shows(message, "(0 of 2 consents, one of them from somebody who works with customers).")
    talk.press(LEAD, message, "consent")
    talk.submit(LEAD, stance="consent")
    assert standing(talk.review(message)).consents == 1
    talk.press(RESEARCH, message, "consent")
    talk.submit(RESEARCH, stance="consent")
    assert standing(talk.review(message)).gate is Gate.WAIVED


def test_who_is_no_reviewer_is_told_who_is(talk: Talk) -> None:
    message = answered(talk)
    talk.slack.close_modal(MANAGER)
    view = talk.press("designer", message, "more", "consent")
    assert view is not None
    assert "`reviewers` in `organisation.yaml` names them." in text_of(view.blocks)
    talk.slack.close_modal("designer")
    view = talk.press(MANAGER, message, "more", "waive")
    assert view is not None
    assert "never for the author or owner" in text_of(view.blocks)


def test_a_waiver_of_the_whole_lets_consents_go_openly(talk: Talk) -> None:
    message = talk.propose("notice", "hard_to_undo")
    talk.press(LEAD, message, "more", "waive")
    thin = talk.submit(LEAD, reason="later")
    assert thin.errors == {"reason": "Please say why, in 15 characters or more."}
    talk.submit(LEAD, reason="an outage is being repaired tonight", until="2026-12-24")
    talk.shows(message, "⏳ All questions: waived by <@U0SUPPORTLEAD> until")
    assert "an outage is being repaired tonight" in talk.shown(message)
    assert standing(talk.review(message)).gate is Gate.WAIVED
