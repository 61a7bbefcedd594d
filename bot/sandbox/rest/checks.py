"""Check runs, with GitHub's limits: https://docs.github.com/en/rest/checks/runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.records import CheckRun
from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route, invalid

MAX_OUTPUT = 65_535
MAX_ACTIONS = 3
MAX_ANNOTATIONS = 50
ACTION_LIMITS = {"label": 20, "description": 40, "identifier": 20}
STATUSES = ("queued", "in_progress", "completed")
CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "skipped",
    "success",
    "timed_out",
)


def create(ask: Ask) -> Answer:
    _only_apps(ask)
    name = ask.text("name", required=True)
    sha = ask.text("head_sha", required=True)
    fields = _fields(ask)
    if sha not in ask.world.state.commits:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    return Answer(201, ask.shapes.check(ask.world.checks.create(name, sha, fields)))


def edit(ask: Ask) -> Answer:
    _only_apps(ask)
    run = ask.world.state.check(ask.number("id"))
    if run.app:
        raise ApiError(
            403,
            "Invalid app_id `" + str(ask.world.state.app_id) + "` - check run can "
            "only be modified by the GitHub App that created it.",
        )
    fields = _fields(ask)
    if "name" in ask.body:
        fields["name"] = ask.text("name", required=True)
    fields["annotations"] = run.annotations + fields.get("annotations", [])
    return Answer(200, ask.shapes.check(ask.world.checks.update(run.id, fields)))


def _only_apps(ask: Ask) -> None:
    if not ask.by_app:
        raise ApiError(403, "You must authenticate via a GitHub App.")


def check(ask: Ask) -> Answer:
    return Answer(200, ask.shapes.check(ask.world.state.check(ask.number("id"))))


def annotations_of(ask: Ask) -> Answer:
    run = ask.world.state.check(ask.number("id"))
    return ask.listing(run.annotations, lambda annotation: annotation)


def of_commit(ask: Ask) -> Answer:
    """The latest run of each App and name, or with `filter=all` every one; newest first."""
    found = ask.world.state.checks_on(ask.world.state.resolve(ask.path["ref"]).sha)
    wanted = ask.query.get("check_name")
    there = [run for run in found if ask.listed(run.started_at)]
    runs = [run for run in there[::-1] if wanted in (None, run.name)]
    if ask.query.get("filter", "latest") == "latest":
        runs = _latest(runs)
    return ask.counted("check_runs", runs, ask.shapes.check)


def _latest(newest_first: list[CheckRun]) -> list[CheckRun]:
    seen: dict[tuple[str, str], CheckRun] = {}
    for run in newest_first:
        seen.setdefault((run.app, run.name), run)
    return list(seen.values())


def _fields(ask: Ask) -> dict[str, Any]:
    """What the caller says about the run; fields that are not given stay as they are."""
    fields: dict[str, Any] = {}
    for name in ("details_url", "external_id"):
        if name in ask.body:
            fields[name] = ask.text(name)
    for name, allowed in (("status", STATUSES), ("conclusion", CONCLUSIONS)):
        if name in ask.body:
            if ask.body[name] not in allowed:
                raise invalid(name, "invalid", f"{name} is none of {', '.join(allowed)}")
            fields[name] = ask.body[name]
    if fields.get("status") == "completed" and "conclusion" not in fields:
        raise invalid("conclusion", "missing_field", "a completed run needs a conclusion")
    for name in ("started_at", "completed_at"):
        if ask.body.get(name):
            fields[name] = _time(name, ask.text(name))
    return fields | _output(ask) | _actions(ask)


def _output(ask: Ask) -> dict[str, Any]:
    output = ask.body.get("output")
    if output is None:
        return {}
    if not isinstance(output, dict):
        raise invalid("output", "invalid")
    inner = Ask(ask.world, ask.shapes, ask.url, ask.path, ask.query, output)
    notes = output.get("annotations") or []
    if len(notes) > MAX_ANNOTATIONS:
        raise invalid("annotations", "too_long", f"at most {MAX_ANNOTATIONS} annotations a call")
    return {
        "title": inner.text("title", required=True),
        "summary": inner.text("summary", limit=MAX_OUTPUT, required=True),
        "text": inner.text("text", limit=MAX_OUTPUT) or None,
        "annotations": list(notes),
    }


def _actions(ask: Ask) -> dict[str, Any]:
    if "actions" not in ask.body:
        return {}
    actions = ask.body["actions"] or []
    if not isinstance(actions, list) or len(actions) > MAX_ACTIONS:
        raise invalid("actions", "invalid", f"at most {MAX_ACTIONS} actions")
    for action in actions:
        inner = Ask(ask.world, ask.shapes, ask.url, ask.path, ask.query, action)
        for name, limit in ACTION_LIMITS.items():
            inner.text(name, limit=limit, required=True)
    return {"actions": actions}


def _time(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)
    except ValueError as error:
        raise invalid(name, "invalid") from error


REPO = "/repos/{owner}/{repo}"
ROUTES: list[Route] = [
    ("POST", REPO + "/check-runs", create),
    ("GET", REPO + "/check-runs/{id}", check),
    ("PATCH", REPO + "/check-runs/{id}", edit),
    ("GET", REPO + "/check-runs/{id}/annotations", annotations_of),
    ("GET", REPO + "/commits/{ref:path}/check-runs", of_commit),
]
