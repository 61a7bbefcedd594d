"""The required check holds the merge button and the merge queue."""

from __future__ import annotations

from github.Repository import Repository

from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange
from tests.sandbox.conftest import Ear

NAME = "Customer impact"


def report(repo: Repository, sha: str, conclusion: str, title: str = "3 of 5 answered") -> None:
    repo.create_check_run(NAME, sha, conclusion=conclusion, output={"title": title, "summary": "s"})


def test_nothing_merges_before_the_check_passes(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    sha = github.pull_request(number).head_sha
    assert "nobody has reported it yet" in github.merge(number).message
    report(repo, sha, "action_required")
    refused = github.merge(number)
    assert not refused.merged
    assert refused.message == f"The required check “{NAME}” has not passed: 3 of 5 answered."
    report(repo, sha, "success", "Complete")
    assert github.merge(number).merged


def test_neutral_and_skipped_pass_and_failure_does_not(github: StandIn, repo: Repository) -> None:
    for conclusion, merged in (("neutral", True), ("skipped", True), ("failure", False)):
        number = github.open_pull_request(title=conclusion)
        report(repo, github.pull_request(number).head_sha, conclusion)
        assert github.merge(number).merged is merged


def test_a_push_asks_for_the_check_again(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    report(repo, github.pull_request(number).head_sha, "success")
    github.push(number, [FileChange("a.py", 1, 0)])
    assert "nobody has reported it yet" in github.merge(number).message


def test_a_merge_is_told_with_the_one_who_merged(
    github: StandIn, repo: Repository, ear: Ear
) -> None:
    number = github.open_pull_request(title="One")
    report(repo, github.pull_request(number).head_sha, "success")
    github.merge(number, by="reviewer")
    assert github.wait_idle(5)
    pull = ear.last("pull_request.closed")["pull_request"]
    assert (pull["merged"], pull["merged_by"]["login"]) == (True, "reviewer")
    assert pull["merge_commit_sha"] == repo.get_branch("main").commit.sha


def test_only_writers_merge_and_only_what_is_ready(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One", draft=True)
    report(repo, github.pull_request(number).head_sha, "success")
    assert "still a draft" in github.merge(number).message
    github.set_draft(number, False)
    assert "write access" in github.merge(number, by="outsider").message


def test_an_admin_may_go_round_the_check_and_nobody_else(github: StandIn) -> None:
    number = github.open_pull_request(title="One", author="alice")
    assert not github.merge(number, by="alice", bypass=True).merged
    assert github.merge(number, by="reviewer", bypass=True).merged


def test_the_queue_merges_when_the_check_passes_there(
    github: StandIn, repo: Repository, ear: Ear
) -> None:
    number = github.open_pull_request(title="One")
    sha = github.queue(number)
    report(repo, sha, "success")
    assert github.pull_request(number).merged
    assert github.wait_idle(5)
    assert ear.last("merge_group.destroyed")["reason"] == "merged"


def test_the_queue_drops_what_does_not_pass(github: StandIn, repo: Repository, ear: Ear) -> None:
    number = github.open_pull_request(title="One")
    report(repo, github.queue(number), "failure")
    assert github.pull_request(number).state == "open"
    assert github.wait_idle(5)
    assert ear.last("merge_group.destroyed")["reason"] == "invalidated"
    assert github.queue(number)


def test_a_status_of_that_name_holds_and_lets_through_like_the_check(
    github: StandIn, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    commit = repo.get_commit(github.pull_request(number).head_sha)
    commit.create_status("pending", description="3 of 5 answered", context=NAME)
    refused = github.merge(number)
    assert (refused.merged, "pending: 3 of 5 answered" in refused.message) == (False, True)
    commit.create_status("success", context="Another")
    assert not github.merge(number).merged
    commit.create_status("success", context=NAME)
    assert github.merge(number).merged


def test_a_check_and_a_status_of_one_name_are_both_required(
    github: StandIn, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    commit = repo.get_commit(github.pull_request(number).head_sha)
    commit.create_status("pending", context=NAME)
    report(repo, commit.sha, "success")
    assert not github.merge(number).merged
    commit.create_status("success", context=NAME)
    report(repo, commit.sha, "action_required")
    assert not github.merge(number).merged
    report(repo, commit.sha, "success")
    assert github.merge(number).merged


def test_a_queue_waits_while_a_status_is_pending(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    commit = repo.get_commit(github.queue(number))
    commit.create_status("pending", context=NAME)
    assert github.pull_request(number).state == "open"
    commit.create_status("success", context=NAME)
    assert github.pull_request(number).merged
