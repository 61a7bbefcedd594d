"""One proposal from its message to the decision, against a Slack that we did not write.

The bot is the real one, with Bolt and slack_sdk; on the other side stands `emulate@0.12.2`. It
keeps messages, threads, metadata and windows, and verifies triggers by its own rules. What people
press it cannot send, so that is signed and posted by the test.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cli.pair import _free_port, _start
from bot.main import App
from bot.sandbox.server import Server
from bot.settings import Settings, SlackSettings
from bot.store import proposals
from tests.make import wait_until
from tests.stories.emulator import Emulator

SECRET, TOKEN, PERSON = "a signing secret of this story", "xoxb-the-bot", "xoxb-a-person"
TEXT = "Show a banner when an export fails, so that people know at once"
Json = dict[str, Any]


class Story:
    """Both running, and one person at work."""

    def __init__(self, folder: Path) -> None:
        seed = {
            "slack": {
                "team": {"name": "acme", "domain": "acme"},
                "users": [{"name": "manager", "real_name": "Product manager"}],
                "channels": [{"name": "proposals"}],
                "signing_secret": SECRET,
                "oauth_apps": [
                    {"app_id": "A1", "client_id": "1.2", "client_secret": "s", "name": "Chair",
                     "redirect_uris": [], "bot_name": "empty-chair", "bot_id": "B0CHAIR",
                     "bot_user_id": "U0CHAIR", "scopes": ["chat:write"]},
                ],
                "tokens": [
                    {"token": TOKEN, "app_id": "A1", "type": "bot", "bot_id": "B0CHAIR",
                     "bot_user_id": "U0CHAIR", "user_id": "U0CHAIR"},
                    {"token": PERSON, "user": "manager"},
                ],
            }
        }  # fmt: skip
        self.emulator = Emulator(folder, seed, "http://localhost", "slack")
        self.emulator.start()
        base = f"{self.emulator.url}/api/"
        self.person, self.us = WebClient(PERSON, base_url=base), WebClient(TOKEN, base_url=base)
        self.user = str(self.person.auth_test()["user_id"])
        listed = self.us.conversations_list()["channels"]
        self.channel = next(str(c["id"]) for c in listed if c["name"] == "proposals")
        settings = Settings(
            database_url=f"sqlite:///{folder / 'bot.db'}",
            secret_key=SecretStr("a root key of this story alone"),
            slack=SlackSettings(
                base_url=base, bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET)
            ),
            web={"port": _free_port()},
        )
        started: tuple[App, Server] = _start(settings)
        self.bot, self.server = started

    def stop(self) -> None:
        self.server.stop()
        self.bot.stop()
        self.emulator.stop()

    def trigger(self) -> str:
        """A trigger that the emulator takes, once and for three seconds."""
        made = self.us.api_call("views.generateTriggerId", json={"user_id": self.user})
        return str(made["trigger_id"])

    def send(self, payload: Json) -> requests.Response:
        """What Slack would send, signed as Slack signs."""
        shared = {"team": {"id": "T000000001"}, "user": {"id": self.user, "name": "manager"}}
        body = urlencode({"payload": json.dumps({**shared, **payload})}).encode()
        now = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256)
        headers = {
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": f"v0={signed.hexdigest()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = requests.post(f"{self.server.url}/slack/events", body, headers=headers, timeout=5)
        assert answer.status_code == 200, answer.text
        assert self.bot.jobs.wait_idle(10)
        return answer

    def submit(self, kind: str, state: Json, values: Json) -> Json:
        put_in = {block: {block: value} for block, value in values.items()}
        view = {"type": "modal", "callback_id": kind, "private_metadata": json.dumps(state)}
        view["state"] = {"values": put_in}  # type: ignore[assignment]
        told: Json = self.send({"type": "view_submission", "view": view}).json()
        return told

    def thread(self, ts: str) -> list[Json]:
        found: list[Json] = self.us.conversations_replies(
            channel=self.channel, ts=ts, include_all_metadata=True
        )["messages"]
        return found[1:]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    made = Story(tmp_path)
    try:
        yield made
    finally:
        made.stop()


def option(*values: str) -> Json:
    return {"type": "checkboxes", "selected_options": [{"value": value} for value in values]}


def one(value: str) -> Json:
    return {"type": "radio_buttons", "selected_option": {"value": value}}


def text(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def test_from_message_to_decision_in_a_slack_that_we_did_not_write(story: Story) -> None:
    ts = str(story.person.chat_postMessage(channel=story.channel, text=TEXT)["ts"])
    trigger = story.trigger()
    message = {"type": "message", "ts": ts, "user": story.user, "text": TEXT}
    story.send(
        {
            "type": "message_action",
            "callback_id": "customer_impact",
            "trigger_id": trigger,
            "message": message,
            "channel": {"id": story.channel, "name": "proposals"},
        }
    )
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):  # a window stands
        story.us.views_open(
            trigger_id=trigger,
            view={"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []},
        )
    state = {"channel": story.channel, "ts": ts}
    opened = story.submit(
        "propose", state, {"switches": option("notice"), "title": text("Show a banner at once")}
    )
    assert opened == {"response_action": "clear"}
    wait_until(lambda: len(story.thread(ts)) == 1)
    (card,) = story.thread(ts)
    assert card["text"] == "Customer impact of “Show a banner at once”: R1, 5 answers to go"
    assert card["metadata"]["event_type"] == "emptychair_card"
    ref = f"p:{story.channel}:{ts}"
    why = "When an export fails, I want to know it at once, so that I can start it again"
    story.submit("answer", {"ref": ref, "step": "who"}, {"who": option("existing")})
    story.submit(
        "answer", {"ref": ref, "step": "voice"}, {"why": text(why), "voice": one("signal")}
    )
    story.submit(
        "answer",
        {"ref": ref, "step": "effect"},
        {"effect": one("better"), "feeling": one("relieved")},
    )
    decided = {"how": one("approved"), "sentence": text("We show the banner from March on.")}
    story.submit("decide", {"ref": ref}, decided)
    wait_until(lambda: len(story.thread(ts)) == 2, 10)
    after, line = story.thread(ts)
    assert after["ts"] == card["ts"], "one card, edited in place"
    assert after["text"] == "Customer impact: “Show a banner at once” was approved"
    assert line["text"] == "Approved: We show the banner from March on."
    with story.bot.store.read() as connection:
        review = proposals.load(connection, story.channel, ts)
    assert review is not None
    assert review.completed_at is not None
