"""What goes wrong with GitHub, in our words; one call each, and no waiting."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests
import responses

from bot import logs
from bot.core.facts import Repository
from bot.errors import Rejected, Transient, Upstream
from bot.flows.pacer import Pacer
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.gateways.github_errors import LONGEST_WAIT
from bot.sandbox.app_key import AppKey
from bot.sandbox.faults import Kind
from bot.sandbox.github import StandIn
from tests.gateways.conftest import APP_ID, NOWHERE
from tests.gateways.test_github import CHECK, opened

API = "https://api.github.com"
TOKEN = "ghs_" + "0123456789abcdef" * 2
SHOP = Repository(501, "acme/shop", 7)
PULL = f"{API}/repos/acme/shop/pulls/12"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        granted = {"token": TOKEN, "expires_at": "2099-01-01T00:00:00Z"}
        mocked.post(f"{API}/app/installations/7/access_tokens", json=granted, status=201)
        yield mocked


@pytest.fixture
def remote(app_key: AppKey) -> GitHubGateway:
    """A gateway to the real address, which `web` answers for."""
    return GitHubGateway(app_auth(APP_ID, app_key.private), "https://api.github.com", Pacer(False))


def asked(remote: GitHubGateway, web: responses.RequestsMock) -> Upstream:
    """The error that a question ends in, after one call and no sleep."""
    began = time.monotonic()
    with pytest.raises(Upstream) as caught:
        remote.pull_request(SHOP, 12)
    assert time.monotonic() - began < 0.5
    assert len(web.calls) == 2  # the token, the question
    return caught.value


LIMIT = "API rate limit exceeded for installation ID 7."
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


def resets_in(seconds: float) -> dict[str, str]:
    return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time() + seconds))}


@pytest.mark.parametrize(
    ("status", "message", "headers", "wait"),
    [
        (403, SECONDARY, lambda: {"Retry-After": "42"}, 42),
        (429, SECONDARY, lambda: {"Retry-After": "42"}, 42),
        (403, LIMIT, lambda: resets_in(600), 600),
        (429, LIMIT, lambda: resets_in(600), 600),
        (403, LIMIT, lambda: resets_in(-5), 1),
        (403, SECONDARY, dict, 60),
        (429, "", dict, 60),
        (403, SECONDARY, lambda: {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        (429, SECONDARY, lambda: {"Retry-After": "nan"}, 60),
        (429, SECONDARY, lambda: {"Retry-After": "-5"}, 0),
        (429, SECONDARY, lambda: {"Retry-After": "1" + "0" * 30}, LONGEST_WAIT),
        (429, "", lambda: {"X-RateLimit-Remaining": "0"}, 60),
    ],
)
def test_a_limit_says_how_long_and_for_whom(
    remote: GitHubGateway,
    web: responses.RequestsMock,
    status: int,
    message: str,
    headers: Callable[[], Mapping[str, str]],
    wait: float,
) -> None:
    sent = headers()
    web.get(PULL, json={"message": message}, status=status, headers=dict(sent))
    error = asked(remote, web)
    assert isinstance(error, Transient)
    assert error.throttle == "github:7"
    assert error.retry_after is not None
    assert math.isclose(error.retry_after, wait, abs_tol=2)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422, 451])
def test_a_refusal_is_final_and_says_githubs_words(
    remote: GitHubGateway, web: responses.RequestsMock, status: int
) -> None:
    web.get(PULL, json={"message": "Resource not accessible"}, status=status)
    error = asked(remote, web)
    assert isinstance(error, Rejected)
    assert error.status == status
    assert str(error) == f"GitHub answered {status}: Resource not accessible"


@pytest.mark.parametrize("status", [401, 408, 500, 502, 503, 504])
def test_trouble_at_github_is_worth_another_try(
    remote: GitHubGateway, web: responses.RequestsMock, status: int
) -> None:
    web.get(PULL, body="<html>Unicorn!</html>", status=status)
    error = asked(remote, web)
    assert isinstance(error, Transient)
    assert (error.retry_after, error.throttle) == (None, None)


def test_trouble_at_github_may_say_for_how_long(
    remote: GitHubGateway, web: responses.RequestsMock
) -> None:
    web.get(PULL, json={}, status=503, headers={"Retry-After": "5"})
    error = asked(remote, web)
    assert isinstance(error, Transient)
    assert (error.retry_after, error.throttle) == (5, None)


GARBAGE: dict[str, dict[str, Any]] = {
    "a page": {"body": "<html>Welcome to the proxy</html>"},
    "nothing": {"body": ""},
    "half JSON": {"body": '{"number": 12, "title": '},
    "an array": {"json": []},
    "a number": {"json": 5},
    "no head": {"json": {"number": 12, "title": "x", "state": "open"}},
    "another type": {"json": {"url": {"not": "text"}, "number": "twelve"}},
    "a redirect elsewhere": {"status": 301, "headers": {"Location": "https://evil.example/x"}},
    "a redirect to itself": {"status": 301, "headers": {"Location": PULL}},
    "a redirect without a place": {"status": 307, "json": {"message": "Moved"}},
}


@pytest.mark.parametrize("name", GARBAGE)
def test_an_answer_that_makes_no_sense_is_worth_another_try(
    remote: GitHubGateway, web: responses.RequestsMock, name: str
) -> None:
    web.get(PULL, **GARBAGE[name])
    error = asked(remote, web)
    assert isinstance(error, Transient)
    assert error.retry_after is None


def test_a_page_in_place_of_a_list_makes_no_sense_either(
    remote: GitHubGateway, web: responses.RequestsMock
) -> None:
    web.get(f"{PULL}/files", json={"message": "?"})
    web.get(f"{API}/repos/acme/shop/issues/12/comments", json=[{"body": "marker"}])
    web.get(f"{API}/repos/acme/shop", json={"id": 1})
    for ask in (
        lambda: remote.files(SHOP, 12),
        lambda: remote.find_comments(SHOP, 12, "marker"),
        lambda: remote.repository(7, "acme/shop"),
    ):
        with pytest.raises(Transient, match="made no sense"):
            ask()


def test_a_renamed_repository_is_followed_to_its_new_place(
    remote: GitHubGateway, web: responses.RequestsMock
) -> None:
    web.get(PULL, status=301, headers={"Location": f"{API}/repositories/501/pulls/12"})
    web.get(f"{API}/repositories/501/pulls/12", json={"message": "Not Found"}, status=404)
    with pytest.raises(Rejected, match="404"):
        remote.pull_request(SHOP, 12)


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout("read timed out"),
        requests.ConnectTimeout("no route"),
        requests.exceptions.SSLError("certificate"),
        requests.exceptions.ChunkedEncodingError("cut"),
        ConnectionResetError("reset"),
    ],
)
def test_a_network_that_fails_is_worth_another_try(
    remote: GitHubGateway, web: responses.RequestsMock, error: Exception
) -> None:
    web.get(PULL, body=error)
    assert isinstance(asked(remote, web), Transient)


def test_nobody_at_home_is_worth_another_try(app_key: AppKey) -> None:
    gateway = GitHubGateway(app_auth(APP_ID, app_key.private), NOWHERE, Pacer(False))
    says = f"^{NOWHERE} could not be reached \\(connection refused\\)$"
    with pytest.raises(Transient, match=says):
        gateway.pull_request(SHOP, 12)


@pytest.mark.parametrize(
    ("kind", "happens"),
    [("reset", 0), ("502-before", 0), ("limit-429", 0), ("502-after", 1), ("lost-answer", 1)],
)
def test_a_write_that_went_wrong_is_never_repeated_behind_our_back(
    github: StandIn, gateway: GitHubGateway, shop: Repository, kind: Kind, happens: int
) -> None:
    number = opened(github)
    gateway.pull_request(shop, number)
    github.faults.add(kind, on="POST *", times=1)
    with pytest.raises(Transient):
        gateway.create_comment(shop, number, "text")
    assert len(github.bot_comments(number)) == happens
    github.faults.add(kind, on="PATCH *", times=1)
    run = gateway.create_check(shop, github.pull_request(number).head_sha, CHECK)
    with pytest.raises(Transient):
        gateway.update_check(shop, run, CHECK)
    assert sum(call.method == "PATCH" for call in github.calls) == 1


def test_no_secret_stands_in_an_error_or_in_what_is_logged_of_it(
    remote: GitHubGateway, web: responses.RequestsMock
) -> None:
    web.get(PULL, json={"message": f"Bad credentials: {TOKEN}"}, status=422)
    error = asked(remote, web)
    text = "".join(traceback.format_exception(error))
    entry = {"event": "job.retry", "error": str(error), "exception": text, "more": [error]}
    logged = str(logs.mask(None, "error", entry))
    assert "Bad credentials" in logged
    assert TOKEN not in logged
    web.replace(responses.GET, PULL, json={"message": "no"}, status=422)
    with pytest.raises(Rejected) as caught:
        remote.pull_request(SHOP, 12)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_write_that_is_sent_elsewhere_did_not_happen(
    remote: GitHubGateway, web: responses.RequestsMock, status: int
) -> None:
    shop = f"{API}/repos/acme/shop"
    moved = {"message": "Moved Permanently", "url": "https://api.github.com/repositories/501"}
    for url in (f"{shop}/check-runs/5", f"{shop}/issues/comments/6"):
        web.patch(url, json=moved, status=status)
    web.post(f"{shop}/check-runs", json=moved, status=status)
    web.post(f"{shop}/issues/12/comments", json=moved, status=status)
    writes: list[Callable[[], object]] = [
        lambda: remote.update_check(SHOP, 5, CHECK),
        lambda: remote.edit_comment(SHOP, 12, 6, "text"),
        lambda: remote.create_check(SHOP, "a" * 40, CHECK),
        lambda: remote.create_comment(SHOP, 12, "text"),
    ]
    for write in writes:
        with pytest.raises(Transient):
            write()


def test_a_check_of_another_app_with_our_words_is_not_ours(
    remote: GitHubGateway, web: responses.RequestsMock
) -> None:
    runs = [
        {"id": number, "external_id": CHECK.external_id, "app": {"id": app}}
        for number, app in ((1, APP_ID), (2, APP_ID + 1))
    ]
    web.get(
        f"{API}/repos/acme/shop/commits/{'a' * 40}/check-runs",
        json={"total_count": 2, "check_runs": runs},
    )
    assert remote.find_check(SHOP, "a" * 40, CHECK) == 1


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ({"errors": [{"message": "Something went wrong while executing your query."}]}, Transient),
        ({"errors": [{"type": "RATE_LIMITED", "message": LIMIT}]}, Transient),
        ({"errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]}, Rejected),
        ({"errors": [{"type": "FORBIDDEN", "message": "not accessible"}]}, Rejected),
        ({"errors": [{"extensions": {"code": "undefinedField"}, "message": "?"}]}, Rejected),
        ({"data": None}, Transient),
    ],
)
def test_an_error_with_status_200_is_final_only_where_asking_again_would_not_help(
    remote: GitHubGateway,
    web: responses.RequestsMock,
    answer: dict[str, object],
    raised: type[Exception],
) -> None:
    web.post(f"{API}/graphql", json=answer)
    with pytest.raises(raised):
        remote.history(SHOP, 900, "IC_900")
