"""Each way to misbehave does what it says, and no more."""

from __future__ import annotations

import time

import pytest
import requests
from github import GithubException
from github.Repository import Repository

from bot.sandbox.faults import Faults, Kind
from bot.sandbox.github import StandIn
from tests.sandbox.conftest import Ear

COMMENTS = "POST /repos/*/issues/*/comments"


def said(github: StandIn, number: int) -> list[str]:
    return [comment.body for comment in github.bot_comments(number)]


@pytest.mark.parametrize(
    ("kind", "status", "effect"),
    [("502-before", 502, False), ("502-after", 502, True), ("limit-429", 429, False)],
)
def test_a_bad_answer_comes_once_before_or_after_the_effect(
    github: StandIn, repo: Repository, kind: Kind, status: int, effect: bool
) -> None:
    pull = repo.get_pull(github.open_pull_request(title="One"))
    github.faults.add(kind, on=COMMENTS, times=1)
    with pytest.raises(GithubException) as refused:
        pull.create_issue_comment("first")
    assert refused.value.status == status
    pull.create_issue_comment("second")
    assert said(github, pull.number) == (["first", "second"] if effect else ["second"])


def test_the_secondary_limit_says_when_to_come_back(github: StandIn, repo: Repository) -> None:
    pull = repo.get_pull(github.open_pull_request(title="One"))
    github.faults.add("limit-403", on=COMMENTS, seconds=7)
    with pytest.raises(GithubException) as refused:
        pull.create_issue_comment("first")
    assert refused.value.status == 403
    assert (refused.value.headers or {})["retry-after"] == "7"
    assert "secondary rate limit" in str(refused.value)


@pytest.mark.parametrize(("kind", "effect"), [("lost-answer", True), ("reset", False)])
def test_a_connection_can_break_after_or_before_the_effect(
    github: StandIn, repo: Repository, kind: Kind, effect: bool
) -> None:
    pull = repo.get_pull(github.open_pull_request(title="One"))
    github.faults.add(kind, on=COMMENTS, times=1)
    with pytest.raises(requests.ConnectionError):
        pull.create_issue_comment("first")
    assert said(github, pull.number) == (["first"] if effect else [])
    assert [call.status for call in github.calls if call.method == "POST"][-1] == 0
    pull.create_issue_comment("second")
    assert said(github, pull.number)[-1] == "second"


def test_latency_makes_calls_slow_but_right(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    github.faults.add("latency", seconds=0.15, on="GET *")
    began = time.monotonic()
    assert repo.get_pull(number).title == "One"
    assert time.monotonic() - began >= 0.15


def test_the_same_seed_gives_the_same_bad_day() -> None:
    def day(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("502-before", probability=0.3)
        return [bool(faults.strike("GET", "/user")) for _ in range(50)]

    assert day(1) == day(1) != day(2)
    assert 5 < sum(day(1)) < 25


def test_a_good_day_comes_back(github: StandIn, repo: Repository) -> None:
    github.faults.add("502-before")
    github.faults.clear()
    assert repo.get_pull(github.open_pull_request(title="One")).number == 1


def test_duplicates_carry_the_same_delivery_id(github: StandIn, ear: Ear) -> None:
    github.faults.duplicate_deliveries = 1.0
    github.open_pull_request(title="One")
    assert github.wait_idle(5)
    first, second = ear.heard
    assert first.guid == second.guid
    assert first.payload == second.payload


def test_deliveries_can_overtake_each_other(github: StandIn, ear: Ear) -> None:
    github.faults.reorder_deliveries = 1.0
    with github.state.lock:
        for number in range(4):
            github.open_pull_request(title=f"Change {number}")
    assert github.wait_idle(5)
    numbers = [heard.payload["number"] for heard in ear.heard]
    assert sorted(numbers) == [1, 2, 3, 4]
    assert numbers != [1, 2, 3, 4]


def test_calls_are_logged_and_counted_by_route(github: StandIn, repo: Repository) -> None:
    repo.get_pull(github.open_pull_request(title="One"))
    assert github.calls[-1] == ("GET", "/repos/acme/shop/pulls/1", 200)
    assert github.call_counts["GET", "/repos/{owner}/{repo}/pulls/{number}"] == 1
