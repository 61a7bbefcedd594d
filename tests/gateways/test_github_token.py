"""The same questions asked with somebody's token, and where GraphQL is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.facts import Repository
from bot.errors import Rejected, Transient
from bot.flows.pacer import Pacer
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth, token_auth
from bot.ports import CheckRun, CommitStatus
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.server import Server

MACHINE = "empty-chair-machine"
WAITS = CommitStatus("Customer impact", "pending", "0 of 5 answered", "https://example.com/12")


@pytest.fixture
def holder(github: StandIn) -> GitHubGateway:
    """A gateway with a machine user's token."""
    return GitHubGateway(token_auth(github.personal_token(MACHINE)), github.api_url, Pacer(False))


def test_a_token_tells_whose_it_is_and_what_it_may_do(github: StandIn) -> None:
    token = github.personal_token(MACHINE, scopes="repo, read:org")
    owner = GitHubGateway(token_auth(token), github.api_url, Pacer(False)).token_owner()
    assert owner.id == github.state.user(MACHINE).id
    assert (owner.login, owner.scopes) == (MACHINE, ("repo", "read:org"))


def test_of_a_fine_grained_token_github_does_not_say_what_it_may_do(github: StandIn) -> None:
    token = github.personal_token(MACHINE, scopes="")
    assert GitHubGateway(token_auth(token), github.api_url, Pacer(False)).token_owner().scopes == ()


def test_who_we_are_is_asked_once_and_an_app_is_nobody(
    github: StandIn, holder: GitHubGateway, gateway: GitHubGateway
) -> None:
    assert holder.own_user() == holder.own_user() == github.state.user(MACHINE).id
    assert gateway.own_user() is None
    assert [call.path for call in github.calls] == ["/user"]


def test_a_token_that_is_not_taken_is_final_when_asked_and_else_waits_for_a_new_one(
    github: StandIn, shop: Repository
) -> None:
    wrong = GitHubGateway(token_auth("ghp_revoked"), github.api_url, Pacer(False))
    with pytest.raises(Rejected) as caught:
        wrong.token_owner()
    assert caught.value.status == 401
    with pytest.raises(Transient):
        wrong.own_user()
    with pytest.raises(Transient):
        wrong.pull_request(shop, 1)


def test_a_status_is_one_call_and_the_newest_counts(
    github: StandIn, holder: GitHubGateway, shop: Repository
) -> None:
    head = github.pull_request(github.open_pull_request(title="One")).head_sha
    first = holder.set_status(shop, head, WAITS)
    done = CommitStatus("Customer impact", "success", "Complete", "")
    assert holder.set_status(shop, head, done) != first
    assert [call.method for call in github.calls] == ["POST", "POST"]
    told = [(s.state, s.description, s.target_url) for s in github.statuses_on(head)]
    assert told == [
        ("pending", "0 of 5 answered", "https://example.com/12"),
        ("success", "Complete", None),
    ]


def test_an_app_may_set_a_status_too(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    head = github.pull_request(github.open_pull_request(title="One")).head_sha
    gateway.set_status(shop, head, WAITS)
    assert [s.creator.login for s in github.statuses_on(head)] == ["empty-chair[bot]"]


def test_a_status_on_a_commit_that_is_gone_is_final(
    holder: GitHubGateway, shop: Repository
) -> None:
    with pytest.raises(Rejected):
        holder.set_status(shop, "f" * 40, WAITS)


def test_a_token_cannot_write_a_check(
    github: StandIn, holder: GitHubGateway, shop: Repository
) -> None:
    head = github.pull_request(github.open_pull_request(title="One")).head_sha
    with pytest.raises(Rejected) as caught:
        holder.create_check(shop, head, CheckRun("Customer impact", "t", "s", "success", "", "x"))
    assert caught.value.status == 403


@dataclass
class Host:
    """Something that answers like a GitHub Enterprise Server, and remembers where it was asked."""

    asked: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.url.path.endswith("/access_tokens"):
            return JSONResponse({"token": "ghs_1", "expires_at": "2099-01-01T00:00:00Z"}, 201)
        if request.url.path.endswith("/graphql"):
            edits: dict[str, Any] = {"nodes": []}
            return JSONResponse({"data": {"node": {"body": "", "userContentEdits": edits}}})
        return JSONResponse({"id": 7, "login": MACHINE, "permission": "write", "user": {"id": 7}})


@pytest.mark.parametrize("by_token", [True, False])
def test_an_enterprise_server_is_asked_below_its_prefix_and_graphql_beside_it(
    by_token: bool,
) -> None:
    host = Host()
    methods = ["GET", "POST"]
    server = Server(
        Starlette(routes=[Route("/{rest:path}", host.answer, methods=methods)]), "127.0.0.1", 0
    )
    server.start()
    auth = token_auth("ghp_1") if by_token else app_auth(1, make_app_key().private)
    gateway = GitHubGateway(auth, f"{server.url}/api/v3/", Pacer(False))
    shop = Repository(1, "acme/shop", 0 if by_token else 5)
    gateway.history(shop, 9, "IC_9")
    gateway.set_status(shop, "a" * 40, WAITS)
    server.stop()
    tokens = [] if by_token else ["POST /api/v3/app/installations/5/access_tokens"]
    assert host.asked == [
        *tokens,
        "POST /api/graphql",
        f"POST /api/v3/repos/acme/shop/statuses/{'a' * 40}",
    ]
