"""What Slack is sent it takes, whatever people write: lengths, types, counts, and no live ping."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from bot.sandbox.slack.rules.blocks import broken_in_message, broken_in_view, too_large
from bot.views.slack_blocks import message, modal, section
from bot.views.slack_inputs import button, checkboxes, option
from bot.views.slack_limits import BrokenLimit
from tests.stories.emulator import need, node
from tests.views.slack_payloads import HOSTILE, LONG, payloads

STORIES = Path(__file__).parent.parent / "stories"
COMPILER = STORIES / "node_modules" / "typescript" / "bin" / "tsc"
TYPES = STORIES / "node_modules" / "@slack" / "types"
PLAIN = "Show a banner when an export fails, so that people know it at once"
TEXTS = {"plain": PLAIN, "hostile": HOSTILE, "long": LONG, "empty": " "}
OUR_MENTION = re.compile(r"<@U0(?:MANAGER|LEAD|RESEARCH)>")
LIVE = re.compile(r"<[!@#][^>]*>|<https?://evil[^>]*>")


@pytest.mark.parametrize("kind", TEXTS)
def test_slacks_own_rules_are_kept(kind: str) -> None:
    for name, payload in payloads(TEXTS[kind]):
        if "type" in payload:
            assert broken_in_view(payload, payload["type"]) == [], name
            assert not too_large(payload), name
        else:
            assert broken_in_message(payload["blocks"]) == [], name
            assert payload["text"].strip(), f"{name} has no fallback"
            assert payload["unfurl_links"] is False


@pytest.mark.parametrize("kind", TEXTS)
def test_the_sdk_takes_every_block(kind: str) -> None:
    for name, payload in payloads(TEXTS[kind]):
        for block in payload["blocks"]:
            parsed = SdkBlock.parse(block)
            assert parsed is not None, name
            parsed.validate_json()
        if payload.get("type") == "modal":
            SdkView(**payload).validate_json()


def texts(payload: Any) -> Iterator[tuple[str, str]]:
    """(kind, text) of each text object, fallback and element of rich text."""
    if isinstance(payload, dict):
        if isinstance(payload.get("text"), str):
            yield str(payload.get("type", "fallback")), payload["text"]
        for part in payload.values():
            yield from texts(part)
    elif isinstance(payload, list):
        for part in payload:
            yield from texts(part)


@pytest.mark.parametrize("kind", ["hostile", "long"])
def test_nobody_is_pinged_and_no_link_is_made_by_what_people_write(kind: str) -> None:
    for name, payload in payloads(TEXTS[kind]):
        for where, text in texts(payload):
            if where == "text":
                continue  # rich text has no markup
            left = OUR_MENTION.sub("", text)
            assert not LIVE.search(left), (name, text[:300])


def test_every_payload_is_of_slacks_own_types(tmp_path: Path) -> None:
    need(node(), COMPILER, TYPES / "package.json")
    lines = ['import type { KnownBlock, ModalView, HomeView } from "@slack/types";']
    for number, (_, payload) in enumerate(payloads(PLAIN)):
        kind = {"modal": "ModalView", "home": "HomeView"}.get(payload.get("type", ""))
        value = json.dumps(payload if kind else payload["blocks"])
        lines.append(f"export const p{number}: {kind or 'KnownBlock[]'} = {value};")
    (tmp_path / "payloads.ts").write_text("\n".join(lines))
    (tmp_path / "node_modules").symlink_to(STORIES / "node_modules")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"]
    done = subprocess.run(
        [node(), COMPILER, *options, "payloads.ts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stdout == "", done.stdout[:3000]
    assert done.returncode == 0


def test_what_slack_would_refuse_is_our_mistake_and_said_so() -> None:
    many = [option(str(n), str(n)) for n in range(11)]
    mistakes: list[Callable[[], object]] = [
        lambda: checkboxes("a", many),
        lambda: message([section("x")] * 51, "x"),
        lambda: button("x", "a", ""),
        lambda: modal("x", [{"type": "input"}], "c"),
        lambda: modal("x", [section("x")], "c", private_metadata="x" * 3001),
        lambda: modal("x", [section("x" * 3000)] * 100, "c"),
    ]
    for mistake in mistakes:
        with pytest.raises(BrokenLimit):
            mistake()
