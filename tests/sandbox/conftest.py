"""A stand-in GitHub, a bot's ear that checks every signature, and the real PyGithub client."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from github import Auth, Github
from github.Repository import Repository
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.app_key import AppKey, make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.server import Server

SECRET = "it's a secret to everybody"
APP_ID = 4711


@dataclass
class Heard:
    """One webhook as it arrived."""

    event: str
    guid: str
    headers: dict[str, str]
    payload: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.event}.{self.payload.get('action')}"


@dataclass
class Ear:
    """Listens where the bot would, and believes nothing that is not signed."""

    url: str = ""
    status: int = 202
    heard: list[Heard] = field(default_factory=list)

    async def hear(self, request: Request) -> Response:
        body = await request.body()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert request.headers["X-Hub-Signature-256"] == f"sha256={digest}"
        headers = dict(request.headers)
        event, guid = headers["x-github-event"], headers["x-github-delivery"]
        self.heard.append(Heard(event, guid, headers, json.loads(body)))
        return Response(status_code=self.status)

    def names(self) -> list[str]:
        return [heard.name for heard in self.heard]

    def last(self, name: str) -> dict[str, Any]:
        return next(heard.payload for heard in reversed(self.heard) if heard.name == name)


@pytest.fixture(scope="session")
def app_key() -> AppKey:
    return make_app_key()


@pytest.fixture(scope="session")
def listening() -> Iterator[Ear]:
    ear = Ear()
    server = Server(Starlette(routes=[Route("/hook", ear.hear, methods=["POST"])]), "127.0.0.1", 0)
    server.start()
    ear.url = f"{server.url}/hook"
    yield ear
    server.stop()


@pytest.fixture
def ear(listening: Ear) -> Ear:
    listening.heard.clear()
    listening.status = 202
    return listening


@pytest.fixture
def github(ear: Ear, app_key: AppKey) -> Iterator[StandIn]:
    with StandIn(
        webhook_url=ear.url,
        webhook_secret=SECRET,
        app_id=APP_ID,
        app_public_key=app_key.public,
        seed=1,
    ) as stand_in:
        yield stand_in


def client_of(github: StandIn, key: AppKey, base_url: str = "") -> Github:
    """The real client, as an installation, without waiting and without hidden retries."""
    auth = Auth.AppAuth(APP_ID, key.private).get_installation_auth(github.installation_id)
    return Github(
        auth=auth,
        base_url=base_url or github.api_url,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


@pytest.fixture
def client(github: StandIn, app_key: AppKey) -> Iterator[Github]:
    client = client_of(github, app_key)
    yield client
    client.close()


@pytest.fixture
def repo(client: Github) -> Repository:
    return client.get_repo("acme/shop")
