"""What people do arrives at the bot as GitHub would tell it, signed and in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from github.Repository import Repository

from bot.sandbox.app_key import AppKey
from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange, Refused
from tests.sandbox.conftest import APP_ID, SECRET, Ear

LINE = FileChange("pricing/plans.yaml", 1, 0, "@@ -0,0 +1 @@\n+price: 15")
SHA = re.compile(r"[0-9a-f]{40}")


def payload(github: StandIn, ear: Ear, name: str) -> dict[str, Any]:
    assert github.wait_idle(5)
    return ear.last(name)


def person(shape: dict[str, Any]) -> tuple[str, int, str]:
    return shape["login"], shape["id"], shape["type"]


def times_in(value: Any, key: str = "") -> Iterator[str]:
    """Everything in a payload that is a time, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from times_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from times_in(inner, key)
    elif value is not None and (key.endswith("_at") or key in ("date", "timestamp")):
        yield value


def test_an_opened_pull_request_tells_all_the_bot_reads(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(
        title="Raise the price", author="alice", branch="price", files=[LINE], labels=["pricing"]
    )
    told = payload(github, ear, "pull_request.opened")
    pull = told["pull_request"]
    assert (told["number"], pull["number"], pull["state"]) == (number, number, "open")
    assert (pull["title"], pull["body"], pull["draft"]) == ("Raise the price", None, False)
    assert (pull["head"]["ref"], pull["base"]["ref"]) == ("price", "main")
    assert SHA.fullmatch(pull["head"]["sha"])
    assert pull["head"]["repo"]["full_name"] == pull["base"]["repo"]["full_name"] == "acme/shop"
    assert [label["name"] for label in pull["labels"]] == ["pricing"]
    assert (pull["additions"], pull["deletions"], pull["changed_files"]) == (1, 0, 1)
    assert (pull["user"]["login"], pull["user"]["type"]) == ("alice", "User")
    assert (pull["merged"], pull["merged_by"]) == (False, None)
    assert pull["author_association"] == "MEMBER"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", pull["updated_at"])


def test_every_event_says_who_where_and_for_which_installation(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One")
    github.comment(number, "Hello", "outsider")
    told = payload(github, ear, "issue_comment.created")
    assert told["sender"]["login"] == "outsider"
    assert told["repository"]["owner"]["login"] == "acme"
    assert (told["repository"]["private"], told["repository"]["default_branch"]) == (True, "main")
    assert told["installation"]["id"] == github.installation_id


def test_headers_are_those_of_github(github: StandIn, ear: Ear) -> None:
    github.open_pull_request(title="Ünïcode 🪑")
    payload(github, ear, "pull_request.opened")
    headers = ear.heard[0].headers
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", ear.heard[0].guid)
    assert headers["x-github-hook-id"].isdigit()
    assert headers["content-type"] == "application/json"
    body = github.deliveries[0].body
    assert "Ünïcode 🪑".encode() in body
    assert b'": ' not in body


def test_an_edit_tells_what_was_there_before(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One", body="Old")
    github.edit_pull_request(number, title="Two", body="", base="release")
    told = payload(github, ear, "pull_request.edited")
    assert told["changes"]["title"]["from"] == "One"
    assert told["changes"]["body"]["from"] == "Old"
    assert told["changes"]["base"]["ref"]["from"] == "main"
    assert SHA.fullmatch(told["changes"]["base"]["sha"]["from"])
    assert (told["pull_request"]["body"], told["pull_request"]["base"]["ref"]) == (None, "release")


def test_an_edit_that_changes_nothing_is_not_told(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One", body="Old")
    comment = github.comment(number, "Hello", "alice")
    github.edit_pull_request(number, title="One", body="Old", base="main")
    github.edit_comment(comment, "Hello", "alice")
    assert github.wait_idle(5)
    assert ear.names() == ["pull_request.opened", "issue_comment.created"]


def test_a_push_moves_the_head(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One", files=[LINE])
    before = github.pull_request(number).head_sha
    after = github.push(number, [LINE, FileChange("new.py", 2, 0)])
    told = payload(github, ear, "pull_request.synchronize")
    assert (told["before"], told["after"]) == (before, after)
    assert told["pull_request"]["head"]["sha"] == after
    assert (told["pull_request"]["additions"], told["pull_request"]["changed_files"]) == (4, 2)


def test_the_life_of_a_pull_request_is_told_in_order(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One", draft=True)
    github.set_draft(number, False)
    github.set_draft(number, True)
    github.label(number, "pricing")
    github.unlabel(number, "pricing")
    github.close(number)
    github.reopen(number)
    assert github.wait_idle(5)
    actions = "opened ready_for_review converted_to_draft labeled unlabeled closed reopened"
    assert ear.names() == [f"pull_request.{action}" for action in actions.split()]
    assert ear.last("pull_request.labeled")["label"]["name"] == "pricing"


def test_comments_say_that_they_are_on_a_pull_request(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One")
    comment = github.comment(number, "Before", "alice")
    github.edit_comment(comment, "After", "reviewer")
    told = payload(github, ear, "issue_comment.edited")
    assert told["issue"]["pull_request"]["url"].endswith(f"/pulls/{number}")
    assert told["changes"] == {"body": {"from": "Before"}}
    assert told["comment"]["body"] == "After"
    assert (told["comment"]["user"]["login"], told["sender"]["login"]) == ("alice", "reviewer")
    github.delete_comment(comment, "alice")
    assert payload(github, ear, "issue_comment.deleted")["comment"]["id"] == comment


@pytest.mark.parametrize("act", ["edited", "deleted"])
@pytest.mark.parametrize(
    ("whose", "who", "association"),
    [
        ("alice", "reviewer", "MEMBER"),
        ("outsider", "reviewer", "COLLABORATOR"),
        ("outsider", "outsider", "COLLABORATOR"),
    ],
)
def test_who_did_it_is_not_whose_comment_it_is(
    github: StandIn, ear: Ear, act: str, whose: str, who: str, association: str
) -> None:
    comment = github.comment(github.open_pull_request(title="One", author="alice"), "Mine", whose)
    if act == "edited":
        github.edit_comment(comment, "Theirs", who)
    else:
        github.delete_comment(comment, who)
    told = payload(github, ear, f"issue_comment.{act}")
    assert person(told["sender"]) == (who, github.state.user(who).id, "User")
    assert person(told["comment"]["user"]) == (whose, github.state.user(whose).id, "User")
    assert told["comment"]["author_association"] == association
    assert told["comment"]["body"] == ("Theirs" if act == "edited" else "Mine")
    assert told["issue"]["user"]["login"] == "alice"


@pytest.mark.parametrize("who", ["alice", "reviewer"])
def test_the_association_in_a_pull_request_is_its_authors(
    github: StandIn, ear: Ear, who: str
) -> None:
    number = github.open_pull_request(title="One", author="zoe", from_fork=True)
    github.grant("alice", "write")
    github.edit_pull_request(number, title="Two", by=who)
    told = payload(github, ear, "pull_request.edited")
    assert told["sender"]["login"] == who
    assert told["pull_request"]["author_association"] == "COLLABORATOR"
    assert "author_association" not in told


def test_what_an_app_says_comes_from_nobody(github: StandIn, ear: Ear, repo: Repository) -> None:
    repo.get_pull(github.open_pull_request(title="One")).create_issue_comment("- [ ] one")
    told = payload(github, ear, "issue_comment.created")
    assert told["comment"]["author_association"] == "NONE"


def test_times_have_whole_seconds_in_every_event(ear: Ear, app_key: AppKey) -> None:
    half = datetime(2026, 1, 2, 3, 4, 5, 500_000, UTC)
    with StandIn(
        webhook_url=ear.url,
        webhook_secret=SECRET,
        app_id=APP_ID,
        app_public_key=app_key.public,
        clock=lambda: half,
    ) as github:
        number = github.open_pull_request(title="One")
        github.edit_comment(github.comment(number, "Hello", "alice"), "Bye", "alice")
        github.queue(number)
        github.merge(number, bypass=True)
        github.install()
        assert github.wait_idle(5)
    times = [time for heard in ear.heard for time in times_in(heard.payload)]
    assert set(times) == {"2026-01-02T03:04:05Z"}
    assert len(times) > 50


def test_what_the_bot_does_itself_is_told_too(github: StandIn, ear: Ear, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    repo.get_pull(number).create_issue_comment("- [ ] one")
    told = payload(github, ear, "issue_comment.created")
    assert told["sender"] == told["comment"]["user"]
    assert (told["sender"]["login"], told["sender"]["type"]) == ("empty-chair[bot]", "Bot")
    assert told["comment"]["performed_via_github_app"]["slug"] == "empty-chair"


def test_buttons_and_reruns_of_a_check_are_told(
    github: StandIn, ear: Ear, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    sha = github.pull_request(number).head_sha
    action = {"label": "Recheck", "identifier": "recheck", "description": "Look again"}
    run = repo.create_check_run("Customer impact", sha, conclusion="failure", actions=[action])
    github.press(run.id, "recheck", "alice")
    github.rerun_check(run.id, "alice")
    github.rerun_all_checks(number, "alice")
    told = payload(github, ear, "check_run.requested_action")
    assert told["requested_action"] == {"identifier": "recheck"}
    assert (told["check_run"]["id"], told["check_run"]["app"]["id"]) == (run.id, 4711)
    assert told["check_run"]["pull_requests"][0]["number"] == number
    assert ear.last("check_run.rerequested")["sender"]["login"] == "alice"
    assert ear.last("check_suite.rerequested")["check_suite"]["head_sha"] == sha
    assert {"check_run.created", "check_run.completed"} <= set(ear.names())


def test_a_check_on_a_fork_names_only_its_commit(
    github: StandIn, ear: Ear, repo: Repository
) -> None:
    number = github.open_pull_request(title="One", author="zoe", from_fork=True)
    sha = github.pull_request(number).head_sha
    run = repo.create_check_run("Customer impact", sha, conclusion="success")
    github.rerun_check(run.id, "reviewer")
    told = payload(github, ear, "check_run.rerequested")["check_run"]
    assert (told["pull_requests"], told["check_suite"]["head_branch"]) == ([], None)


def test_a_deleted_fork_leaves_no_repository(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One", author="zoe", from_fork=True)
    told = payload(github, ear, "pull_request.opened")
    assert told["pull_request"]["head"]["repo"]["full_name"] == "zoe/shop"
    github.delete_fork(number)
    github.close(number)
    assert payload(github, ear, "pull_request.closed")["pull_request"]["head"]["repo"] is None


def test_the_merge_queue_asks_for_a_check(github: StandIn, ear: Ear) -> None:
    number = github.open_pull_request(title="One")
    sha = github.queue(number)
    group = payload(github, ear, "merge_group.checks_requested")["merge_group"]
    base = group["base_sha"]
    assert group["head_sha"] == sha
    assert group["head_ref"] == f"refs/heads/gh-readonly-queue/main/pr-{number}-{base}"
    assert group["base_ref"] == "refs/heads/main"


def test_an_installation_lists_its_repositories(github: StandIn, ear: Ear) -> None:
    github.install()
    github.add_repository()
    told = payload(github, ear, "installation.created")
    assert told["repositories"][0]["full_name"] == "acme/shop"
    assert told["installation"]["app_slug"] == "empty-chair"
    added = payload(github, ear, "installation_repositories.added")
    assert added["repositories_added"][0]["full_name"] == "acme/shop"


def test_a_failed_delivery_is_kept_and_can_be_sent_again(github: StandIn, ear: Ear) -> None:
    ear.status = 503
    github.open_pull_request(title="One")
    assert github.wait_idle(5)
    failed = github.deliveries[0]
    assert failed.status == 503
    ear.status = 202
    github.redeliver(failed.guid)
    assert github.wait_idle(5)
    assert [delivery.status for delivery in github.deliveries] == [503, 202]
    assert {heard.guid for heard in ear.heard} == {failed.guid}


def test_only_people_with_write_access_edit_what_others_said(github: StandIn) -> None:
    number = github.open_pull_request(title="One", author="alice")
    comment = github.comment(number, "- [ ] one", "alice")
    for act in (
        lambda: github.edit_comment(comment, "x", "outsider"),
        lambda: github.tick(comment, 0, "outsider"),
        lambda: github.delete_comment(comment, "outsider"),
        lambda: github.push(number, [LINE], by="outsider"),
    ):
        with pytest.raises(Refused):
            act()
    assert github.tick(comment, "one", "reviewer") is True
