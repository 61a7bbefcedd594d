"""Scripts that act as a person, and webhooks of a repository instead of those of the App."""

from __future__ import annotations

import pytest
import requests
from github import Auth, Github, GithubException

from bot.sandbox.github import StandIn
from tests.sandbox.conftest import Ear


def get(github: StandIn, path: str, token: str) -> requests.Response:
    headers = {"Authorization": f"token {token}"}
    return requests.get(f"{github.api_url}{path}", headers=headers, timeout=5)


def test_a_personal_token_acts_as_its_owner(github: StandIn) -> None:
    token = github.personal_token("machine", scopes="repo, read:org")
    answer = get(github, "/user", token)
    assert (answer.json()["login"], answer.json()["type"]) == ("machine", "User")
    assert answer.headers["X-OAuth-Scopes"] == "repo, read:org"
    assert get(github, "/installation/repositories", token).status_code == 403
    repo = Github(auth=Auth.Token(token), base_url=github.api_url).get_repo(github.full_name)
    number = github.open_pull_request(title="One")
    repo.get_issue(number).create_comment("Hello")
    (comment,) = github.bot_comments(number)
    assert (comment.user.login, comment.by_app) == ("machine", False)


def test_who_may_not_write_sets_no_status_and_edits_no_comment(github: StandIn) -> None:
    token = github.personal_token("machine", role="read")
    repo = Github(auth=Auth.Token(token), base_url=github.api_url).get_repo(github.full_name)
    number = github.open_pull_request(title="One")
    with pytest.raises(GithubException) as caught:
        repo.get_commit(github.pull_request(number).head_sha).create_status("success")
    assert caught.value.status == 404
    comment = github.comment(number, "Mine", "alice")
    with pytest.raises(GithubException) as caught:
        repo.get_issue(number).get_comment(comment).edit("Yours")
    assert caught.value.status == 403


def test_the_newest_status_of_a_context_counts_and_a_thousand_are_enough(github: StandIn) -> None:
    token = github.personal_token("machine")
    repo = Github(auth=Auth.Token(token), base_url=github.api_url).get_repo(github.full_name)
    commit = repo.get_commit(github.state.branches["main"])
    commit.create_status("pending", context="one")
    assert commit.get_combined_status().state == "pending"
    commit.create_status("success", context="one")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("success", 1)
    github.state.statuses *= 500
    with pytest.raises(GithubException) as caught:
        commit.create_status("success", context="one")
    assert caught.value.status == 422


def test_the_webhook_of_a_repository_says_ping_and_names_no_installation(
    github: StandIn, ear: Ear
) -> None:
    github.hook()
    github.open_pull_request(title="One")
    assert github.wait_idle(5)
    ping, opened = ear.heard[-2:]
    assert (ping.event, opened.event) == ("ping", "pull_request")
    assert ping.payload["repository"]["full_name"] == github.full_name
    assert "installation" not in opened.payload
    assert opened.headers["x-github-hook-installation-target-type"] == "repository"
