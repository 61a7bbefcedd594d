"""GitHub's payloads as small facts: pure functions on bytes. After this door there are no dicts.

Field names: https://docs.github.com/en/webhooks/webhook-events-and-payloads. Unknown fields and
unknown actions are passed over; a known one that lacks what it must hold is malformed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from bot.core.facts import (
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    DescriptionEdited,
    ForeignCheck,
    HookAdded,
    Installed,
    MergeGroup,
    PullRequest,
    RecheckAsked,
    RepositoryChanged,
)
from bot.inbound import fields
from bot.ports import pull_request_lock
from bot.views.github_check import DRAFT, NAME, RECHECK, is_our_name

Fact = (
    PullRequest
    | CommentCreated
    | CommentEdited
    | CommentDeleted
    | RecheckAsked
    | ForeignCheck
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


def parse(event: str, body: bytes, app_id: int | None = None) -> Fact | None:
    """The fact in a payload; None for what is none of our business. Raises Malformed.

    `app_id` is our App: what it did itself to checks is no news. None: we are none.
    """
    reader = READERS.get(event)
    if reader is None:
        return None
    payload = load_json(body)
    try:
        fact = reader(payload)
        ours = isinstance(fact, ForeignCheck) and app_id is not None and fact.app == app_id
        return None if ours else fact
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = fields.text(f"{type(error).__name__} {error}"[:100])
        raise Malformed(
            f"The {event} payload lacks something that GitHub always sends ({what})."
        ) from None


def _parsed(body: bytes) -> object:
    """Quickly, or else patiently: half of a surrogate pair in a title is no reason to refuse it."""
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)


def load_json(body: bytes) -> dict[str, Any]:
    """The payload as GitHub sent it. Raises Malformed."""
    try:
        payload = _parsed(body)
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
        case RecheckAsked() | ForeignCheck() | MergeGroup():
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
        repository=fields.repository(payload),
        number=fields.number(raw["number"]),
        title=fields.text(raw.get("title")),
        body=fields.text(raw.get("body")),
        author=fields.actor(raw.get("user")),
        head_sha=fields.needed(raw["head"]["sha"]),
        base_ref=fields.text(raw["base"]["ref"]),
        branch=fields.text(raw["head"].get("ref")),
        labels=tuple(fields.text(label["name"]) for label in raw.get("labels") or ()),
        draft=bool(raw.get("draft")),
        open={"open": True, "closed": False}[raw["state"]],
        merged=bool(raw.get("merged") or raw.get("merged_at")),
        updated_at=fields.moment(raw["updated_at"]),
        url=fields.needed(raw["html_url"]),
        created_at=fields.moment(raw["created_at"]) if raw.get("created_at") else None,
        author_association=fields.text(raw.get("author_association")),
        just_opened=payload["action"] == "opened",
        edited=_description_edit(payload),
    )


def _description_edit(payload: dict[str, Any]) -> DescriptionEdited | None:
    before = (payload.get("changes") or {}).get("body") or {}
    if payload["action"] != "edited" or "from" not in before:
        return None
    return DescriptionEdited(fields.actor(payload.get("sender")), fields.text(before["from"]))


def _issue_comment(payload: dict[str, Any]) -> Fact | None:
    if not payload["issue"].get("pull_request"):
        return None
    comment, repository = payload["comment"], fields.repository(payload)
    number, id = fields.number(payload["issue"]["number"]), fields.number(comment["id"])
    by, body = fields.actor(payload.get("sender")), fields.text(comment.get("body"))
    association = fields.text(comment.get("author_association"))
    match payload.get("action"):
        case "created":
            via = comment.get("performed_via_github_app")
            app = fields.number(via["id"]) if via else None
            at = fields.moment(comment.get("created_at") or comment["updated_at"])
            return CommentCreated(repository, number, id, by, at, body, app, association)
        case "edited":
            before = (payload.get("changes") or {}).get("body") or {}
            return CommentEdited(
                repository=repository,
                number=number,
                comment_id=id,
                by=by,
                at=fields.moment(comment["updated_at"]),
                before=fields.text(before["from"]) if "from" in before else None,
                after=body,
                author=fields.actor(comment.get("user")),
                association=association,
                node=fields.text(comment.get("node_id")),
            )
        case "deleted":
            return CommentDeleted(
                repository, number, id, by, fields.moment(comment["updated_at"]), body
            )
    return None


def _check_run(payload: dict[str, Any]) -> Fact | None:
    run = payload["check_run"]
    if payload.get("action") in ("created", "completed"):
        return _reported(payload, run)
    pressed = ""
    if payload.get("action") == "requested_action":
        pressed = fields.text((payload.get("requested_action") or {}).get("identifier"))
    asked = payload.get("action") == "rerequested" or pressed in (RECHECK, DRAFT)
    if not asked or run.get("name") != NAME:
        return None
    return replace(_recheck(payload, run), draft=pressed == DRAFT)


def _reported(payload: dict[str, Any], run: dict[str, Any]) -> ForeignCheck | None:
    """A run by our name. Most runs go by other names: nothing else of them is looked at."""
    if not is_our_name(fields.text(run.get("name"))) or not run.get("app"):
        return None
    return ForeignCheck(
        repository=fields.repository(payload),
        kind="check",
        id=fields.number(run["id"]),
        head_sha=fields.needed(run["head_sha"]),
        outcome=fields.text(run.get("conclusion")),
        by=fields.actor(payload.get("sender")),
        app=fields.number(run["app"]["id"]),
    )


def _status(payload: dict[str, Any]) -> Fact | None:
    if not is_our_name(fields.text(payload.get("context"))):
        return None
    return ForeignCheck(
        repository=fields.repository(payload),
        kind="status",
        id=fields.number(payload["id"]),
        head_sha=fields.needed(payload["sha"]),
        outcome=fields.text(payload["state"]),
        by=fields.actor(payload.get("sender")),
        app=None,
    )


def _check_suite(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") != "rerequested":
        return None
    return _recheck(payload, payload["check_suite"])


def _recheck(payload: dict[str, Any], raw: dict[str, Any]) -> RecheckAsked:
    repository = fields.repository(payload)
    numbers = tuple(fields.number(pull["number"]) for pull in raw.get("pull_requests") or ())
    return RecheckAsked(repository, fields.needed(raw["head_sha"]), numbers)


def _repository_changed(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") not in ("publicized", "privatized"):
        return None
    return RepositoryChanged(fields.repository(payload))


def _ping(payload: dict[str, Any]) -> Fact | None:
    """The first word of a webhook; that of an App or an organisation names no repository."""
    return HookAdded(fields.repository(payload)) if payload.get("repository") else None


def _merge_group(payload: dict[str, Any]) -> Fact | None:
    if payload.get("action") != "checks_requested":
        return None
    group = payload["merge_group"]
    match = QUEUE_BRANCH.search(fields.needed(group["head_ref"]))
    if match is None:
        return None
    return MergeGroup(
        fields.repository(payload),
        fields.needed(group["head_sha"]),
        fields.needed(group["base_sha"]),
        fields.number(int(match[1])),
    )


def _installation(payload: dict[str, Any]) -> Fact | None:
    action = payload.get("action")
    if action not in ("created", "deleted", "unsuspend", "suspend", "added"):
        return None
    installation = payload["installation"]
    listed = payload.get("repositories_added") or payload.get("repositories") or ()
    removed = action in ("deleted", "suspend")
    names = (
        () if removed else tuple(fields.needed(repository["full_name"]) for repository in listed)
    )
    account = fields.text((installation.get("account") or {}).get("login"))
    return Installed(fields.number(installation["id"]), account, names, removed)


READERS: dict[str, Callable[[dict[str, Any]], Fact | None]] = {
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "status": _status,
    "merge_group": _merge_group,
    "installation": _installation,
    "installation_repositories": _installation,
    "repository": _repository_changed,
    "ping": _ping,
}
