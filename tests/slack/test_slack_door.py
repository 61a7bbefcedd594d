"""What the door takes, and what it does not, whatever the headers hold."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from tests.slack.talk import Talk


def sent(talk: Talk, body: bytes, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = talk.slack.sender.raw("event", "raw", body, named)
    status: int = answer.status
    return status


def signed(talk: Talk, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    found: dict[str, str] = talk.slack.sender.signed(body, timestamp)
    return {**found, "Content-Type": "application/json"}


EVENT = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "nothing"}})


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=ä"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "-5"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
def test_a_signature_or_time_that_is_none_is_401_and_never_500(
    talk: Talk, change: dict[str, str]
) -> None:
    body = EVENT.encode()
    headers = {**signed(talk, body), **change}
    answer = talk.slack.sender.raw(
        "event", "raw", body, {k: v.encode("utf-8").decode("latin-1") for k, v in headers.items()}
    )
    assert answer.status == 401


@pytest.mark.parametrize("off", [-301, 301])
def test_what_is_older_or_newer_than_five_minutes_is_401(talk: Talk, off: int) -> None:
    body = EVENT.encode()
    headers = signed(talk, body, int(time.time()) + off)
    assert talk.slack.sender.raw("event", "raw", body, headers).status == 401


def test_another_byte_is_401(talk: Talk) -> None:
    headers = signed(talk, EVENT.encode())
    assert talk.slack.sender.raw("event", "raw", EVENT.encode() + b" ", headers).status == 401


def test_the_address_is_proven_to_slack_once(talk: Talk) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    answer = talk.slack.sender.raw("event", "raw", body, signed(talk, body))
    assert (answer.status, answer.body) == (200, "3eZbrw1a")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"type": "event_callback"}',
        b'{"type": "event_callback", "event": []}',
        b'{"type": "event_callback", "event": {"type": "app_mention"}}',
        b"\xff\xfe",
        urlencode({"payload": "{"}).encode(),
        urlencode({"payload": "[]"}).encode(),
        urlencode({"payload": '{"type": "block_actions", "actions": []}'}).encode(),
        urlencode({"payload": '{"type": "view_submission"}'}).encode(),
        urlencode({"payload": '{"type": "view_submission", "view": {"callback_id": "answer"}}'})
        .encode(),
        urlencode({"command": "/impact"}).encode(),
    ],
)  # fmt: skip
def test_a_signed_body_that_is_nonsense_is_no_mistake_of_ours(talk: Talk, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", ""):
        headers = {**signed(talk, body), "Content-Type": kind}
        assert talk.slack.sender.raw("event", "raw", body, headers).status in (200, 400, 404)


def test_a_megabyte_is_too_much(talk: Talk) -> None:
    body = b"x" * (1024 * 1024 + 1)
    assert talk.slack.sender.raw("event", "raw", body, signed(talk, body)).status in (0, 413)
