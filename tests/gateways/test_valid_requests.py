"""Whatever we ask GitHub is what GitHub's own description of its API allows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.core.facts import Actor, Repository
from bot.flows.pacer import Pacer
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.ports import Button, CheckRun, CommitStatus
from bot.sandbox.app_key import AppKey
from bot.sandbox.github import StandIn
from tests.flows import people
from tests.gateways.conftest import APP_ID, NOWHERE
from tests.gateways.description import Description
from tests.gateways.recorder import Exchange, Recorder
from tests.stories.emulator import need
from tests.stories.octokit import DESCRIPTION

CHECK = CheckRun(
    "Customer impact", "Two things are missing", "größer 🛒", "action_required",
    "https://example.com/1", "review", (Button("Recheck", "Look again", "recheck"),),
)  # fmt: skip
STATUS = CommitStatus("Customer impact", "pending", "2 of 5 answered", "https://example.com/1")
MARKER = "<!-- marker -->"
RENOVATE = Actor(9, "renovate[bot]", True)
NAMED = f"{ENFORCE}reviewers: {{logins: [reviewer], teams: [acme/research]}}\n"
GRAPHQL = "/graphql"  # has a schema of its own


@dataclass(frozen=True)
class Desk:
    """A gateway, and a repository with a pull request, a comment of ours and a check."""

    gateway: GitHubGateway
    repository: Repository
    number: int
    comment: int
    check: int
    head: str
    by: Actor


# Each question that we can ask GitHub, asked with all that it can hold.
CALLS: dict[str, Callable[[Desk], object]] = {
    "identity": lambda d: d.gateway.identity(),
    "pull_request": lambda d: d.gateway.pull_request(d.repository, d.number),
    "files": lambda d: d.gateway.files(d.repository, d.number),
    "open_pull_requests": lambda d: d.gateway.open_pull_requests(d.repository),
    "repository": lambda d: d.gateway.repository(d.repository.installation, "acme/shop"),
    "default_head": lambda d: d.gateway.default_head(d.repository),
    "find_comments": lambda d: d.gateway.find_comments(d.repository, d.number, MARKER),
    "create_comment": lambda d: d.gateway.create_comment(d.repository, d.number, "größer 🛒"),
    "edit_comment": lambda d: d.gateway.edit_comment(d.repository, d.number, d.comment, "text"),
    "delete_comment": lambda d: d.gateway.delete_comment(d.repository, d.number, d.comment),
    "react": lambda d: d.gateway.react(d.repository, d.number, d.comment, "eyes"),
    "history": lambda d: d.gateway.history(d.repository, d.comment, ""),
    "description_history": lambda d: d.gateway.description_history(d.repository, d.number),
    "permission": lambda d: [d.gateway.permission(d.repository, by) for by in (d.by, RENOVATE)],
    "in_team": lambda d: [
        d.gateway.in_team(d.repository, "acme/research", by) for by in (d.by, RENOVATE)
    ],
    "with_email": lambda d: d.gateway.with_email(d.repository, "reviewer@acme.example"),
    "checks_of_rules": lambda d: d.gateway.checks_of_rules(d.repository),
    "checks_of_protection": lambda d: d.gateway.checks_of_protection(d.repository),
    "codeowners": lambda d: d.gateway.codeowners(d.repository),
    "team_repositories": lambda d: d.gateway.team_repositories(d.repository, "acme/research"),
    "hook_deliveries": lambda d: d.gateway.hook_deliveries(),
    "redeliver": lambda d: d.gateway.redeliver(d.gateway.hook_deliveries()[0][0].id),
    "comments_since": lambda d: d.gateway.comments_since(
        d.repository, datetime(2026, 3, 2, tzinfo=UTC), 1
    ),
    "comment": lambda d: d.gateway.comment(d.repository, d.comment),
    "set_status": lambda d: d.gateway.set_status(d.repository, d.head, STATUS),
    "find_check": lambda d: d.gateway.find_check(d.repository, d.head, CHECK),
    "create_check": lambda d: d.gateway.create_check(d.repository, d.head, CHECK),
    "update_check": lambda d: d.gateway.update_check(
        d.repository, d.check, replace(CHECK, conclusion="success", details_url="", buttons=())
    ),
}


AS_A_USER = {"token_owner", "own_user"}  # GET /user, which only a personal token may ask


@dataclass(frozen=True)
class Recorded:
    """What went over the wire, by whose doing; and how it was described."""

    by: Mapping[str, list[Exchange]]
    description: Description

    @property
    def exchanges(self) -> list[Exchange]:
        """All that GitHub's description of REST is about."""
        every = itertools.chain.from_iterable(self.by.values())
        return [exchange for exchange in every if exchange.path != GRAPHQL]


