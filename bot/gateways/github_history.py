"""What a text said over time, and who wrote it so: GraphQL's `userContentEdits`.

https://docs.github.com/en/graphql/reference/objects#usercontentedit: `diff` holds the whole text
of a version, newest first. A text that nobody edited has no versions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from github import GithubException
from github.Requester import Requester

from bot.core.facts import Actor, Version

OF_COMMENT = """query($id: ID!) { node(id: $id) { ... on IssueComment {
  body userContentEdits(first: 100) { nodes { editedAt diff editor {
    __typename login ... on User { databaseId } ... on Bot { databaseId } } } } } } }"""
OF_DESCRIPTION = """query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    body userContentEdits(first: 100) { nodes { editedAt diff editor {
      __typename login ... on User { databaseId } ... on Bot { databaseId } } } } } } }"""


# https://docs.github.com/en/graphql/guides/using-graphql-clients: errors come with status 200.
FINAL = {"NOT_FOUND": 404, "FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403}


def ask(requester: Requester, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The `data` of an answer. What went wrong is raised as the status that it means."""
    headers, answer = requester.requestJsonAndCheck(
        "POST", requester.graphql_url, input={"query": query, "variables": variables}
    )
    for error in answer.get("errors") or ():
        raise GithubException(_status(error), error, headers, str(error.get("message", "")))
    data: dict[str, Any] = answer["data"]
    return data


def _status(error: dict[str, Any]) -> int:
    if error.get("type") == "RATE_LIMITED":
        return 429
    if "undefined" in str((error.get("extensions") or {}).get("code", "")):
        return 400  # an older server, which does not know what we ask for
    return FINAL.get(str(error.get("type")), 502)  # anything else may go well the next time


def versions(raw: dict[str, Any] | None) -> tuple[Version, ...]:
    """The versions in an answer, oldest first; of what is gone there are none."""
    if raw is None:
        return ()
    nodes = raw["userContentEdits"]["nodes"] or ()
    return tuple(_version(node) for node in reversed(nodes) if node and node["diff"] is not None)


def _version(node: dict[str, Any]) -> Version:
    at = datetime.fromisoformat(node["editedAt"]).astimezone(UTC)
    return Version(_editor(node.get("editor")), at, node["diff"])


def _editor(raw: dict[str, Any] | None) -> Actor | None:
    """None for a deleted account. GraphQL leaves out the `[bot]` behind a Bot's login."""
    if not raw or raw.get("databaseId") is None:
        return None
    is_bot = raw["__typename"] == "Bot"
    return Actor(raw["databaseId"], f"{raw['login']}[bot]" if is_bot else raw["login"], is_bot)
