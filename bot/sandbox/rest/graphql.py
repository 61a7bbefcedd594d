"""The two GraphQL queries that the bot asks: what a comment or a description said over time.

https://docs.github.com/en/graphql/reference/objects#usercontentedit
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.records import Comment, PullRequest, User, Version
from bot.sandbox.rest.asking import Answer, Ask
from bot.sandbox.shapes import Json, moment, node_id, node_number

ROOT_FIELD = re.compile(r"\{\s*(\w+)")
EDITS = "userContentEdits"
PART = re.compile(EDITS + r"\s*\(\s*(first|last)\s*:\s*(?:(\d+)|\$(\w+))")
ARGUMENTS = re.compile(r"\([^()]*\)")
WORD = re.compile(r"\w+")
MAX_NODES = 100


class Unpaged(Exception):
    """GitHub gives no list of which it is not told how much, or of which that is too much."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type, self.message = type_, message


def graphql(ask: Ask) -> Answer:
    """Answers 200 whatever happens; as on GitHub, `errors` tells what went wrong."""
    query = ask.body.get("query")
    if not isinstance(query, str):
        told = "A query attribute must be specified and must be a string."
        return Answer(200, {"errors": [{"message": told}]})
    found = ROOT_FIELD.search(query)
    name = found[1] if found else ""
    if name not in ROOTS:
        return Answer(200, {"errors": [_no_such_field(name)]})
    variables = ask.body.get("variables")
    return Answer(200, ROOTS[name](ask, query, variables if isinstance(variables, dict) else {}))


def _node(ask: Ask, query: str, variables: Json) -> Json:
    wanted = str(variables.get("id"))
    comment = ask.world.state.comments.get(node_number("IC", wanted) or 0)
    if comment is None:
        told = f"Could not resolve to a node with the global id of '{wanted}'"
        return {"data": {"node": None}, "errors": [_not_found(["node"], told)]}
    seen = ask.seen(comment)
    text = _text("IssueComment", node_id("IC", comment.id), seen)
    shown, errors = _shown(text, seen, query, variables, ["node"])
    return {"data": {"node": shown}} | errors


def _repository(ask: Ask, query: str, variables: Json) -> Json:
    state = ask.world.state
    name = f"{variables.get('owner')}/{variables.get('name')}"
    if name != state.full_name:
        told = f"Could not resolve to a Repository with the name '{name}'."
        return {"data": {"repository": None}, "errors": [_not_found(["repository"], told)]}
    number, path = variables.get("number"), ["repository", "pullRequest"]
    pull = state.pulls.get(number) if isinstance(number, int) else None
    if pull is None:
        told = f"Could not resolve to a PullRequest with the number of {number}."
        error = _not_found(path, told)
        return {"data": {"repository": {"pullRequest": None}}, "errors": [error]}
    seen = ask.seen(pull)
    text = _text("PullRequest", node_id("PR", pull.id), seen)
    shown, errors = _shown(text, seen, query, variables, path)
    return {"data": {"repository": {"pullRequest": shown}}} | errors


def _text(kind: str, name: str, record: Comment | PullRequest) -> Json:
    return {"__typename": kind, "id": name, "body": record.body or ""}


def _shown(
    text: Json, record: Comment | PullRequest, query: str, variables: Json, path: list[str]
) -> tuple[Json, Json]:
    """What the query names of this text and of its edits, and what went wrong with the edits."""
    if EDITS not in query:
        return _asked_for(text, query), {}
    try:
        nodes = [_edit(version) for version in _part(record, query, variables)]
    except Unpaged as error:
        told = _error(error.type, [*path, EDITS], error.message)
        return _asked_for(text | {EDITS: None}, query), {"errors": [told]}
    return _asked_for(text | {EDITS: {"nodes": nodes}}, query), {}


def _part(record: Comment | PullRequest, query: str, variables: Json) -> list[Version]:
    """Newest first, so that `last` cuts off the newest; no edit at all means an empty list."""
    side, count = _page(query, variables)
    versions = record.history[::-1] if len(record.history) > 1 else []
    return versions[:count] if side == "first" else versions[max(len(versions) - count, 0) :]


def _page(query: str, variables: Json) -> tuple[str, int]:
    """Which end of the list is asked for, and how much of it."""
    found = PART.search(query)
    count = (found[2] or variables.get(found[3])) if found else None
    if found is None or count is None:
        told = f"You must provide a `first` or `last` value to properly paginate the `{EDITS}` "
        raise Unpaged("MISSING_PAGINATION_BOUNDARIES", f"{told}connection.")
    if int(count) > MAX_NODES:
        told = f"Requesting {count} records on the `{EDITS}` connection exceeds the `{found[1]}` "
        raise Unpaged("EXCESSIVE_PAGINATION", f"{told}limit of {MAX_NODES} records.")
    return found[1], int(count)


def _edit(version: Version) -> Json:
    """`diff` is the whole text of that version, whatever its name says."""
    return {
        "editedAt": moment(version.at),
        "diff": version.text,
        "editor": _actor(version.by),
    }


def _actor(user: User) -> Json:
    """Unlike REST, GraphQL leaves out the `[bot]` behind a Bot's login."""
    login = user.login.removesuffix("[bot]")
    return {"__typename": user.type, "login": login, "databaseId": user.id}


def _asked_for(value: Any, query: str) -> Any:
    """Leaves out what the query does not name: whoever forgets a field must notice."""
    if isinstance(value, list):
        return [_asked_for(item, query) for item in value]
    if isinstance(value, dict):
        words = set(WORD.findall(ARGUMENTS.sub("", query)))
        return {key: _asked_for(item, query) for key, item in value.items() if key in words}
    return value


def _not_found(path: list[str], told: str) -> Json:
    return _error("NOT_FOUND", path, told)


def _error(type_: str, path: list[str], told: str) -> Json:
    where = [{"line": 1, "column": 1}]
    return {"type": type_, "path": path, "locations": where, "message": told}


def _no_such_field(name: str) -> Json:
    return {
        "path": ["query", name],
        "extensions": {"code": "undefinedField", "typeName": "Query", "fieldName": name},
        "locations": [{"line": 1, "column": 1}],
        "message": f"Field '{name}' doesn't exist on type 'Query'",
    }


ROOTS: dict[str, Callable[[Ask, str, Json], Json]] = {"node": _node, "repository": _repository}
