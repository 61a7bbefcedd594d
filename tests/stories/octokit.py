"""What GitHub's own people publish for tests, by npm: `@octokit/webhooks-examples` holds payloads
that GitHub really sent, `@octokit/openapi` the description of its REST API.

`make setup-dev` installs both from our own lock file; where they are missing, see `need`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.inbound.github_events import READERS
from tests.stories.emulator import need

MODULES = Path(__file__).parent / "node_modules" / "@octokit"
EXAMPLES = MODULES / "webhooks-examples" / "api.github.com" / "index.json"
DESCRIPTION = MODULES / "openapi" / "generated" / "api.github.com.json"
INSTALLATION = {"id": 957387, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uOTU3Mzg3"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """One payload, as GitHub sent it."""

    event: str
    payload: Json

    @property
    def name(self) -> str:
        """`event.action`, or the event alone where there is no action."""
        action = self.payload.get("action")
        if self.event == "ping" and not self.payload.get("repository"):
            return "ping of no repository"
        return f"{self.event}.{action}" if action else self.event


def examples() -> list[Example]:
    """All of them, in their order, as they are."""
    need(EXAMPLES)
    listed = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return [Example(kind["name"], raw) for kind in listed for raw in kind["examples"]]


def heard(told: list[Example]) -> list[Example]:
    """Those of events that the bot listens to."""
    return [example for example in told if example.event in READERS]


def installed(payload: Json) -> Json:
    """The payload as the webhook of an App has it; many examples are those of a repository."""
    return {"installation": INSTALLATION, **payload}


def in_a_place_of_its_own(payload: Json, number: int) -> Json:
    """The same payload, about a repository that no other example is about."""
    moved: dict[object, object] = {}
    for raw in _repositories(payload):
        moved[raw["id"]] = raw["id"] + number
        moved[raw["full_name"]] = f"{raw['full_name']}-{number}"
    found: Json = _replaced(copy.deepcopy(payload), moved)
    return found


def repositories(payload: Json) -> list[Json]:
    """The repositories that a payload is about."""
    return list(_repositories(payload))


def _repositories(payload: Json) -> Iterator[Json]:
    if "repository" in payload:
        yield payload["repository"]
    yield from payload.get("repositories") or ()
    yield from payload.get("repositories_added") or ()


def _replaced(value: Any, by: dict[object, object]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, by) for inner in value]
    return by.get(value, value) if isinstance(value, int | str) else value
