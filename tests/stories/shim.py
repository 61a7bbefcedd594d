"""OURS, not the emulator's: a small proxy that fills what `emulate@0.12.2` leaves out.

It stands between the bot and the emulator, and between the emulator's webhooks and the bot.
Everything passes through as it is, except where the emulator differs from GitHub:

1. `issue_comment` events on pull requests lack `issue.pull_request`: added.
2. `issue_comment` `edited` lacks `changes.body.from`: added. The text before an edit is read from
   the emulator when the edit passes through here.
   Events that were changed so are signed again, with the same secret. All others go on byte for
   byte, with the emulator's own signature.
3. `X-GitHub-Delivery` is the time in milliseconds, so two deliveries may share one: numbered.
4. `GET /repos/…/pulls/N/files` is always empty: answered with the files of the emulator's own
   `GET /repos/…/compare/BASE...HEAD`.
5. `"permissions": {}` in a request for an installation token, which PyGithub always sends, means
   no permission at all there, and every granted one on GitHub: left out on the way.

`requests` says who answered each request, `deliveries` what became of each webhook.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

import requests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.server import Server

WEBHOOKS = "/shim/webhooks"
FILES = re.compile(r"(/repos/[^/]+/[^/]+)(/pulls/\d+)/files")
COMMENT = re.compile(r"/repos/[^/]+/[^/]+/issues/comments/(\d+)")
TOKENS = re.compile(r"/app/installations/\d+/access_tokens")
TO_EMULATOR = ("accept", "authorization", "content-type", "user-agent")
TIMEOUT = 10  # seconds
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the API and who answered it."""

    method: str
    path: str
    status: int
    by: Literal["emulate", "shim"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as the bot got it. `resigned`: changed here, so the signature is ours."""

    event: str
    id: str
    body: bytes
    signature: str
    resigned: bool
    status: int


class Shim:
    """The proxy. Set `emulator_url` and `bot_url` as soon as they are known."""

    def __init__(self, webhook_secret: str) -> None:
        self._secret = webhook_secret.encode()
        self._numbers = itertools.count(1)
        self._pulls: set[int] = set()
        self._before: dict[tuple[int, str], str] = {}
        self._session = requests.Session()
        self._session.trust_env = False  # loopback needs no proxy of the machine
        routes = [
            Route(WEBHOOKS, self._hear, methods=["POST"]),
            Route("/{path:path}", self._pass_on, methods=METHODS),
        ]
        self._server = Server(Starlette(routes=routes), "localhost", 0)
        self.emulator_url = ""
        self.bot_url = ""
        self.requests: list[Asked] = []
        self.deliveries: list[Delivery] = []

    @property
    def url(self) -> str:
        """The GitHub that the bot knows."""
        return self._server.url

    def start(self) -> None:
        """Listen on a free port."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()
        self._session.close()

    # -- the API: bot to emulator ----------------------------------------------------------------

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> Response:
        path = request.scope["raw_path"].decode()
        headers = {name: request.headers[name] for name in TO_EMULATOR if name in request.headers}
        by: Literal["emulate", "shim"] = "emulate"
        if request.method == "GET" and (files := FILES.fullmatch(path)):
            by, response = "shim", self._files(files[1], files[2], headers)
        else:
            if request.method == "POST" and TOKENS.fullmatch(path):
                body = _without_empty_permissions(body)
            if request.method == "PATCH" and (comment := COMMENT.fullmatch(path)):
                self._remember(path, int(comment[1]), headers, body)
            query = request.scope["query_string"].decode()
            target = f"{path}?{query}" if query else path
            found = self._ask(request.method, target, headers, body)
            kept = {k: v for k, v in found.headers.items() if k.lower() in ("content-type", "link")}
            response = Response(found.content, found.status_code, kept)
        self.requests.append(Asked(request.method, path, response.status_code, by))
        return response

    def _files(self, repository: str, pull: str, headers: dict[str, str]) -> Response:
        """Hole 4: what the emulator's own comparison of the two commits says."""
        found = self._ask("GET", repository + pull, headers).json()
        span = f"{found['base']['sha']}...{found['head']['sha']}"
        compared = self._ask("GET", f"{repository}/compare/{span}", headers)
        compared.raise_for_status()
        return JSONResponse(compared.json()["files"])

    def _remember(self, path: str, id: int, headers: dict[str, str], body: bytes) -> None:
        """Hole 2: the text that this edit replaces, kept for the event that tells of it."""
        found = self._ask("GET", path, headers)
        if found.ok:
            self._before[id, json.loads(body)["body"]] = found.json()["body"]

    def _ask(
        self, method: str, target: str, headers: dict[str, str], body: bytes = b""
    ) -> requests.Response:
        url = self.emulator_url + target
        return self._session.request(method, url, headers=headers, data=body, timeout=TIMEOUT)

    # -- webhooks: emulator to bot ---------------------------------------------------------------

    async def _hear(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._forward, request, body)

    def _forward(self, request: Request, body: bytes) -> Response:
        signature = request.headers.get("x-hub-signature-256", "")
        if not hmac.compare_digest(signature, self._sign(body)):
            return PlainTextResponse("The emulator did not sign this.", 401)
        event = request.headers["x-github-event"]
        id = f"{request.headers['x-github-delivery']}-{next(self._numbers)}"  # hole 3
        mended = self._mended(event, body)
        if mended != body:
            signature = self._sign(mended)
        status = self.send(event, id, mended, signature)
        delivery = Delivery(event, id, mended, signature, mended != body, status)
        self.deliveries.append(delivery)
        return Response(status_code=status)

    def send(self, event: str, id: str, body: bytes, signature: str) -> int:
        """Deliver to the bot and give back how it answered. Tests deliver again with it."""
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": id,
            "X-Hub-Signature-256": signature,
        }
        url = f"{self.bot_url}/github/webhooks"
        return self._session.post(url, data=body, headers=headers, timeout=TIMEOUT).status_code

    def _mended(self, event: str, body: bytes) -> bytes:
        payload: dict[str, Any] = json.loads(body)
        if event == "pull_request":
            self._pulls.add(payload["pull_request"]["number"])
        if event != "issue_comment" or payload["issue"]["number"] not in self._pulls:
            return body
        issue, comment = payload["issue"], payload["comment"]
        issue["pull_request"] = {"url": issue["url"].replace("/issues/", "/pulls/")}  # hole 1
        before = self._before.get((comment["id"], comment["body"]))
        if payload["action"] == "edited" and before is not None:  # hole 2
            payload["changes"] = {"body": {"from": before}}
        return json.dumps(payload).encode()

    def _sign(self, body: bytes) -> str:
        return "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()


def _without_empty_permissions(body: bytes) -> bytes:
    """Hole 5."""
    asked = json.loads(body or b"{}")
    if asked.get("permissions") == {}:
        del asked["permissions"]
    return json.dumps(asked).encode()
