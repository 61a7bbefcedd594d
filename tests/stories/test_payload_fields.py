"""Each field that the door reads, left out of a real payload and null in it, in turn."""

from __future__ import annotations

import copy
import json
from typing import Any

from bot.inbound.github_events import READERS, parse
from tests.stories.derived import derived
from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, installed

Path_ = tuple[str | int, ...]
WITHOUT = object()


class Watched(dict[str, Any]):
    """A payload that notes which of its fields are read, by their paths."""

    def __init__(self, raw: Json, read: set[Path_], at: Path_ = ()) -> None:
        super().__init__({key: watched(value, read, (*at, key)) for key, value in raw.items()})
        self._read, self._at = read, at

    def __getitem__(self, key: str) -> Any:
        self._read.add((*self._at, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._read.add((*self._at, key))
        return super().get(key, default)


def watched(value: Any, read: set[Path_], at: Path_) -> Any:
    if isinstance(value, dict):
        return Watched(value, read, at)
    if isinstance(value, list):
        return [watched(inner, read, (*at, place)) for place, inner in enumerate(value)]
    return value


def fields_read(example: Example) -> list[Path_]:
    """The fields of a payload that the door looks at, as far as they are there."""
    read: set[Path_] = set()
    READERS[example.event](Watched(installed(example.payload), read))
    return sorted((path for path in read if has(example.payload, path)), key=str)


def has(value: Any, path: Path_) -> bool:
    for key in path:
        if isinstance(value, dict) and key not in value:
            return False
        value = value[key]
    return True


def changed(payload: Json, path: Path_, to: object) -> Json:
    """The same with another value there, or WITHOUT it."""
    found = copy.deepcopy(payload)
    inner: Any = found
    for key in path[:-1]:
        inner = inner[key]
    if to is WITHOUT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return found


# Without these a payload says too little, and is refused. Each other field may be missing.
NEEDED = {
    "pull_request": (
        "pull_request", "pull_request.base", "pull_request.base.ref", "pull_request.head",
        "pull_request.head.sha", "pull_request.html_url", "pull_request.labels.0.name",
        "pull_request.number", "pull_request.state", "pull_request.updated_at",
        "pull_request.user.id", "pull_request.user.login", "sender.id", "sender.login",
    ),
    "issue_comment": (
        "issue", "issue.number", "comment", "comment.id", "comment.updated_at",
        "comment.user.id", "comment.user.login", "comment.performed_via_github_app.id",
        "sender.id", "sender.login",
    ),
    "check_run": ("check_run", "check_run.head_sha", "check_run.pull_requests.0.number"),
    "check_suite": ("check_suite", "check_suite.head_sha", "check_suite.pull_requests.0.number"),
    "merge_group": (
        "merge_group", "merge_group.head_ref", "merge_group.head_sha", "merge_group.base_sha",
    ),
    "installation": ("repositories.0.full_name",),
    "installation_repositories": ("repositories_added.0.full_name",),
    "repository": (),
    "ping": (),
}  # fmt: skip
BY_ALL = ("repository", "repository.id", "repository.full_name", "installation", "installation.id")
# Without these, and only these, it tells of something that is not our business.
TELLING = {
    "action", "repository", "issue.pull_request", "check_run.name", "requested_action",
    "requested_action.identifier",
}  # fmt: skip


def test_a_field_that_is_missing_is_borne_or_refused_and_never_breaks_anything(
    bot: Listening, real: list[Example]
) -> None:
    told = [*real, *(example for _, example in derived(real))]
    without: dict[tuple[str, str], int] = {}
    nulls: dict[int, set[int]] = {200: set(), 202: set(), 400: set()}
    for example in told:
        whole = installed(example.payload)
        if parse(example.event, json.dumps(whole).encode()) is None:
            continue
        for path in fields_read(Example(example.event, whole)):
            name = (example.event, ".".join(map(str, path)))
            if name not in without:
                without[name] = bot.post(example.event, changed(whole, path, WITHOUT)).status
                null = bot.post(example.event, changed(whole, path, None)).status
                nulls[without[name]].add(null)
    refused = {name for name, status in without.items() if status == 400}
    needed = {(event, name) for event, names in NEEDED.items() for name in (*names, *BY_ALL)}
    needed.remove(("ping", "repository"))  # that of an App names none
    assert refused == {name for name in needed if name in without}
    assert {name for (_, name), status in without.items() if status == 200} == TELLING
    assert len(without) > 80
    assert nulls == {200: {200}, 202: {202}, 400: {400, 202}}


def test_what_is_refused_says_what_is_missing(bot: Listening, real: list[Example]) -> None:
    payload = installed(next(e.payload for e in real if e.name == "pull_request.opened"))
    answer = bot.post("pull_request", changed(payload, ("pull_request", "html_url"), WITHOUT))
    assert answer.status == 400
    assert "pull_request payload" in answer.text
    assert "html_url" in answer.text
