"""What time does to a proposal; and the door without a network in between."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from slack_bolt import BoltRequest

from bot.core.gate import Gate, standing
from bot.flows.run_out import run_out
from tests.slack.talk import LEAD, MANAGER, Talk


def test_when_the_day_of_a_waiver_is_over_the_card_asks_again(talk: Talk) -> None:
    message = talk.propose("notice", "hard_to_undo")
    talk.press(LEAD, message, "more", "waive")
    today = datetime.now(UTC).date()
    talk.submit(LEAD, reason="an outage is being repaired tonight", until=today.isoformat())
    assert standing(talk.review(message)).gate is Gate.WAIVED
    talk.shows(message, "⏳ All questions: waived by <@U0SUPPORTLEAD>")
    assert talk.pair.bot is not None
    world = talk.pair.bot.world
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    run_out(replace(world, clock=lambda: tomorrow))
    talk.settle()
    assert standing(talk.review(message)).gate is Gate.PENDING
    talk.shows(message, "Waiting for: <@U0PRODUCTMANAGER> to answer.")
    assert "⏳" not in talk.shown(message)


def test_the_listeners_answer_bolt_itself(talk: Talk) -> None:
    message = talk.propose()
    bot = talk.pair.bot
    assert bot is not None
    assert bot.slack is not None
    state = {"ref": f"p:{message.channel}:{message.ts}", "step": "who"}
    who = {"who": {"type": "checkboxes", "selected_options": [{"value": "existing"}]}}
    body = {
        "type": "view_submission",
        "team": {"id": "T0ACME"},
        "user": {"id": talk.slack.person(MANAGER).id, "name": MANAGER, "team_id": "T0ACME"},
        "view": {
            "type": "modal",
            "callback_id": "answer",
            "private_metadata": json.dumps(state),
            "state": {"values": {"who": who}},
        },
    }
    answer = bot.slack._app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    told = json.loads(answer.body)
    assert (answer.status, told["response_action"]) == (200, "update")
    assert told["view"]["title"]["text"] == "Voice (2/3)"
    assert [a.question for a in talk.review(message).answers] == ["who"]
