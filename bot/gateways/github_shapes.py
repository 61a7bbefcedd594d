"""GitHub's JSON as our values, and ours as GitHub's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from github.GithubObject import CompletableGithubObject

from bot.core.facts import Actor, PullRequest, Repository
from bot.ports import CheckRun, Posted


def raw_of(listed: CompletableGithubObject) -> dict[str, Any]:
    """One of a list as it was listed: `raw_data` would fetch each one again."""
    raw: dict[str, Any] = listed._rawData
    return raw


def pull_request(repository: Repository, raw: dict[str, Any]) -> PullRequest:
    """A pull request; whose account is gone counts as ghost's."""
    user = raw.get("user") or {"id": 0, "login": "ghost", "type": "User"}
    return PullRequest(
        repository=repository,
        number=raw["number"],
        title=raw["title"] or "",
        body=raw.get("body") or "",
        author=Actor(user["id"], user["login"], user.get("type") == "Bot"),
        head_sha=raw["head"]["sha"],
        base_ref=raw["base"]["ref"],
        branch=raw["head"]["ref"] or "",
        labels=tuple(label["name"] for label in raw.get("labels") or ()),
        draft=bool(raw.get("draft")),
        open=raw["state"] == "open",
        merged=bool(raw.get("merged") or raw.get("merged_at")),
        updated_at=moment(raw["updated_at"]),
        url=raw["html_url"],
        created_at=moment(raw["created_at"]) if raw.get("created_at") else None,
        author_association=raw.get("author_association") or "",
    )


def posted(raw: dict[str, Any]) -> Posted:
    """A comment as it stands."""
    user, app = raw.get("user") or {}, raw.get("performed_via_github_app") or {}
    by_bot = user.get("type") == "Bot"
    at = moment(raw["updated_at"])
    return Posted(raw["id"], user.get("id", 0), by_bot, app.get("id"), raw.get("body") or "", at)


def moment(text: str) -> datetime:
    """A time of GitHub's, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def content(check: CheckRun) -> dict[str, Any]:
    """What a check run is made of; PyGithub's arguments have the same names."""
    whole: dict[str, Any] = {
        "name": check.name,
        "status": "completed",
        "conclusion": check.conclusion,
        "external_id": check.external_id,
        "output": {"title": check.title, "summary": check.summary},
        "actions": [
            {"label": b.label, "description": b.description, "identifier": b.identifier}
            for b in check.buttons
        ],
    }
    return whole | ({"details_url": check.details_url} if check.details_url else {})
