"""What GitHub holds and answers: as much of it as a bot for pull requests asks for."""

from __future__ import annotations

import collections
import json
import re
import time
from collections.abc import Callable
from typing import Any

from tests.bench.examples import OWNER, REPO, head_sha, number_of
from tests.bench.stub.faults import Faults

FULL = f"/repos/{OWNER}/{REPO}"
NOT_FOUND = b'{"message":"Not Found","documentation_url":"https://docs.github.com/rest"}'
PATCH = "@@ -1,3 +1,4 @@\n import os\n-LIMIT = 10\n+LIMIT = 20\n+TIMEOUT = 5\n print(os.getcwd())\n"
LONG_AGO = "2024-01-01T00:00:00Z"
PERMISSIONS = {
    "checks": "write", "contents": "read", "issues": "write", "members": "read",
    "merge_queues": "read", "metadata": "read", "pull_requests": "write", "statuses": "write",
}  # fmt: skip

Answer = tuple[int, object, str]  # status, body as bytes or as what JSON is made of, name of call


class GitHub:
    """State and routes. `tell` hears of every write that took effect."""

    def __init__(self, examples: dict[str, dict[str, Any]], api: str) -> None:
        self.api, self.faults = api, Faults()
        self.tell: Callable[[bytes], None] = lambda _line: None
        pull = json.loads(json.dumps(examples["pull_request.opened"]["pull_request"]))
        self.user: dict[str, Any] = pull["user"]
        self._repository = json.dumps(pull["base"]["repo"]).encode()
        self._pull = _template(pull)
        self._last_id = 1000
        self.calls: collections.Counter[str] = collections.Counter()
        self.comments: dict[int, dict[str, Any]] = {}
        self.by_pull: dict[int, list[int]] = collections.defaultdict(list)
        self.checks: dict[int, dict[str, Any]] = {}
        self.checks_of: dict[str, list[int]] = collections.defaultdict(list)
        self.effects: dict[int, collections.Counter[str]] = collections.defaultdict(
            collections.Counter
        )

    def handle(self, method: str, path: str, body: bytes) -> tuple[int, bytes, str]:
        """Status, body and the call's name for the statistics."""
        parts = path.strip("/").split("/")
        data = json.loads(body) if body and method != "GET" else {}
        if parts[0] == "repos" and len(parts) >= 3:
            status, out, name = self._in_repository(method, parts[3:], data)
        else:
            status, out, name = self._elsewhere(method, parts)
        return status, out if isinstance(out, bytes) else json.dumps(out).encode(), name

    def _elsewhere(self, method: str, parts: list[str]) -> Answer:
        match parts:
            case ["app", "installations", number, "access_tokens"]:
                until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
                token = {"token": f"ghs_stub{number}", "expires_at": until}
                return 201, token | {"permissions": PERMISSIONS}, "token"
            case ["app"]:
                who = {"id": 1, "slug": "stub-app", "name": "stub-app", "owner": self.user}
                return 200, who | {"events": [], "permissions": PERMISSIONS}, "app"
            case ["app", "installations", _]:
                there = {"id": int(parts[2]), "app_id": 1, "account": self.user}
                return 200, there | {"permissions": PERMISSIONS, "events": []}, "installation"
            case ["app", *_]:
                return 200, [], f"{method} {'/'.join(parts)}"
            case ["installation", "repositories"]:
                listed = [json.loads(self._repository)]
                return 200, {"total_count": 1, "repositories": listed}, "repositories"
            case ["graphql"]:
                return 200, {"data": {"node": None, "repository": None}}, "graphql"
            case ["users" | "user", *_]:
                return 200, self.user, "user"
            case ["rate_limit"]:
                core = {"limit": 15000, "remaining": 14999, "reset": int(time.time()) + 3600}
                return 200, {"resources": {"core": core}, "rate": core}, "rate_limit"
        return 404, NOT_FOUND, "unknown"

    def _in_repository(self, method: str, parts: list[str], data: dict[str, Any]) -> Answer:
        match parts:
            case []:
                return 200, self._repository, "GET repo"
            case ["issues", "comments", id, *rest]:
                return self._comment(method, int(id), rest, data)
            case ["issues" | "pulls", number, *rest] if number.isdigit():
                return self._pull_request(method, int(number), rest, data)
            case ["check-runs", *rest]:
                return self._check(method, rest, data)
            case ["commits", sha, "check-runs"]:
                runs = [self.checks[id] for id in self.checks_of[sha]]
                return 200, {"total_count": len(runs), "check_runs": runs}, "list checks"
            case ["commits", *_]:
                return 200, [], "GET commits"
            case ["collaborators", _, "permission"]:
                return 200, {"permission": "write", "user": self.user}, "permission"
            case ["pulls" | "issues" | "labels" | "rules", *_]:
                return 200, [], f"{method} {parts[0]}"
        return 404, NOT_FOUND, f"unknown {'/'.join(parts)}"

    def _comment(self, method: str, id: int, rest: list[str], data: dict[str, Any]) -> Answer:
        comment = self.comments.get(id)
        if comment is None:
            return 404, NOT_FOUND, "comment"
        if rest == ["reactions"]:
            self._effect(comment["pr"], "reaction.create")
            return 201, {"id": self._new_id(), "content": "eyes"}, "reaction"
        if method == "PATCH":
            comment["body"] = data["body"]
            self._effect(comment["pr"], "comment.update")
        elif method == "DELETE":
            self.by_pull[comment["pr"]].remove(id)
            del self.comments[id]
            self._effect(comment["pr"], "comment.delete")
            return 204, b"", "DELETE comment"
        return 200, comment, f"{method} comment"

    def _pull_request(self, method: str, n: int, rest: list[str], data: dict[str, Any]) -> Answer:
        match rest:
            case ["comments"] if method == "GET":
                return 200, [self.comments[id] for id in self.by_pull[n]], "list comments"
            case ["comments"]:
                return 201, self._new_comment(n, data["body"]), "create comment"
            case ["files"]:
                return 200, [_file(self.api)], "list files"
            case []:
                text = self._pull.replace("@N@", str(n)).replace("@SHA@", head_sha(n))
                return 200, text.encode(), f"{method} pull"
        return 200, [], f"{method} {rest[0]}"

    def _new_comment(self, n: int, body: str) -> dict[str, Any]:
        id = self._new_id()
        self.comments[id] = {
            "id": id, "pr": n, "body": body, "node_id": f"C{id}",
            "url": f"{self.api}{FULL}/issues/comments/{id}",
            "html_url": f"{self.api}/x#issuecomment-{id}",
            "user": {**self.user, "login": "stub-app[bot]", "type": "Bot"},
            "performed_via_github_app": {"id": 1, "slug": "stub-app"},
            "created_at": LONG_AGO, "updated_at": LONG_AGO,
        }  # fmt: skip
        self.by_pull[n].append(id)
        self._effect(n, "comment.create")
        return self.comments[id]

    def _check(self, method: str, rest: list[str], data: dict[str, Any]) -> Answer:
        if not rest:
            id = self._new_id()
            url, app = f"{self.api}{FULL}/check-runs/{id}", {"id": 1, "slug": "stub-app"}
            self.checks[id] = {**data, "id": id, "url": url, "html_url": "", "app": app}
            self.checks_of[data["head_sha"]].append(id)
            self._effect(number_of(data["head_sha"]), "check.create")
            return 201, self.checks[id], "create check"
        check = self.checks.get(int(rest[0]))
        if check is None:
            return 404, NOT_FOUND, "check"
        if method == "PATCH":
            check.update(data)
            self._effect(number_of(check["head_sha"]), "check.update")
        return 200, check, f"{method} check"

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _effect(self, number: int | None, kind: str) -> None:
        if number is not None:
            self.effects[number][kind] += 1
            self.tell(b'{"pr":%d,"kind":"%s","t":%.6f}\n' % (number, kind.encode(), _now()))


def _template(pull: dict[str, Any]) -> str:
    """The JSON of a pull request with @N@ and @SHA@ where its number and head go."""
    old = pull["number"]
    pull |= {"number": "@N@", "id": "@N@", "draft": False, "state": "open", "merged": False}
    pull["head"]["sha"] = "@SHA@"
    text = re.sub(rf"/(pulls|issues|pull)/{old}\b", r"/\1/@N@", json.dumps(pull))
    text = re.sub(r"/statuses/[0-9a-f]{40}", "/statuses/@SHA@", text)
    return text.replace('"@N@"', "@N@")


def _file(api: str) -> dict[str, Any]:
    return {
        "sha": "f" * 40, "filename": "src/app.py", "status": "modified", "additions": 2,
        "deletions": 1, "changes": 3, "patch": PATCH, "raw_url": "", "blob_url": "",
        "contents_url": f"{api}{FULL}/contents/src/app.py",
    }  # fmt: skip


def _now() -> float:
    return time.monotonic()
