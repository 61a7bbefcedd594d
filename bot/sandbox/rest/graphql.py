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
PART = re.compile(r"userContentEdits\s*\(\s*(first|last)\s*:\s*(\d+)")
WORD = re.compile(r"\w+")
MAX_NODES = 100


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
    whole = _text("IssueComment", node_id("IC", comment.id), ask.seen(comment), query)
    return {"data": {"node": _asked_for(whole, query)}}


def _repository(ask: Ask, query: str, variables: Json) -> Json:
    state = ask.world.state
    name = f"{variables.get('owner')}/{variables.get('name')}"
    if name != state.full_name:
        told = f"Could not resolve to a Repository with the name '{name}'."
        return {"data": {"repository": None}, "errors": [_not_found(["repository"], told)]}
    number = variables.get("number")
    pull = state.pulls.get(number) if isinstance(number, int) else None
    if pull is None:
        told = f"Could not resolve to a PullRequest with the number of {number}."
        error = _not_found(["repository", "pullRequest"], told)
        return {"data": {"repository": {"pullRequest": None}}, "errors": [error]}
    whole = _text("PullRequest", node_id("PR", pull.id), ask.seen(pull), query)
    return {"data": {"repository": {"pullRequest": _asked_for(whole, query)}}}


def _text(kind: str, name: str, record: Comment | PullRequest, query: str) -> Json:
    return {
        "__typename": kind,
        "id": name,
        "body": record.body or "",
        "userContentEdits": {"nodes": [_edit(version) for version in _part(record, query)]},
    }


def _part(record: Comment | PullRequest, query: str) -> list[Version]:
    """Newest first, so that `last` cuts off the newest; no edit at all means an empty list."""
    versions = record.history[::-1] if len(record.history) > 1 else []
    found = PART.search(query)
    count = min(int(found[2]) if found else MAX_NODES, MAX_NODES)
    return versions[-count:] if found and found[1] == "last" else versions[:count]


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
        words = set(WORD.findall(query))
        return {key: _asked_for(item, query) for key, item in value.items() if key in words}
    return value


def _not_found(path: list[str], told: str) -> Json:
    where = [{"line": 1, "column": 1}]
    return {"type": "NOT_FOUND", "path": path, "locations": where, "message": told}


def _no_such_field(name: str) -> Json:
    return {
        "path": ["query", name],
        "extensions": {"code": "undefinedField", "typeName": "Query", "fieldName": name},
        "locations": [{"line": 1, "column": 1}],
        "message": f"Field '{name}' doesn't exist on type 'Query'",
    }


ROOTS: dict[str, Callable[[Ask, str, Json], Json]] = {"node": _node, "repository": _repository}