@pytest.fixture(scope="module")
def recorded(app_key: AppKey, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    need(DESCRIPTION)
    by = one_by_one(app_key)
    with start_pair(tmp_path_factory.mktemp("pair"), organisation=NAMED, quiet_seconds=0) as pair:
        by["a whole story"] = whole_story(pair)
    every = [e for found in by.values() for e in found if e.path != GRAPHQL]
    return Recorded(by, Description(every))


def one_by_one(app_key: AppKey) -> dict[str, list[Exchange]]:
    """Every call of the gateway, each at a desk of its own."""
    found: dict[str, list[Exchange]] = {}
    stand_in = StandIn(
        webhook_url=f"{NOWHERE}/hook",
        webhook_secret="nobody listens",
        app_id=APP_ID,
        app_public_key=app_key.public,
    )
    with stand_in as github, Recorder(github.api_url) as recorder:
        github.team("research", "alice")
        gateway = GitHubGateway(app_auth(APP_ID, app_key.private), recorder.url, Pacer(False))
        shop = Repository(github.state.repository_id, github.full_name, github.installation_id)
        alice = github.state.user("alice")
        for name, call in CALLS.items():
            number = github.open_pull_request(title="Größer 🛒", files=[people.THEME])
            head = github.pull_request(number).head_sha
            comment = gateway.create_comment(shop, number, f"{MARKER} before").id
            check = gateway.create_check(shop, head, CHECK)
            before = len(recorder.exchanges)
            by = Actor(alice.id, "alice")
            call(Desk(gateway, shop, number, comment, check, head, by))
            found[name] = recorder.exchanges[before:]
        found["a token"] = [e for e in recorder.exchanges if e.path.endswith("/access_tokens")]
    return found


def whole_story(pair: Pair) -> list[Exchange]:
    """A pull request from opening to merge and beyond, with everything that people do."""
    with Recorder(pair.github.api_url) as recorder:
        pair.stop_bot()
        github = pair.settings.github.model_copy(update={"base_url": recorder.url})
        pair.settings = pair.settings.model_copy(update={"github": github})
        pair.start_bot()
        play(pair)
        pair.stop_bot()
    return recorder.exchanges


def play(pair: Pair) -> None:
    github = pair.github
    github.team("research", "carl")
    number = people.opened(pair)
    people.tick(pair, number, "who=existing")
    people.say(pair, number, "/impact effect: better\n/impact nonsense: here")
    people.say(pair, number, people.ALL, by="outsider")
    people.say(pair, number, "/impact waive all until 2099-01-01 later", by="carl")
    people.describe(pair, number, f"{people.BODY}\n\n## Customer impact\n\nfeeling: relieved")
    github.hold_deliveries()
    people.click(pair, number, "effect=better", on=False)
    people.later(pair)
    people.click(pair, number, "effect=different")
    github.release([1, 0])
    people.settle(pair)
    github.delete_comment(people.only_comment(pair, number).id, "reviewer")
    people.settle(pair)
    github.push(number, [people.THEME, people.PRICE])
    people.settle(pair)
    check = github.check(number)
    assert check is not None
    github.rerun_check(check.id, "author")
    github.publicise()
    people.settle(pair)
    github.queue(number)
    people.settle(pair)
    github.merge(number, bypass=True)
    people.settle(pair)
    github.open_revert(number)
    github.add_repository()
    people.settle(pair)


def test_every_call_of_the_gateway_is_made_here_and_asks_github_something(
    recorded: Recorded,
) -> None:
    calls = {name for name, it in vars(GitHubGateway).items() if callable(it)}
    public = {name for name in calls if not name.startswith("_")}
    assert set(CALLS) | AS_A_USER == public
    assert [name for name, exchanges in recorded.by.items() if not exchanges] == []


def test_whatever_we_ask_keeps_to_githubs_own_description(recorded: Recorded) -> None:
    described = recorded.description
    wrong = {
        f"{described.operation(exchange)}: {mistake}"
        for exchange in recorded.exchanges
        for mistake in described.wrong_request(exchange)
    }
    assert wrong == set()


SPOILED: dict[str, Callable[[Exchange], Exchange]] = {
    "Operation patch not found": lambda e: replace(e, path="/app"),
    "is not valid under any": lambda e: with_body(e, conclusion=None),
    "is not one of": lambda e: with_body(e, conclusion="passed"),
    "is too long": lambda e: with_body(e, output={"title": "x", "summary": "x" * 65_536}),
    "unexpected": lambda e: with_body(e, titel="x"),
    "unknown parameter pge": lambda e: replace(e, query="pge=2"),
}


def with_body(exchange: Exchange, **changes: object) -> Exchange:
    """The same request with other fields; None leaves one out."""
    fields = {**json.loads(exchange.body), **changes}
    kept = {name: value for name, value in fields.items() if value is not None}
    return replace(exchange, body=json.dumps(kept).encode())


@pytest.mark.parametrize("told", SPOILED)
def test_what_does_not_keep_to_it_is_noticed(recorded: Recorded, told: str) -> None:
    (good,) = recorded.by["update_check"]
    assert recorded.description.wrong_request(good) == []
    assert told in " ".join(recorded.description.wrong_request(SPOILED[told](good)))


def test_the_stand_in_answers_nothing_that_github_would_not(recorded: Recorded) -> None:
    """It leaves out much that nobody reads; what it says has the right shape."""
    described = recorded.description
    wrong = {
        f"{described.operation(exchange)} {exchange.status}: {mistake}"
        for exchange in recorded.exchanges
        for mistake in described.wrong_answer(exchange)
    }
    assert wrong == set()


def test_every_request_says_who_asks_and_for_which_version_of_the_api(recorded: Recorded) -> None:
    for exchange in itertools.chain.from_iterable(recorded.by.values()):
        headers = exchange.headers
        assert headers["user-agent"] == "emptychair", exchange
        assert headers["x-github-api-version"] == "2022-11-28", exchange
        assert not exchange.body or headers["content-type"] == "application/json", exchange
