"""Every question that we ask GitHub, asked with the real client; and how many calls each costs."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.facts import Actor, ChangedFile, PullRequest, Repository
from bot.errors import Rejected
from bot.flows.pacer import Pacer
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.ports import Button, CheckRun, Posted
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange

CHECK = CheckRun("Customer impact", "Two things are missing", "…", "action_required", "", "review")


def calls(github: StandIn) -> list[tuple[str, str]]:
    """What was asked, without the token."""
    return [
        (call.method, call.path.removeprefix("/repos/acme/shop"))
        for call in github.calls
        if "access_tokens" not in call.path
    ]


def opened(github: StandIn, count: int = 1, **changes: object) -> int:
    """Open pull requests; gives the number of the last."""
    for n in range(count):
        number = github.open_pull_request(title=f"Größer {n} 🛒", **changes)  # type: ignore[arg-type]
    return number


def test_a_pull_request_as_it_is_now(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(
        github, body="Because.", author="alice", branch="bigger", labels=["pricing"], draft=True
    )
    found = gateway.pull_request(shop, number)
    stands = github.pull_request(number)
    assert found == PullRequest(
        repository=shop,
        number=number,
        title="Größer 0 🛒",
        body="Because.",
        author=Actor(stands.author.id, "alice"),
        head_sha=stands.head_sha,
        base_ref="main",
        branch="bigger",
        labels=("pricing",),
        draft=True,
        open=True,
        merged=False,
        updated_at=found.updated_at,
        url=github.pull_url(number),
    )
    assert found.updated_at.tzinfo is UTC
    assert abs((datetime.now(UTC) - found.updated_at).total_seconds()) < 60
    assert calls(github) == [("GET", f"/pulls/{number}")]


def test_a_merged_one_from_a_deleted_fork_by_a_bot(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github, author="renovate[bot]", author_type="Bot", from_fork=True)
    github.delete_fork(number)
    github.merge(number, bypass=True)
    found = gateway.pull_request(shop, number)
    assert (found.open, found.merged, found.body) == (False, True, "")
    assert found.author.is_bot


def test_a_pull_request_that_is_not_there_is_gone(gateway: GitHubGateway, shop: Repository) -> None:
    with pytest.raises(Rejected) as caught:
        gateway.pull_request(shop, 404)
    assert caught.value.status == 404


def test_files_come_with_their_patches_renames_and_binaries(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(
        github,
        files=[
            FileChange("größer.css", 2, 1, "@@ -1 +1 @@\n-a\n+b", "renamed", "klein.css"),
            FileChange("logo.png"),
        ],
    )
    found, complete = gateway.files(shop, number)
    assert complete
    assert found == (
        ChangedFile("größer.css", 2, 1, "@@ -1 +1 @@\n-a\n+b", "klein.css"),
        ChangedFile("logo.png", 0, 0, None, None),
    )
    assert calls(github) == [("GET", f"/pulls/{number}/files")]


@pytest.mark.parametrize(("count", "pages"), [(100, 1), (101, 2), (250, 3)])
def test_many_files_come_page_by_page(
    github: StandIn, gateway: GitHubGateway, shop: Repository, count: int, pages: int
) -> None:
    number = opened(github, files=[FileChange(f"{n}.py", 1) for n in range(count)])
    found, complete = gateway.files(shop, number)
    assert ([file.path for file in found], complete) == ([f"{n}.py" for n in range(count)], True)
    assert len(calls(github)) == pages


def test_more_files_than_github_shows_are_not_all(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github, files=[FileChange(f"{n}.py") for n in range(3001)])
    found, complete = gateway.files(shop, number)
    assert (len(found), complete) == (3000, False)


def test_open_pull_requests_come_oldest_first_in_one_call(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    last = opened(github, 3)
    github.close(last - 1)
    found = gateway.open_pull_requests(shop)
    assert [pull.number for pull in found] == [last - 2, last]
    assert found[1] == gateway.pull_request(shop, last)
    assert calls(github)[0] == ("GET", "/pulls")
    assert len(calls(github)) == 2


def test_the_repository_with_its_default_branch_and_head(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    found = gateway.repository(shop.installation, "acme/shop")
    assert (found.id, found.full_name, found.default_branch) == (shop.id, "acme/shop", "main")
    assert gateway.default_head(found) == github.state.branches["main"]
    assert gateway.default_head(replace(found, default_branch="none such")) is None
    assert calls(github)[:2] == [("GET", ""), ("GET", "/branches/main")]


def test_a_comment_is_posted_found_by_its_marker_and_edited_with_one_call_each(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    for n in range(3):
        github.comment(number, f"words {n}", "alice")
    posted = gateway.create_comment(shop, number, "<!-- marker --> größer 🛒")
    github.comment(number, "a quote: <!-- marker -->", "alice")
    text, state = "<!-- marker --> größer 🛒", github.state
    assert posted == Posted(posted.id, state.bot.id, True, state.app_id, text, posted.at)
    found = gateway.find_comments(shop, number, "<!-- marker -->")
    assert [(c.id == posted.id, c.by_bot) for c in found] == [(True, True), (False, False)]
    assert gateway.find_comments(shop, number, "nowhere") == []
    gateway.edit_comment(shop, number, posted.id, "another text")
    assert github.bot_comments(number)[0].body == "another text"
    assert calls(github) == [
        ("POST", f"/issues/{number}/comments"),
        ("GET", f"/issues/{number}/comments"),
        ("GET", f"/issues/{number}/comments"),
        ("PATCH", f"/issues/comments/{posted.id}"),
    ]


def test_editing_a_comment_that_was_deleted_is_rejected_as_gone(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    posted = gateway.create_comment(shop, number, "text")
    github.delete_comment(posted.id, "reviewer")
    with pytest.raises(Rejected) as caught:
        gateway.edit_comment(shop, number, posted.id, "again")
    assert caught.value.status == 404


def test_comments_beyond_the_first_page_are_found(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    for n in range(101):
        github.comment(number, f"words {n}", "alice")
    last = gateway.create_comment(shop, number, "marker")
    assert [c.id for c in gateway.find_comments(shop, number, "marker")] == [last.id]


def test_a_check_is_put_found_and_updated_with_one_call_each(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    sha = github.pull_request(opened(github)).head_sha
    button = Button("Recheck", "Look again", "recheck")
    first = gateway.create_check(shop, sha, replace(CHECK, buttons=(button,)))
    stands = github.state.check(first)
    assert (stands.name, stands.conclusion) == ("Customer impact", "action_required")
    assert stands.external_id == "review"
    assert stands.actions == [
        {"label": "Recheck", "description": "Look again", "identifier": "recheck"}
    ]
    assert gateway.find_check(shop, sha, CHECK) == first
    assert gateway.find_check(shop, sha, replace(CHECK, external_id="another")) is None
    assert gateway.find_check(shop, sha, replace(CHECK, name="another")) is None
    done = replace(CHECK, conclusion="success", title="Done", details_url="https://example.org/1")
    gateway.update_check(shop, first, done)
    stands = github.state.check(first)
    assert (stands.conclusion, stands.details_url) == ("success", "https://example.org/1")
    assert calls(github) == [
        ("POST", "/check-runs"),
        *[("GET", f"/commits/{sha}/check-runs")] * 3,
        ("PATCH", f"/check-runs/{first}"),
    ]


def test_of_two_checks_of_ours_the_newest_is_found(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    sha = github.pull_request(opened(github)).head_sha
    gateway.create_check(shop, sha, CHECK)
    second = gateway.create_check(shop, sha, CHECK)
    assert gateway.find_check(shop, sha, CHECK) == second


def test_a_check_on_a_commit_that_is_not_there_is_rejected(
    gateway: GitHubGateway, shop: Repository
) -> None:
    with pytest.raises(Rejected) as caught:
        gateway.create_check(shop, "f" * 40, CHECK)
    assert caught.value.status == 422


def test_calls_follow_each_other_without_a_pause(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    number = opened(github)
    began = time.monotonic()
    for n in range(5):
        gateway.create_comment(shop, number, f"text {n}")
        gateway.pull_request(shop, number)
    assert time.monotonic() - began < 0.9  # PyGithub would sleep for 1 s between two writes


def test_who_we_are_and_what_we_may(github: StandIn, gateway: GitHubGateway) -> None:
    ours = gateway.identity()
    assert ours.slug == "empty-chair"
    assert ours.permissions["checks"] == "write"


def test_a_key_that_is_not_the_apps_is_refused_and_not_tried_again(github: StandIn) -> None:
    stranger = GitHubGateway(
        app_auth(github.state.app_id, make_app_key().private), github.api_url, Pacer(False)
    )
    with pytest.raises(Rejected) as caught:
        stranger.identity()
    assert caught.value.status == 401
