"""How GitHub is reached: what was read before costs nothing, and nothing old is believed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
import responses
from requests import PreparedRequest
from urllib3 import HTTPResponse

from bot.core.facts import Repository
from bot.flows.pacer import Pacer
from bot.gateways import connection
from bot.gateways.connection import LARGEST, MOST_BYTES, Memory
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.sandbox.app_key import AppKey
from bot.sandbox.github import StandIn
from tests.gateways.conftest import APP_ID
from tests.gateways.test_github import opened


def statuses(github: StandIn) -> list[int]:
    return [call.status for call in github.calls if "/pulls" in call.path]


def test_what_did_not_change_is_answered_with_304_and_read_from_memory(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github, body="Because.")
    first = gateway.pull_request(shop, number)
    assert gateway.pull_request(shop, number) == first
    assert statuses(github) == [200, 304]


def test_what_changed_is_read_anew_however_fresh_github_called_it(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    gateway.pull_request(shop, number)
    github.edit_pull_request(number, title="Another title")
    assert gateway.pull_request(shop, number).title == "Another title"
    assert statuses(github) == [200, 200]


def test_a_list_is_remembered_too_and_shared_by_all_threads(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    opened(github, count=3)
    first = gateway.open_pull_requests(shop)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(gateway.open_pull_requests, shop).result() == first
    assert statuses(github) == [200, 304]


def test_what_one_token_read_is_not_asked_for_with_another(
    github: StandIn, gateway: GitHubGateway, shop: Repository, app_key: AppKey
) -> None:
    number = opened(github)
    gateway.pull_request(shop, number)
    again = GitHubGateway(app_auth(APP_ID, app_key.private), github.api_url, Pacer(False))
    again.pull_request(shop, number)
    assert statuses(github) == [200, 200]


def test_what_was_forgotten_while_we_asked_is_read_whole(
    github: StandIn, gateway: GitHubGateway, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(github)
    github.comment(number, "marked", "alice")
    first = gateway.find_comments(shop, number, "marked")
    controller, forgotten = connection._ADAPTER.controller, [1]
    known = controller.update_cached_response

    def forget(request: PreparedRequest, response: HTTPResponse) -> HTTPResponse:
        if forgotten and forgotten.pop():
            controller.cache.delete(controller.cache_url(str(request.url)))
        return known(request, response)

    monkeypatch.setattr(controller, "update_cached_response", forget)
    assert gateway.find_comments(shop, number, "marked") == first != []
    asked = [call.status for call in github.calls if call.path.endswith("/comments")]
    assert asked == [200, 304, 200]


def test_two_tokens_for_one_address_never_read_nothing(
    github: StandIn, gateway: GitHubGateway, shop: Repository, app_key: AppKey
) -> None:
    other = GitHubGateway(app_auth(APP_ID, app_key.private), github.api_url, Pacer(False))
    number = opened(github)
    github.comment(number, "marked", "alice")

    def ask(which: GitHubGateway) -> set[int]:
        return {len(which.find_comments(shop, number, "marked")) for _ in range(25)}

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(ask, [gateway, other] * 3))
    assert set().union(*found) == {1}


def test_many_threads_share_one_pool(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    gateway.pull_request(shop, number)
    barrier = threading.Barrier(8)

    def ask() -> str:
        barrier.wait(5)
        return gateway.pull_request(shop, number).title

    with ThreadPoolExecutor(8) as threads:
        titles = {future.result() for future in [threads.submit(ask) for _ in range(8)]}
    assert titles == {"Größer 0 🛒"}


def test_memory_has_an_end() -> None:
    memory = Memory()
    memory.set("huge", b"x" * (LARGEST + 1))
    assert memory.get("huge") is None
    count = MOST_BYTES // LARGEST + 2
    for n in range(count):
        memory.set(f"page {n}", bytes([n]) * LARGEST)
    known = [n for n in range(count) if memory.get(f"page {n}")]
    assert known == list(range(2, count))
    memory.set("page 5", b"new")
    assert memory.get("page 5") == b"new"
    memory.delete("page 5")
    memory.delete("never known")
    assert memory.get("page 5") is None


def test_proxies_and_certificates_of_the_environment_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "ghes.example.com")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/ours.pem")
    connection._environment.cache_clear()
    outside = connection._environment("https://api.github.com")
    inside = connection._environment("https://ghes.example.com")
    connection._environment.cache_clear()
    assert outside["proxies"]["https"] == "http://proxy.example.com:3128"
    assert outside["verify"] == inside["verify"] == "/etc/ssl/ours.pem"
    assert not inside["proxies"].get("https")


def test_certificates_are_checked_where_nobody_says_otherwise(
    app_key: AppKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    connection._environment.cache_clear()
    assert connection._environment("https://api.github.com")["verify"] is True
    connection._environment.cache_clear()


@pytest.mark.parametrize("hours", [-2, 0, 2])
def test_how_long_our_calls_have_to_last_is_read_from_githubs_clock(
    app_key: AppKey, hours: int
) -> None:
    told: list[float] = []

    class Account(Pacer):
        def heard(self, installation: int, remaining: int, limit: int, resets_in: float) -> None:
            told.append(resets_in)

    api = "https://api.github.com"
    gateway = GitHubGateway(app_auth(APP_ID, app_key.private), api, Account(False))
    now = time.time() + hours * 3600
    headers = {"Date": formatdate(now, usegmt=True), "X-RateLimit-Reset": str(int(now) + 600)}
    headers |= {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "9"}
    with responses.RequestsMock() as web:
        app = {"slug": "x", "permissions": {}, "events": []}
        web.get(f"{api}/app", json=app, headers=headers)
        gateway.identity()
    assert told == [600]


def test_only_compressed_answers_are_asked_for(app_key: AppKey) -> None:
    gateway = GitHubGateway(
        app_auth(APP_ID, app_key.private), "https://api.github.com", Pacer(False)
    )
    with responses.RequestsMock() as web:
        web.get("https://api.github.com/app", json={"slug": "x", "permissions": {}, "events": []})
        gateway.identity()
        assert web.calls[0].request.headers["Accept-Encoding"] == "gzip"
