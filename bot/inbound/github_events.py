"""GitHub's payloads as small facts: pure functions on bytes. After this door there are no dicts.

Field names: https://docs.github.com/en/webhooks/webhook-events-and-payloads. Unknown fields and
unknown actions are passed over; a known one that lacks what it must hold is malformed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.core.facts import (
    Actor,
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    DescriptionEdited,
    HookAdded,
    Installed,
    MergeGroup,
    PullRequest,
    RecheckAsked,
    Repository,
    RepositoryChanged,
)
from bot.ports import pull_request_lock
from bot.views.github_check import NAME, RECHECK

Fact = (
    PullRequest
    | CommentCreated
    | CommentEdited
    | CommentDeleted
    | RecheckAsked
    | MergeGroup
    | Installed
    | RepositoryChanged
    | HookAdded
)

PULL_REQUEST_ACTIONS = (
    "opened",
    "edited",
    "synchronize",
    "reopened",
    "ready_for_review",
    "converted_to_draft",
    "labeled",
    "unlabeled",
    "closed",
)
QUEUE_BRANCH = re.compile(r"gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]{7,64}$")


class Malformed(ValueError):
    """The body is not what GitHub sends for this event; the message says what is wrong."""


def parse(event: str, body: bytes) -> Fact | None:
    """The fact in a payload; None for what is none of our business. Raises Malformed."""
    reader = READERS.get(event)
    if reader is None:
        return None
    payload = load_json(body)
    try:
        return reader(payload)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = _text(f"{type(error).__name__} {error}"[:100])
        raise Malformed(
            f"The {event} payload lacks something that GitHub always sends ({what})."
        ) from None


def load_json(body: bytes) -> dict[str, Any]:
    """The payload as GitHub sent it. Raises Malformed."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        if body.startswith(b"payload="):  # what GitHub proposes for a new webhook
            raise Malformed(
                "The body is a form, not JSON. Set the webhook's content type to application/json."
            ) from None
        raise Malformed("The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise Malformed("The body is not a JSON object.")
    return payload


def lock_of(fact: Fact) -> str | None:
    """Facts with the same lock are dealt with one after the other."""
    match fact:
        case PullRequest() | CommentCreated() | CommentEdited() | CommentDeleted():
            return pull_request_lock(fact.repository.id, fact.number)
        case RecheckAsked() | MergeGroup():
            return f"head:{fact.repository.id}:{fact.head_sha}"
        case Installed():
            return f"installation:{fact.installation}"
        case RepositoryChanged() | HookAdded():
            return f"repository:{fact.repository.id}"


def installation_of(fact: Fact) -> int:
    """The installation that a fact belongs to; 0 where the payload names none."""
    return fact.installation if isinstance(fact, Installed) else fact.repository.installation


def _pull_request(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") not in PULL_REQUEST_ACTIONS:
        return None
    raw = payload["pull_request"]
    return PullRequest(
        repository=_repository(payload),
        number=_number(raw["number"]),
        title=_text(raw.get("title")),
        body=_text(raw.get("body")),
        author=_actor(raw.get("user")),
        head_sha=_needed(raw["head"]["sha"]),
        base_ref=_text(raw["base"]["ref"]),
        branch=_text(raw["head"].get("ref")),
        labels=tuple(_text(label["name"]) for label in raw.get("labels") or ()),
        draft=bool(raw.get("draft")),
        open={"open": True, "closed": False}[raw["state"]],
        merged=bool(raw.get("merged") or raw.get("merged_at")),
        updated_at=_time(raw["updated_at"]),
        url=_needed(raw["html_url"]),
        created_at=_time(raw["created_at"]) if raw.get("created_at") else None,
        author_association=_text(raw.get("author_association")),
        just_opened=payload["action"] == "opened",
        edited=_description_edit(payload),
    )


def _description_edit(payload: dict[str, Any]) -> DescriptionEdited | None:
    before = (payload.get("changes") or {}).get("body") or {}
    if payload["action"] != "edited" or "from" not in before:
        return None
    return DescriptionEdited(_actor(payload.get("sender")), _text(before["from"]))


def _issue_comment(payload: dict[str, Any]) -> Fact | None:
    if not payload["issue"].get("pull_request"):
        return None
    comment, repository = payload["comment"], _repository(payload)
    number, id = _number(payload["issue"]["number"]), _number(comment["id"])
    by, body = _actor(payload.get("sender")), _text(comment.get("body"))
    association = _text(comment.get("author_association"))
    match payload.get("action"):
        case "created":
            via = comment.get("performed_via_github_app")
            app = _number(via["id"]) if via else None
            at = _time(comment.get("created_at") or comment["updated_at"])
            return CommentCreated(repository, number, id, by, at, body, app, association)
        case "edited":
            before = (payload.get("changes") or {}).get("body") or {}
            return CommentEdited(
                repository=repository,
                number=number,
                comment_id=id,
                by=by,
                at=_time(comment["updated_at"]),
                before=_text(before["from"]) if "from" in before else None,
                after=body,
                author=_actor(comment.get("user")),
                association=association,
                node=_text(comment.get("node_id")),
            )
        case "deleted":
            return CommentDeleted(repository, number, id, by, _time(comment["updated_at"]), body)
    return None


def _check_run(payload: dict[str, Any]) -> Fact | None:
    run = payload["check_run"]
    asked = payload.get("action") == "rerequested" or (
        payload.get("action") == "requested_action"
        and (payload.get("requested_action") or {}).get("identifier") == RECHECK
    )
    if not asked or run.get("name") != NAME:
        return None
    return _recheck(payload, run)


def _check_suite(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") != "rerequested":
        return None
    return _recheck(payload, payload["check_suite"])


def _recheck(payload: dict[str, Any], raw: dict[str, Any]) -> RecheckAsked:
    repository = _repository(payload)
    numbers = tuple(_number(pull["number"]) for pull in raw.get("pull_requests") or ())
    return RecheckAsked(repository, _needed(raw["head_sha"]), numbers)


def _repository_changed(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") not in ("publicized", "privatized"):
        return None
    return RepositoryChanged(_repository(payload))


def _ping(payload: dict[str, Any]) -> Fact | None:
    """The first word of a webhook; that of an App or an organisation names no repository."""
    return HookAdded(_repository(payload)) if payload.get("repository") else None


def _merge_group(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") != "checks_requested":
        return None
    group = payload["merge_group"]
    match = QUEUE_BRANCH.search(_needed(group["head_ref"]))
    if match is None:
        return None
    return MergeGroup(
        _repository(payload),
        _needed(group["head_sha"]),
        _needed(group["base_sha"]),
        _number(int(match[1])),
    )


def _installation(payload: dict[str, Any]) -> Fact | None:
    action = payload.get("action")
    if action not in ("created", "deleted", "unsuspend", "suspend", "added"):
        return None
    installation = payload["installation"]
    listed = payload.get("repositories_added") or payload.get("repositories") or ()
    removed = action in ("deleted", "suspend")
    names = () if removed else tuple(_needed(repository["full_name"]) for repository in listed)
    account = _text((installation.get("account") or {}).get("login"))
    return Installed(_number(installation["id"]), account, names, removed)


READERS: dict[str, Callable[[dict[str, Any]], Fact | None]] = {
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "merge_group": _merge_group,
    "installation": _installation,
    "installation_repositories": _installation,
    "repository": _repository_changed,
    "ping": _ping,
}


def _repository(payload: dict[str, Any]) -> Repository:
    raw = payload["repository"]
    installation = payload.get("installation") or {}
    return Repository(
        id=_number(raw["id"]),
        full_name=_needed(raw["full_name"]),
        installation=_number(installation.get("id") or 0),
        private=bool(raw.get("private")),
        default_branch=_text(raw.get("default_branch")) or "main",
    )


def _actor(raw: dict[str, Any] | None) -> Actor:
    """GitHub shows a deleted account as `ghost`, or as null."""
    if not raw:
        return Actor(0, "ghost")
    return Actor(_number(raw["id"]), _text(raw["login"]), raw.get("type") == "Bot")


def _number(value: object) -> int:
    """A number that every database takes."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError("expected a number")
    return value


def _text(value: object) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair; null is empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"expected text, not {type(value).__name__}")
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _needed(value: object) -> str:
    """Text that is never empty."""
    if text := _text(value):
        return text
    raise ValueError("expected text, not nothing")


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
