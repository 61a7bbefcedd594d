"""The stand-in Slack behaves as Slack does, also on a bad day, to the real client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.records import Refused
from bot.sandbox.slack.standin import StandInSlack

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "c",
    "title": {"type": "plain_text", "text": "T"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "L"},
            "element": {"type": "plain_text_input", "action_id": "a", "min_length": 3},
        }
    ],
}


@pytest.fixture(scope="module")
def slack() -> Iterator[StandInSlack]:
    with StandInSlack(signing_secret="s", bot_token="xoxb-1", app_token="xapp-1") as made:
        yield made


@pytest.fixture
def client(slack: StandInSlack) -> WebClient:
    slack.faults.clear()
    slack.reinstate()
    slack.views.stacks.clear()
    found = WebClient("xoxb-1", base_url=slack.api_url)
    found.retry_handlers.clear()
    return found


def refused(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_a_message_stands_in_its_thread_with_its_metadata(
    slack: StandInSlack, client: WebClient
) -> None:
    first = slack.post("proposals", "engineer", "Hello")
    mark = {"event_type": "e", "event_payload": {"key": "k"}}
    made = client.chat_postMessage(
        channel=first.channel, thread_ts=first.ts, text="Hi", metadata=mark
    )
    told = client.conversations_replies(
        channel=first.channel, ts=first.ts, include_all_metadata=True
    )
    assert [m["text"] for m in told["messages"]] == ["Hello", "Hi"]
    assert told["messages"][1]["metadata"] == mark
    client.chat_update(channel=first.channel, ts=made["ts"], text="Ho")
    assert slack.messages("proposals", first.ts)[-1].text == "Ho"


def test_each_mistake_has_slacks_own_name(slack: StandInSlack, client: WebClient) -> None:
    theirs = slack.post("proposals", "engineer", "Mine")
    slack.channel("closed", archived=True)
    slack.channel("secret", private=True, bot_is_member=False)
    where = theirs.channel
    assert refused(client.chat_postMessage, channel="C0NONE", text="x") == "channel_not_found"
    secret = slack.channel("secret").id
    assert refused(client.chat_postMessage, channel=secret, text="x") == "channel_not_found"
    closed = slack.channel("closed").id
    assert refused(client.chat_postMessage, channel=closed, text="x") == "is_archived"
    bare = {"api_method": "chat.postMessage", "json": {"channel": where}}
    assert refused(client.api_call, **bare) == "no_text"
    assert refused(client.chat_update, channel=where, ts="1.2", text="x") == "message_not_found"
    assert refused(client.chat_update, channel=where, ts=theirs.ts, text="x") == (
        "cant_update_message"
    )
    assert refused(client.users_info, user="U0NONE") == "user_not_found"
    assert refused(client.api_call, api_method="no.such") == "unknown_method"
    assert refused(WebClient("xoxb-2", base_url=slack.api_url).auth_test) == "invalid_auth"
    slack.revoke()
    assert refused(client.auth_test) == "token_revoked"


def test_what_breaks_a_rule_is_refused_and_remembered(
    slack: StandInSlack, client: WebClient
) -> None:
    slack.workspace.broken_rules.clear()
    where = slack.channel("proposals").id
    many = [{"type": "divider"}] * 51
    assert refused(client.chat_postMessage, channel=where, text="x", blocks=many) == (
        "invalid_blocks"
    )
    assert "no more than 50 items allowed" in str(slack.broken_rules[0])
    without = {**MODAL}
    del without["submit"]
    trigger = slack.views.trigger(slack.person("engineer").id)
    assert refused(client.views_open, trigger_id=trigger, view=without) == "invalid_arguments"


def test_a_trigger_opens_one_window_within_three_seconds(
    slack: StandInSlack, client: WebClient
) -> None:
    user = slack.person("engineer").id
    trigger = slack.views.trigger(user)
    client.views_open(trigger_id=trigger, view={**MODAL, "external_id": "w1"})
    assert refused(client.views_open, trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"
    old = slack.views.trigger(user)
    slack.views._triggers[old] = (user, time.monotonic() - 1)
    assert refused(client.views_open, trigger_id=old, view=MODAL) == "expired_trigger_id"
    twice = {**MODAL, "external_id": "w1"}
    other = slack.views.trigger(slack.person("designer").id)
    assert refused(client.views_open, trigger_id=other, view=twice) == "duplicate_external_id"
    stands = slack.modal("engineer")
    assert stands is not None
    slack.fill("engineer", {"a": "typed"})
    client.views_update(external_id="w1", view={**MODAL, "external_id": "w1"})
    assert stands.typed == {("b", "a"): "typed"}, "what was typed stays where its field does"
    assert refused(client.views_update, external_id="w1", view=MODAL, hash="old") == (
        "hash_conflict"
    )
    assert refused(client.views_update, external_id="gone", view=MODAL) == "not_found"


def test_slack_looks_at_fields_before_it_sends(slack: StandInSlack, client: WebClient) -> None:
    client.views_open(trigger_id=slack.views.trigger(slack.person("engineer").id), view=MODAL)
    empty = slack.submit("engineer")
    assert (empty.sent, empty.errors) == (False, {"b": "Please complete this required field."})
    assert slack.submit("engineer", {"a": "ab"}).errors == {"b": "Use at least 3 characters."}


def test_a_bad_day_comes_on_request(slack: StandInSlack, client: WebClient) -> None:
    where = slack.channel("proposals").id
    slack.faults.add("limit-429", on="chat.*", times=1, seconds=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=where, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    before = len(slack.messages("proposals"))
    slack.faults.add("502-after", on="chat.postMessage", times=1)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=where, text="twice?")
    slack.faults.add("lost-answer", on="chat.postMessage", times=1)
    with pytest.raises(OSError):  # noqa: PT011  # the connection closes without a word
        client.chat_postMessage(channel=where, text="thrice?")
    assert len(slack.messages("proposals")) == before + 2, "both happened"
    slack.faults.add("error:is_archived", on="chat.postMessage", times=1)
    assert refused(client.chat_postMessage, channel=where, text="x") == "is_archived"


def test_who_and_what_is_not_there_is_said_kindly(slack: StandInSlack) -> None:
    with pytest.raises(Refused, match="Nobody here is called nobody"):
        slack.post("proposals", "nobody", "x")
    with pytest.raises(Refused, match="There is no channel nowhere"):
        slack.post("nowhere", "engineer", "x")
