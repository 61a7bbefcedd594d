"""What a branch requires, asked with the real client."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.facts import Repository, RequiredCheck
from bot.errors import Rejected, Transient
from bot.gateways.github import GitHubGateway
from bot.sandbox.github import StandIn
from tests.gateways.test_github import calls

NAME = "Customer impact"


@pytest.mark.parametrize("app", [4711, 15368, None])
def test_rulesets_name_the_app_that_a_check_has_to_come_from_or_none(
    github: StandIn, gateway: GitHubGateway, shop: Repository, app: int | None
) -> None:
    github.require(NAME, app=app)
    assert gateway.checks_of_rules(shop) == (RequiredCheck(NAME, app),)
    assert gateway.checks_of_protection(shop) == ()
    assert calls(github) == [("GET", "/rules/branches/main"), ("GET", "/branches/main")]


@pytest.mark.parametrize(("app", "found"), [(4711, 4711), (None, None), (-1, None)])
def test_classic_protection_shows_in_the_branch_itself(
    github: StandIn,
    gateway: GitHubGateway,
    shop: Repository,
    app: int | None,
    found: int | None,
) -> None:
    github.require(NAME, app=app, classic=True)
    assert gateway.checks_of_rules(shop) == ()
    assert gateway.checks_of_protection(shop) == (RequiredCheck(NAME, found),)


def test_where_nothing_is_required_there_is_nothing(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.require()
    assert gateway.checks_of_rules(shop) == gateway.checks_of_protection(shop) == ()


def test_more_rules_than_a_page_holds_are_read_to_their_end(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.state.rulesets = {f"check {n}": None for n in range(200)} | {NAME: 4711}
    found = gateway.checks_of_rules(shop)
    assert (len(found), found[-1]) == (201, RequiredCheck(NAME, 4711))
    assert calls(github) == [("GET", "/rules/branches/main")] * 3


def test_a_branch_with_a_slash_is_asked_for_by_its_whole_name_and_a_missing_one_requires_nothing(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    github.state.default_branch = "release/2026 & on"
    github.state.branches["release/2026 & on"] = github.state.branches["main"]
    github.require(NAME, app=4711)
    there = replace(shop, default_branch="release/2026 & on")
    assert gateway.checks_of_rules(there) == (RequiredCheck(NAME, 4711),)
    github.require(NAME, app=4711, classic=True)
    assert gateway.checks_of_protection(there) == (RequiredCheck(NAME, 4711),)
    assert gateway.checks_of_protection(replace(shop, default_branch="gone")) == ()


def test_what_github_does_not_show_is_refused_and_trouble_is_tried_again(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    with pytest.raises(Rejected) as caught:
        gateway.checks_of_rules(replace(shop, full_name="acme/gone"))
    assert caught.value.status == 404
    github.faults.add("502-before", on="GET /repos/*/rules/*", times=1)
    with pytest.raises(Transient):
        gateway.checks_of_rules(shop)
