"""A GitHub in which whatever somebody asks for exists, for payloads that come from anywhere.

It knows what payloads told it (`hear`), makes up the rest, and keeps what is written to it.
"""

from __future__ import annotations

import itertools
import json
import threading
import zlib
from collections import defaultdict
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.flows.check_app import EVENTS, PERMISSIONS
from bot.sandbox.server import Server
from tests.stories.octokit import Json, repositories

SLUG, BOT = "empty-chair", 4100
AT = "2019-05-15T15:22:00Z"
FILES = [
    {
        "sha": "b" * 40,
        "filename": "web/theme.css",
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "patch": "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n",
    }
]
HEAD = "5" * 40
Key = tuple[str, int]


class Anywhere:
    """`pull` is a real pull request, after which those that nobody told of are made.

    `comments` by repository and number, `checks` by repository: all that was written, as it stands.
    `refused` are the calls that it knows no answer to.
    """

    def __init__(self, app_id: int, pull: Json) -> None:
        self._app_id, self._pull = app_id, pull
        self._ids = itertools.count(9_000_001)
        self._lock = threading.Lock()
        self._repositories: dict[str, Json] = {}
        self._pulls: dict[Key, Json] = {}
        self.comments: dict[Key, dict[int, Json]] = defaultdict(dict)
        self.checks: dict[str, dict[int, Json]] = defaultdict(dict)
        self.calls: list[str] = []
        self.refused: list[str] = []
        repo = "/repos/{owner}/{repo}"
        routes = {
            ("GET", "/app"): self._app,
            ("GET", "/app/hook/deliveries"): lambda request, body: [],
            ("POST", "/app/installations/{id:int}/access_tokens"): self._token,
            ("GET", repo): self._repository,
            ("GET", repo + "/branches/{branch:path}"): self._branch,
            ("GET", repo + "/rules/branches/{branch:path}"): lambda request, body: [],
            ("GET", repo + "/pulls"): self._open,
            ("GET", repo + "/pulls/{number:int}"): self._pull_request,
            ("GET", repo + "/pulls/{number:int}/files"): lambda request, body: FILES,
            ("GET", repo + "/issues/{number:int}/comments"): self._comments,
            ("GET", repo + "/issues/comments"): lambda request, body: [],
            ("POST", repo + "/issues/{number:int}/comments"): self._say,
            ("GET", repo + "/issues/comments/{id:int}"): self._comment,
            ("PATCH", repo + "/issues/comments/{id:int}"): self._comment,
            ("DELETE", repo + "/issues/comments/{id:int}"): self._delete,
            ("POST", repo + "/issues/comments/{id:int}/reactions"): self._react,
            ("GET", repo + "/collaborators/{login}/permission"): self._permission,
            ("GET", repo + "/commits/{sha}/check-runs"): self._checks,
            ("POST", repo + "/check-runs"): self._check,
            ("PATCH", repo + "/check-runs/{id:int}"): self._check,
            ("POST", "/graphql"): self._graphql,
        }
        made = [
            Route(path, self._endpoint(handler), methods=[method])
            for (method, path), handler in routes.items()
        ]
        nothing = Route("/{path:path}", self._nothing, methods=["GET", "POST", "PATCH", "DELETE"])
        self._server = Server(Starlette(routes=[*made, nothing]), "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """What the bot's base URL is."""
        return self._server.url

    def start(self) -> None:
        """Listen on a free port."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    def hear(self, payload: Json) -> None:
        """From now on GitHub is as this payload says."""
        with self._lock:
            for raw in repositories(payload):
                self._repositories[raw["full_name"]] = raw
            if "pull_request" in payload:
                pull = payload["pull_request"]
                self._pulls[payload["repository"]["full_name"], pull["number"]] = pull

    # -- answers ---------------------------------------------------------------------------------

    def _endpoint(self, handler: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(answer, request, body)

        def answer(request: Request, raw: bytes) -> Response:
            with self._lock:
                self.calls.append(f"{request.method} {request.url.path}")
                found = handler(request, json.loads(raw or b"{}"))
            if found is None:
                return Response(status_code=204)
            return JSONResponse(found, 201 if request.method == "POST" else 200)

        return endpoint

    async def _nothing(self, request: Request) -> Response:
        self.refused.append(f"{request.method} {request.url.path}")
        return JSONResponse({"message": "Not Found"}, 404)

    def _app(self, request: Request, body: Json) -> Json:
        return {"id": self._app_id, "slug": SLUG, "permissions": PERMISSIONS, "events": EVENTS}

    def _token(self, request: Request, body: Json) -> Json:
        return {"token": "ghs_anywhere", "expires_at": "2099-01-01T00:00:00Z"}

    def _repository(self, request: Request, body: Json) -> Json:
        name = _name(request)
        made = {"id": zlib.crc32(name.encode()), "private": False, "default_branch": "main"}
        return {
            **made,
            "full_name": name,
            **self._repositories.get(name, {}),
            "url": self._at(name),
        }

    def _branch(self, request: Request, body: Json) -> Json:
        return {"name": request.path_params["branch"], "commit": {"sha": HEAD}}

    def _pull_request(self, request: Request, body: Json) -> Json:
        name, number = _name(request), request.path_params["number"]
        found = self._pulls.get((name, number)) or {**self._pull, "number": number}
        return {**found, "url": f"{self._at(name)}/pulls/{number}"}

    def _open(self, request: Request, body: Json) -> list[Json]:
        here = [pull for (name, _), pull in self._pulls.items() if name == _name(request)]
        return [pull for pull in here if pull["state"] == "open"]

    def _comments(self, request: Request, body: Json) -> list[Json]:
        return list(self.comments[_name(request), request.path_params["number"]].values())

    def _say(self, request: Request, body: Json) -> Json:
        name, id = _name(request), next(self._ids)
        said = {
            "id": id,
            "node_id": f"IC_{id}",
            "url": f"{self._at(name)}/issues/comments/{id}",
            "user": {"id": BOT, "login": f"{SLUG}[bot]", "type": "Bot"},
            "performed_via_github_app": {"id": self._app_id},
            "created_at": AT,
            "updated_at": AT,
            "body": body["body"],
        }
        self.comments[name, request.path_params["number"]][id] = said
        return said

    def _comment(self, request: Request, body: Json) -> Json:
        id = request.path_params["id"]
        for key, found in self.comments.items():
            if key[0] == _name(request) and id in found:
                return found[id] | ({} if not body else _put(found, id, body))
        return {"id": id, "node_id": f"IC_{id}", "updated_at": AT, "body": "", **body}

    def _delete(self, request: Request, body: Json) -> None:
        for key, found in self.comments.items():
            if key[0] == _name(request):
                found.pop(request.path_params["id"], None)

    def _react(self, request: Request, body: Json) -> Json:
        return {"id": next(self._ids), "content": body["content"]}

    def _permission(self, request: Request, body: Json) -> Json:
        login = request.path_params["login"]
        return {"permission": "read", "user": {"id": 0, "login": login}}

    def _checks(self, request: Request, body: Json) -> Json:
        runs = self.checks[_name(request)].values()
        found = [run for run in runs if run["head_sha"] == request.path_params["sha"]]
        return {"total_count": len(found), "check_runs": found[::-1]}

    def _check(self, request: Request, body: Json) -> Json:
        name = _name(request)
        id = request.path_params.get("id") or next(self._ids)
        known = self.checks[name].get(id, {})
        told = {"id": id, "url": f"{self._at(name)}/check-runs/{id}", "app": {"id": self._app_id}}
        self.checks[name][id] = {**known, **body, **told}
        return self.checks[name][id]

    def _graphql(self, request: Request, body: Json) -> Json:
        none: Json = {"body": "", "userContentEdits": {"nodes": []}}
        return {"data": {"node": none, "repository": {"pullRequest": none}}}

    def _at(self, name: str) -> str:
        return f"{self.url}/repos/{name}"


def _name(request: Request) -> str:
    return f"{request.path_params['owner']}/{request.path_params['repo']}"


def _put(found: dict[int, Json], id: int, body: Json) -> Json:
    found[id] = found[id] | body
    return found[id]
