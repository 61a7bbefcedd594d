"""What the sweeps ask GitHub, asked with the real client."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.facts import Actor, Repository
from bot.errors import Rejected
from bot.flows.pacer import Pacer
from bot.gateways import github_comments
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from tests.gateways.conftest import APP_ID


def test_attempts_come_newest_first_page_by_page(github: StandIn, gateway: GitHubGateway) -> None:
    github.faults.lose_deliveries = 1.0
    for n in range(230):
        github.open_pull_request(title=f"Change {n}")
    first, cursor = gateway.hook_deliveries()
    second, cursor = gateway.hook_deliveries(cursor)
    third, end = gateway.hook_deliveries(cursor)
    assert [len(first), len(second), len(third), end] == [100, 100, 30, ""]
    found = [*first, *second, *third]
    assert [a.guid for a in found] == [d.guid for d in reversed(github.deliveries)]
    assert {(a.event, a.status, a.arrived, a.again) for a in found} == {
        ("pull_request", 0, False, False)
    }
    assert found[0].at == github.deliveries[-1].delivered_at


def test_what_is_asked_for_again_is_sent_under_the_same_id(
    github: StandIn, gateway: GitHubGateway
) -> None:
    github.faults.lose_deliveries = 1.0
    github.open_pull_request(title="Lost")
    gateway.redeliver(github.deliveries[0].id)
    assert github.wait_idle(5)
    again, first = gateway.hook_deliveries()[0]
    assert (again.again, first.again) == (True, False)
    assert again.guid == first.guid
    assert again.id != first.id


def test_who_is_not_the_app_is_refused_and_so_is_an_unknown_delivery(
    github: StandIn, gateway: GitHubGateway
) -> None:
    stranger = GitHubGateway(app_auth(APP_ID, make_app_key().private), github.api_url, Pacer(False))
    with pytest.raises(Rejected) as error:
        stranger.hook_deliveries()
    assert error.value.status == 401
    with pytest.raises(Rejected) as error:
        gateway.redeliver(1)
    assert error.value.status == 404
    with pytest.raises(Rejected) as error:
        gateway.hook_deliveries("v1_1")
    assert error.value.status == 400


def test_comments_changed_since_come_with_the_oldest_change_first(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    times = [github.state.clock() + timedelta(seconds=n) for n in range(6)]
    number = github.open_pull_request(title="Theme")
    github.grant("writer", "write")
    ids = []
    for n in range(3):
        github.state.clock = lambda n=n: times[n]  # type: ignore[misc]
        ids.append(github.comment(number, f"Comment {n}", "writer"))
    github.state.clock = lambda: times[4]
    github.edit_comment(ids[0], "Changed", "writer")
    found, until = gateway.comments_since(shop, times[1], 3)
    assert until == times[4]
    assert [said.id for said in found] == [ids[1], ids[2], ids[0]]
    last = found[-1]
    assert (last.number, last.body, last.app) == (number, "Changed", None)
    assert last.by == Actor(github.state.user("writer").id, "writer")
    assert (last.created_at, last.updated_at) == (times[0], times[4])
    assert last == gateway.comment(shop, ids[0])


def test_only_so_many_pages_of_comments_are_asked_for(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = github.open_pull_request(title="Theme")
    since = github.state.clock()
    assert gateway.comments_since(shop, since, 2) == ([], None)
    for n in range(250):
        github.state.clock = lambda n=n: since + timedelta(seconds=n)  # type: ignore[misc]
        github.comment(number, f"Comment {n}", "reviewer")
    for pages, read in ((2, 200), (3, 250)):
        found, until = gateway.comments_since(shop, since, pages)
        assert (len(found), until) == (read, since + timedelta(seconds=read - 1))


def test_comments_on_issues_are_none_of_ours_and_were_read_all_the_same(
    github: StandIn, gateway: GitHubGateway, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = github.open_pull_request(title="The stand-in knows no issues: this is taken for one")
    other = re.compile(rf"/pull/(?!{issue}\b)(\d+)")
    monkeypatch.setattr(github_comments, "PULL_REQUEST", other)
    since = github.state.clock()
    github.comment(issue, "Me too", "reviewer")
    assert gateway.comments_since(shop, since, 1) == ([], github.state.clock())


def test_a_comment_that_is_gone_is_none(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    assert gateway.comment(shop, 1) is None
