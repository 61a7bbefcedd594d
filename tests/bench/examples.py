"""GitHub's own example payloads, as the bench replays them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

OWNER, REPO = "Codertocat", "Hello-World"  # whom the examples are about
API = "https://api.github.com"
HERE = Path(__file__).resolve().parent
EXAMPLES = HERE / "node_modules" / "@octokit" / "webhooks-examples" / "api.github.com"
SENT = ("pull_request.opened", "pull_request.synchronize", "issue_comment.created")


def head_sha(number: int) -> str:
    """The head commit of a pull request is made of its number, so that it maps back."""
    return f"{number:08x}" + "5caa1ab1e0ddba11deadbee5c0ffee00"


def number_of(sha: str) -> int | None:
    """The pull request of a head commit; None for any other text."""
    try:
        return int(sha[:8], 16) if len(sha) == 40 else None
    except ValueError:
        return None


def load(api: str = API, file: Path = EXAMPLES / "index.json") -> dict[str, dict[str, Any]]:
    """Payloads by `event.action`, with every address of the API pointing at `api`."""
    text = file.read_text(encoding="utf-8").replace(API, api)
    events = {each["name"]: each["examples"] for each in json.loads(text)}
    found = {}
    for name in SENT:
        event, action = name.split(".")
        chosen = [each for each in events[event] if each.get("action") == action]
        chosen.sort(key=lambda each: _repository(each) == f"{OWNER}/{REPO}")
        found[name] = copy.deepcopy(chosen[-1])
    edited = copy.deepcopy(found["pull_request.opened"])  # none is shipped for this repository
    found["pull_request.edited"] = edited | {
        "action": "edited",
        "changes": {"body": {"from": "before"}},
    }
    issue = found["issue_comment.created"]["issue"]  # a comment on a pull request, not on an issue
    issue["pull_request"] = {"url": issue["url"].replace("issues", "pulls")}
    return found


def _repository(payload: dict[str, Any]) -> str:
    return str(payload.get("repository", {}).get("full_name", ""))
