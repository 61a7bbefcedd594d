"""What we ask GitHub about people and about what they wrote, with the real client."""

from __future__ import annotations

import zlib

import pytest

from bot.core.facts import Actor, Repository
from bot.errors import Rejected, Transient
from bot.gateways import github_history
from bot.gateways.github import GitHubGateway
from bot.gateways.remembered import Remembered
from bot.sandbox.github import StandIn
from tests.gateways.test_github import calls, opened


def who(login: str) -> Actor:
    """Somebody as the stand-in knows them."""
    return Actor(1_000_000 + zlib.crc32(login.encode()), login)


def test_a_permission_is_told_and_asked_for_once(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    for login, role in (("ada", "maintain"), ("bob", "triage"), ("eve", "none")):
        github.grant(login, role)
    for _ in range(2):
        found = [gateway.permission(shop, who(name)) for name in ("ada", "bob", "eve", "nobody")]
        assert found == ["write", "read", "none", "none"]
    asked = [path for _, path in calls(github)]
    assert asked == [
        f"/collaborators/{name}/permission" for name in ("ada", "bob", "eve", "nobody", "nobody")
    ]


def test_one_404_takes_nobodys_rights_away(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.grant("ada", "write")
    github.team("research", "ada")
    github.faults.add("404-before", on="GET /repos/*/permission", times=1)
    assert gateway.permission(shop, who("ada")) == "write"
    github.faults.add("404-before", on="GET /orgs/*", times=1)
    assert gateway.in_team(shop, "acme/research", who("ada"))


def test_who_is_in_a_team_is_asked_for_once_and_a_team_that_nobody_made_is_empty(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.team("research", "ada")
    for _ in range(2):
        assert gateway.in_team(shop, "acme/research", who("ada"))
        assert not gateway.in_team(shop, "acme/research", who("bob"))
        assert not gateway.in_team(shop, "acme/no-such", who("ada"))
    assert len(calls(github)) == 5, "a 404 is believed the second time"


def test_an_error_about_somebodys_rights_is_no_answer_and_is_not_remembered(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.grant("ada", "write")
    github.faults.add("502-before", on="GET /repos/*/permission", times=1)
    with pytest.raises(Transient):
        gateway.permission(shop, who("ada"))
    assert gateway.permission(shop, who("ada")) == "write"


def test_somebody_else_who_took_over_a_login_may_do_nothing(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.grant("ada", "admin")
    assert gateway.permission(shop, Actor(99, "ada")) == "none"


def test_a_comment_that_is_gone_has_no_history() -> None:
    assert github_history.versions(None) == ()


def test_a_reaction_costs_one_call_and_stays_one(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    comment = github.comment(number, "/impact help", "alice")
    for _ in range(2):
        gateway.react(shop, number, comment, "eyes")
    assert github.reactions(comment) == ["eyes"]
    assert calls(github) == [("POST", f"/issues/comments/{comment}/reactions")] * 2


def test_a_reaction_to_a_comment_that_is_gone_is_refused(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    comment = github.comment(number, "gone soon", "alice")
    github.delete_comment(comment, "alice")
    with pytest.raises(Rejected) as caught:
        gateway.react(shop, number, comment, "eyes")
    assert caught.value.status == 404


def test_what_a_comment_said_over_time_and_who_wrote_it_so(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    posted = gateway.create_comment(shop, number, "first")
    github.edit_comment(posted.id, "second 🛒", "reviewer")
    found = gateway.history(shop, posted.id, "")
    assert [version.text for version in found] == ["first", "second 🛒"]
    assert [version.by for version in found] == [
        Actor(github.state.bot.id, "empty-chair[bot]", is_bot=True),
        Actor(github.state.user("reviewer").id, "reviewer"),
    ]
    assert all(version.at.tzinfo for version in found)


def test_a_comment_whose_name_is_known_is_asked_for_by_one_call(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    comment = github.comment(opened(github), "never edited", "alice")
    node = gateway._clients._client(shop.installation).requester.requestJsonAndCheck(
        "GET", f"/repos/acme/shop/issues/comments/{comment}"
    )[1]["node_id"]
    before = len(calls(github))
    assert gateway.history(shop, comment, node) == ()
    assert calls(github)[before:] == [("POST", "/graphql")]


def test_what_a_description_said_over_time(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github, body="Because.", author="alice")
    github.edit_pull_request(number, body="Because of that.", by="reviewer")
    found = gateway.description_history(shop, number)
    assert [(v.by.login if v.by else None, v.text) for v in found] == [
        ("alice", "Because."),
        ("reviewer", "Because of that."),
    ]


def test_a_history_that_github_does_not_tell_is_refused_and_one_that_fails_is_worth_another_try(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    with pytest.raises(Rejected):
        gateway.history(shop, 99, "IC_none-such")
    with pytest.raises(Rejected):
        gateway.description_history(shop, 99)
    github.faults.add("502-before", on="POST /graphql", times=1)
    with pytest.raises(Transient):
        gateway.description_history(shop, opened(github))


def test_what_is_remembered_is_asked_again_when_its_time_is_up_or_there_is_too_much() -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("")
        return "write"

    for seconds, times in ((60.0, 1), (0.0, 2)):
        asked.clear()
        known: Remembered[str] = Remembered(seconds)
        assert [known.get("ada", ask), known.get("ada", ask)] == ["write", "write"]
        assert len(asked) == times
