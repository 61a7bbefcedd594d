"""Installation tokens: one each, fetched once, never another one's; and a key that is no key."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from github import GithubIntegration
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.core.facts import Repository
from bot.errors import ConfigError, Rejected, Transient
from bot.flows.pacer import Pacer
from bot.gateways import github_auth
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import Tokens, app_auth
from bot.gateways.github_time import GitHubTime
from bot.sandbox.app_key import AppKey, make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.server import Server
from tests.gateways.conftest import APP_ID
from tests.gateways.test_github import opened


def fetched(github: StandIn) -> int:
    """How many tokens were asked for."""
    return sum("access_tokens" in call.path for call in github.calls)


def test_sixteen_threads_fetch_one_token(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    github.faults.add("latency", on="POST */access_tokens", seconds=0.03)
    start = threading.Barrier(16)

    def ask(_: int) -> int:
        start.wait(5)
        return gateway.pull_request(shop, number).number

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(ask, range(16))) == {number}
    assert fetched(github) == 1


def test_a_token_is_renewed_five_minutes_before_its_end(
    github: StandIn, gateway: GitHubGateway, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(minutes=5) == github_auth.EARLY
    number = opened(github)
    for early, count in ((59, 1), (59, 1), (61, 2), (61, 3)):  # tokens live for an hour
        monkeypatch.setattr(github_auth, "EARLY", timedelta(minutes=early))
        gateway.pull_request(shop, number)
        assert fetched(github) == count


def test_a_token_that_github_refuses_is_forgotten_and_the_next_try_works(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    gateway.pull_request(shop, number)
    github.expire_tokens()
    with pytest.raises(Transient, match="401"):
        gateway.pull_request(shop, number)
    assert gateway.pull_request(shop, number).number == number
    assert fetched(github) == 2


def test_an_installation_that_is_not_there_is_rejected(
    gateway: GitHubGateway, shop: Repository
) -> None:
    with pytest.raises(Rejected) as caught:
        gateway.pull_request(Repository(shop.id, shop.full_name, 99), 1)
    assert caught.value.status == 404


def test_another_apps_key_is_refused_by_github(github: StandIn, shop: Repository) -> None:
    stranger = GitHubGateway(app_auth(APP_ID, make_app_key().private), github.api_url, Pacer(False))
    with pytest.raises(Transient, match="401"):
        stranger.pull_request(shop, 1)


@contextmanager
def granting(app_key: AppKey, wait: Callable[[int], Awaitable[object]]) -> Iterator[Tokens]:
    """Tokens of a server that gives each installation its own, after `wait`."""

    async def grant(request: Request) -> JSONResponse:
        installation = int(request.path_params["id"])
        await wait(installation)
        token = f"token of {installation}"
        return JSONResponse({"token": token, "expires_at": "2099-01-01T00:00:00Z"}, 201)

    server = Server(
        Starlette(routes=[Route("/app/installations/{id}/access_tokens", grant, methods=["POST"])]),
        "127.0.0.1",
        0,
    )
    server.start()
    auth = app_auth(APP_ID, app_key.private)
    yield Tokens(GithubIntegration(auth=auth, base_url=server.url, seconds_between_writes=None,
                                   seconds_between_requests=None), GitHubTime())  # fmt: skip
    server.stop()


def test_no_installation_gets_the_token_of_another(app_key: AppKey) -> None:
    interval = sys.getswitchinterval()
    with granting(app_key, lambda _: asyncio.sleep(0.001)) as tokens:
        sys.setswitchinterval(1e-6)  # threads change places as often as they can
        try:
            with ThreadPoolExecutor(16) as threads:
                found = list(threads.map(tokens.get, range(1, 81)))
        finally:
            sys.setswitchinterval(interval)
    assert found == [f"token of {n}" for n in range(1, 81)]


def test_a_token_that_is_long_in_coming_holds_up_no_other_installation(app_key: AppKey) -> None:
    asked, go_on = threading.Event(), threading.Event()

    async def wait(installation: int) -> None:
        if installation == 1:
            asked.set()
            while not go_on.is_set():
                await asyncio.sleep(0.01)

    with granting(app_key, wait) as tokens, ThreadPoolExecutor(2) as threads:
        slow = threads.submit(tokens.get, 1)
        try:
            assert asked.wait(5)
            assert threads.submit(tokens.get, 2).result(5) == "token of 2"
            assert not slow.done()
        finally:
            go_on.set()
        assert slow.result(5) == "token of 1"


def test_a_key_may_be_written_in_one_line(app_key: AppKey) -> None:
    for text in (app_key.private, app_key.private.replace("\n", "\\n"), f"\n {app_key.private}\n"):
        assert app_auth(APP_ID, text).token.count(".") == 2


def elliptic() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.mark.parametrize("kind", ["words", "empty", "cut", "public", "elliptic", "locked"])
def test_a_key_that_is_no_key_is_named_and_not_shown(app_key: AppKey, kind: str) -> None:
    loaded = serialization.load_pem_private_key(app_key.private.encode(), None)
    locked = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    ).decode()
    text = {
        "words": "hunter2 hunter2",
        "empty": "",
        "cut": app_key.private[:200],
        "public": app_key.public,
        "elliptic": elliptic(),
        "locked": locked,
    }[kind]
    with pytest.raises(ConfigError, match="EMPTYCHAIR_GITHUB__PRIVATE_KEY") as caught:
        app_auth(APP_ID, text)
    assert "whole file that GitHub gave you" in str(caught.value)
    assert "hunter2" not in str(caught.value)
