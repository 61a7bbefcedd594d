"""Webhook payloads, shaped as https://docs.github.com/en/webhooks/webhook-events-and-payloads."""

from __future__ import annotations

from typing import Any

from bot.sandbox.app_shapes import AppShapes
from bot.sandbox.records import CheckRun, Comment, MergeGroup, PullRequest, User
from bot.sandbox.shapes import Json, node_id
from bot.sandbox.webhooks import Webhooks


class Events:
    """Tells the App what happened; whoever calls holds the state's lock."""

    def __init__(self, shapes: AppShapes, webhooks: Webhooks) -> None:
        self.shapes, self.state, self.webhooks = shapes, shapes.state, webhooks

    def pull_request(self, action: str, pull: PullRequest, by: User, **more: Any) -> None:
        """`more` carries what the action adds: changes, before and after, label."""
        payload = {"number": pull.number, "pull_request": self.shapes.pull(pull), **more}
        self._emit("pull_request", action, by, payload)

    def labelled(self, action: str, pull: PullRequest, name: str, by: User) -> None:
        self.pull_request(action, pull, by, label=self.shapes.label(name))

    def issue_comment(
        self, action: str, comment: Comment, by: User, before: str | None = None
    ) -> None:
        """`before` is the body before an edit."""
        changes = {} if before is None else {"changes": {"body": {"from": before}}}
        pull = self.state.pull(comment.number)
        shapes = {"issue": self.shapes.issue(pull), "comment": self.shapes.comment(comment)}
        self._emit("issue_comment", action, by, changes | shapes)

    def check_run(self, action: str, run: CheckRun, by: User, identifier: str = "") -> None:
        """`identifier` is the button of a requested action."""
        button = {"requested_action": {"identifier": identifier}} if identifier else {}
        payload = {"check_run": self.shapes.check_in_event(run)} | button
        self._emit("check_run", action, by, payload)

    def check_suite(self, action: str, sha: str, by: User) -> None:
        self._emit("check_suite", action, by, {"check_suite": self.shapes.suite(sha)})

    def merge_group(self, action: str, group: MergeGroup, by: User, reason: str = "") -> None:
        shape = {
            "head_sha": group.head_sha,
            "head_ref": group.head_ref,
            "base_sha": group.base_sha,
            "base_ref": group.base_ref,
            "head_commit": self._head_commit(group),
        }
        self._emit(
            "merge_group",
            action,
            by,
            {"merge_group": shape} | ({"reason": reason} if reason else {}),
        )

    def installation(self, action: str, by: User) -> None:
        payload: Json = {
            "action": action,
            "installation": self.shapes.installation(),
            "repositories": [self.shapes.slim_repository()],
            "requester": None,
            "sender": self.shapes.user(by),
        }
        self.webhooks.emit("installation", payload)

    def repository(self, action: str, by: User) -> None:
        """publicized or privatized."""
        self._emit("repository", action, by, {})

    def ping(self, by: User) -> None:
        """What a webhook of the repository says first."""
        repository, sender = self.shapes.repository(), self.shapes.user(by)
        hook = {"type": "Repository", "id": 400_000_000, "name": "web", "active": True}
        payload = {"zen": "Half measures are as bad as nothing at all.", "hook_id": hook["id"]}
        self.webhooks.emit(
            "ping", payload | {"hook": hook, "repository": repository, "sender": sender}
        )

    def repositories_added(self, by: User) -> None:
        payload = {
            "action": "added",
            "installation": self.shapes.installation(),
            "repository_selection": "selected",
            "repositories_added": [self.shapes.slim_repository()],
            "repositories_removed": [],
            "requester": None,
            "sender": self.shapes.user(by),
        }
        self.webhooks.emit("installation_repositories", payload)

    def _emit(self, event: str, action: str, by: User, payload: Json) -> None:
        owner = self.shapes.user(self.state.owner)
        number = self.state.installation_id
        payload = {"action": action, **payload, "repository": self.shapes.repository()}
        payload["organization"] = {
            key: owner[key] for key in ("login", "id", "node_id", "url", "avatar_url")
        }
        payload["sender"] = self.shapes.user(by)
        if self.state.installed:
            payload["installation"] = {"id": number, "node_id": node_id("IN", number)}
        self.webhooks.emit(event, payload)

    def _head_commit(self, group: MergeGroup) -> Json:
        commit = self.shapes.commit(self.state.commits[group.head_sha])["commit"]
        return {
            "id": group.head_sha,
            "tree_id": group.head_sha,
            "message": commit["message"],
            "timestamp": commit["author"]["date"],
            "author": commit["author"],
            "committer": commit["committer"],
        }
