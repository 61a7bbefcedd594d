"""The manifest asks for what we listen to and call, and for nothing more: held both ways."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner
from slack_bolt import App, BoltRequest, BoltResponse

from bot.cli import cli
from bot.gateways import slack as gateway
from bot.inbound.slack_listeners import bolt
from bot.inbound.slack_manifest import CALLED, HEARD, REASONS, manifest, scopes
from bot.views.slack_names import Press, Window
from tests.data import ROOT


def listening() -> tuple[App, list[Mapping[str, Any]]]:
    heard: list[Mapping[str, Any]] = []

    def hear(body: Mapping[str, Any]) -> BoltResponse:
        heard.append(body)
        return BoltResponse(status=200, body="")

    return bolt("xoxb-1", lambda: ("T1", "U0BOT"), hear), heard


def heard_of(body: dict[str, Any]) -> bool:
    """Whether a listener takes this."""
    app, heard = listening()
    common = {"team": {"id": "T1"}, "user": {"id": "U1"}, "token": "t"}
    app.dispatch(BoltRequest(body={**common, **body}, mode="socket_mode"))
    return bool(heard)


def test_every_entry_of_the_manifest_has_its_listener() -> None:
    told = manifest("https://bot.example.com")
    kinds = {"message": "message_action", "global": "shortcut"}
    for entry in told["features"]["shortcuts"]:
        assert heard_of({"type": kinds[entry["type"]], "callback_id": entry["callback_id"]})
    for command in told["features"]["slash_commands"]:
        assert heard_of({"command": command["command"], "text": "", "user_id": "U1"})
    for event in told["settings"]["event_subscriptions"]["bot_events"]:
        assert heard_of(
            {
                "type": "event_callback",
                "team_id": "T1",
                "event": {"type": event, "user": "U1", "channel": "C1", "ts": "1.2", "tab": "home"},
            }
        )


def test_every_listener_has_its_entry_in_the_manifest() -> None:
    told = manifest(socket=True)
    app, _ = listening()
    names = {entry["callback_id"] for entry in told["features"]["shortcuts"]}
    names |= set(told["settings"]["event_subscriptions"]["bot_events"])
    names |= {command["command"] for command in told["features"]["slash_commands"]}
    in_windows = 1 + len([w for w in Window if w not in (Window.LOADING, Window.SAID)])
    assert len(app._listeners) == len(names) + in_windows


@pytest.mark.parametrize("press", list(Press))
def test_everything_that_can_be_pressed_is_heard(press: Press) -> None:
    assert heard_of({"type": "block_actions", "actions": [{"action_id": press, "block_id": "b"}]})


def test_each_method_that_we_call_has_its_scopes_and_no_other_is_named() -> None:
    called = set(re.findall(r'"((?:auth|chat|views|users|conversations)\.\w+)"', source()))
    assert called == set(CALLED)


def source() -> str:
    return inspect.getsource(gateway)


def test_each_scope_has_its_reason() -> None:
    assert scopes() == sorted(REASONS)
    assert {scope for needed in HEARD.values() for scope in needed} <= set(scopes())
    assert "users:read.email" not in scopes()
    assert "users:read.email" in scopes(by_email=True)


def test_over_a_socket_no_address_is_needed() -> None:
    told = json.dumps(manifest(socket=True))
    assert "request_url" not in told
    assert '"url"' not in told
    assert manifest(socket=True)["settings"]["socket_mode_enabled"]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["manifest", "slack", *args])


def test_the_command_prints_it_as_json() -> None:
    told = json.loads(run("--url", "https://bot.example.com/").output)
    assert told == manifest("https://bot.example.com/")
    where = "https://bot.example.com/slack/events"
    assert told["settings"]["interactivity"]["request_url"] == where
    assert told["features"]["slash_commands"][0]["url"] == where


@pytest.mark.parametrize("args", [[], ["--socket", "--url", "https://x.example"]])
def test_without_a_way_to_reach_us_the_command_says_how(args: list[str]) -> None:
    found = run(*args)
    assert found.exit_code != 0
    assert "`--url https://…`, or `--socket`" in found.output + found.stderr


def test_slack_calls_no_plain_http() -> None:
    assert run("--url", "http://bot.example.com").exit_code != 0


def test_the_guide_gives_each_scope_its_reason() -> None:
    guide = (ROOT / "docs" / "SLACK.md").read_text(encoding="utf-8")
    for name, reason in REASONS.items():
        assert f"| `{name}` | {reason} |" in guide
