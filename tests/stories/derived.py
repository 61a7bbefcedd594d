"""Payloads that the examples lack, each made of a real one by the change that GitHub would make.

The label says what is told and how it differs: `pull_request.opened, fork deleted`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from bot.views.github_check import NAME, RECHECK
from tests.stories.octokit import Example, Json

BOT = {"id": 29139614, "login": "renovate[bot]", "type": "Bot"}
COMMAND = "Well. \n\n/impact who: existing"


def derived(examples: list[Example]) -> Iterator[tuple[str, Example]]:
    """All of them."""
    first = {example.name: example for example in reversed(examples)}
    yield from _pull_requests(first)
    yield from _comments(first["issue_comment.created"].payload)
    yield from _checks(first)
    yield from _around(first)


def _pull_requests(first: dict[str, Example]) -> Iterator[tuple[str, Example]]:
    opened = first["pull_request.opened"].payload

    def pull(told: str, action: str, top: Json | None = None, **changes: Any) -> Any:
        raw = {**opened["pull_request"], **changes}
        payload = {**opened, "action": action, "pull_request": raw, **(top or {})}
        return f"pull_request.{action}, {told}", Example("pull_request", payload)

    for what in ("title", "body"):
        yield pull(what, "edited", {"changes": {what: {"from": "before"}}})
    yield pull("body was null", "edited", {"changes": {"body": {"from": None}}})
    base = {"ref": {"from": "main"}, "sha": {"from": "c" * 40}}
    yield pull("base", "edited", {"changes": {"base": base}})
    yield pull("nothing said of it", "edited", {"changes": {}})
    yield pull("no description", "opened", body=None)
    yield pull("a draft", "opened", draft=True)
    yield pull("by a bot", "opened", {"sender": BOT}, user=BOT)
    yield pull("a bot's doing", "synchronize", {"sender": BOT})
    yield pull("author deleted", "opened", user=None)
    yield pull("merged", "closed", state="closed", merged=True, merged_at="2019-05-15T15:21:18Z")
    head = opened["pull_request"]["head"]
    fork = {**head["repo"], "id": 77, "full_name": "octocat/Hello-World", "fork": True}
    yield pull("from a fork", "opened", head={**head, "label": "octocat:changes", "repo": fork})
    yield pull("fork deleted", "synchronize", head={**head, "user": None, "repo": None})
    yield pull("long", "opened", body="ö" * 65_536)
    yield pull("odd text", "opened", title="\0 \ud83d \u202e", body="\0")


def _comments(created: Json) -> Iterator[tuple[str, Example]]:
    link = {"pull_request": {"url": f"{created['issue']['url']}".replace("issues", "pulls")}}
    below = {**created, "issue": {**created["issue"], **link}}

    def comment(told: str, action: str, top: Json | None = None, **changes: Any) -> Any:
        raw = {**below["comment"], **changes}
        payload = {**below, "action": action, "comment": raw, **(top or {})}
        return f"issue_comment.{action}, {told}", Example("issue_comment", payload)

    app = {"id": 1, "slug": "another", "name": "Another"}
    for action in ("created", "edited", "deleted"):
        before = {"changes": {"body": {"from": "before"}}} if action == "edited" else {}
        yield comment("talk", action, before)
        yield comment("a command", action, before, body=COMMAND)
        yield comment("a command by a bot", action, {**before, "sender": BOT}, body=COMMAND)
        yield comment("another App", action, before, performed_via_github_app=app, user=BOT)
        yield comment("author deleted", action, before, user=None)
    yield comment("nothing said of it", "edited", {"changes": {}}, body=COMMAND)
    yield comment("pinned", "pinned")


def _checks(first: dict[str, Example]) -> Iterator[tuple[str, Example]]:
    run, suite = first["check_run.rerequested"], first["check_suite.rerequested"]

    def check(told: str, example: Example, top: Json | None = None, **changes: Any) -> Any:
        key = example.event
        payload = {**example.payload, key: {**example.payload[key], **changes}, **(top or {})}
        return f"{key}.{payload['action']}, {told}", Example(key, payload)

    pulls = suite.payload["check_suite"]["pull_requests"]
    button = {"action": "requested_action", "requested_action": {"identifier": RECHECK}}
    yield check("of a fork", suite, pull_requests=[])
    yield check("ours", run, name=NAME, pull_requests=pulls)
    yield check("ours, of a fork", run, name=NAME, pull_requests=[])
    yield check("our button", run, button, name=NAME, pull_requests=pulls)
    other = {"action": "requested_action", "requested_action": {"identifier": "other"}}
    yield check("a button of before", run, other, name=NAME, pull_requests=pulls)


def _around(first: dict[str, Example]) -> Iterator[tuple[str, Example]]:
    group = first["merge_group.checks_requested"].payload
    strange = {**group["merge_group"], "head_ref": "refs/heads/somebody/elses"}
    told = {**group, "merge_group": strange}
    yield "merge_group.checks_requested, odd branch", Example("merge_group", told)
    gone = {**group, "action": "destroyed", "reason": "merged"}
    yield "merge_group.destroyed", Example("merge_group", gone)
    everything = copy.deepcopy(first["installation.created"].payload)
    everything["repositories"] = []
    yield "installation.created, no repository yet", Example("installation", everything)
    for name in ("pull_request.opened", "issue_comment.created", "check_run.rerequested"):
        event = name.split(".")[0]
        news = {**first[name].payload, "action": "something_new"}
        yield f"{event}.something_new", Example(event, news)
        bare = {key: value for key, value in first[name].payload.items() if key != "action"}
        yield event, Example(event, bare)
    yield (
        "pull_request.opened, more in it",
        Example("pull_request", _more(first["pull_request.opened"].payload)),
    )


def _more(value: Any) -> Any:
    """The same with a field that nobody knows in every object."""
    if isinstance(value, dict):
        return {**{key: _more(inner) for key, inner in value.items()}, "x_new": {"x": [None, 1.5]}}
    return [_more(inner) for inner in value] if isinstance(value, list) else value
