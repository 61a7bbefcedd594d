"""GraphQL tells what a comment or a description said over time, and a stale read what it said."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from github import Github, GithubException, UnknownObjectException
from github.Repository import Repository

from bot.sandbox.app_key import AppKey
from bot.sandbox.github import StandIn
from tests.sandbox.conftest import APP_ID, SECRET, Ear, client_of

Json = dict[str, Any]
NODES = "nodes { editedAt diff editor { login __typename ... on User { databaseId } } }"
OF_COMMENT = f"""query($id: ID!) {{ node(id: $id) {{
  id ... on IssueComment {{ body userContentEdits(first: 50) {{ {NODES} }} }} }} }}"""
OF_PULL = f"""query($owner: String!, $name: String!, $number: Int!, $count: Int) {{
  repository(owner: $owner, name: $name) {{ pullRequest(number: $number) {{
    id body userContentEdits(first: $count) {{ {NODES} }} }} }} }}"""
SHOP = {"owner": "acme", "name": "shop"}


def ticking() -> Callable[[], datetime]:
    """A clock that is a second on whenever somebody looks."""
    seconds, start = itertools.count(), datetime.now(UTC).replace(microsecond=0)
    return lambda: start + timedelta(seconds=next(seconds))


@pytest.fixture
def github(ear: Ear, app_key: AppKey) -> Iterator[StandIn]:
    with StandIn(
        webhook_url=ear.url,
        webhook_secret=SECRET,
        app_id=APP_ID,
        app_public_key=app_key.public,
        clock=ticking(),
        seed=1,
    ) as stand_in:
        yield stand_in


def ask(client: Github, query: str, **variables: Any) -> Json:
    _, answer = client.requester.graphql_query(query, variables)
    data: Json = answer["data"]
    return data


def comment_of(client: Github, repo: Repository, comment_id: int, query: str = OF_COMMENT) -> Json:
    """The comment as GraphQL tells it, found by the node id that REST gives."""
    shape = repo.get_issue(1).get_comment(comment_id).raw_data
    node: Json = ask(client, query, id=shape["node_id"])["node"]
    return node


def diffs(text: Json) -> list[str]:
    return [edit["diff"] for edit in text["userContentEdits"]["nodes"]]


def test_the_edits_of_a_comment_come_newest_first_with_the_whole_text_and_the_editor(
    github: StandIn, client: Github, repo: Repository
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "- [ ] one", "alice")
    github.edit_comment(comment, "- [x] one", "reviewer")
    github.edit_comment(comment, "- [x] one\n- [ ] two", "alice")
    told = comment_of(client, repo, comment)
    assert told["body"] == "- [x] one\n- [ ] two"
    assert diffs(told) == ["- [x] one\n- [ ] two", "- [x] one", "- [ ] one"]
    editors = [edit["editor"] for edit in told["userContentEdits"]["nodes"]]
    assert [editor["login"] for editor in editors] == ["alice", "reviewer", "alice"]
    assert editors[1]["databaseId"] == github.state.user("reviewer").id
    times = [edit["editedAt"] for edit in told["userContentEdits"]["nodes"]]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 3
    shape = repo.get_issue(1).get_comment(comment).raw_data
    assert (times[0], times[-1]) == (shape["updated_at"], shape["created_at"])


def test_a_text_that_nobody_edited_has_no_edits(
    github: StandIn, client: Github, repo: Repository
) -> None:
    number = github.open_pull_request(title="One", body="As it was")
    comment = github.comment(number, "Hello", "alice")
    pull = ask(client, OF_PULL, **SHOP, number=number, count=10)["repository"]["pullRequest"]
    assert (pull["body"], diffs(pull)) == ("As it was", [])
    assert diffs(comment_of(client, repo, comment)) == []


def test_the_edits_of_a_description_leave_out_those_of_the_title(
    github: StandIn, client: Github, repo: Repository
) -> None:
    number = github.open_pull_request(title="One", author="alice")
    github.edit_pull_request(number, body="Why", by="reviewer")
    github.edit_pull_request(number, title="Two")
    github.edit_pull_request(number, body="")
    pull = ask(client, OF_PULL, **SHOP, number=number, count=10)["repository"]["pullRequest"]
    assert diffs(pull) == ["", "Why", ""]
    editors = [edit["editor"]["login"] for edit in pull["userContentEdits"]["nodes"]]
    assert editors == ["alice", "reviewer", "alice"]
    assert pull["id"] == repo.get_pull(number).raw_data["node_id"]


def test_an_app_is_named_without_its_brackets(
    github: StandIn, client: Github, repo: Repository
) -> None:
    said = repo.get_pull(github.open_pull_request(title="One")).create_issue_comment("first")
    said.edit("second")
    editor = comment_of(client, repo, said.id)["userContentEdits"]["nodes"][0]["editor"]
    assert (editor["login"], editor["__typename"]) == ("empty-chair", "Bot")


@pytest.mark.parametrize(
    ("part", "wanted"),
    [("first: 2", ["3", "2"]), ("last: 2", ["1", "0"]), ("last: 9", ["3", "2", "1", "0"])],
)
def test_first_are_the_newest_and_last_the_oldest(
    github: StandIn, client: Github, repo: Repository, part: str, wanted: list[str]
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "0", "alice")
    for text in ("1", "2", "3"):
        github.edit_comment(comment, text, "alice")
    told = comment_of(client, repo, comment, OF_COMMENT.replace("first: 50", part))
    assert diffs(told) == wanted


@pytest.mark.parametrize(
    ("part", "why"),
    [("", "MISSING_PAGINATION_BOUNDARIES"), ("(first: 101)", "EXCESSIVE_PAGINATION")],
)
def test_a_list_without_bounds_or_with_too_wide_ones_is_refused(
    github: StandIn, client: Github, repo: Repository, part: str, why: str
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "Hello", "alice")
    with pytest.raises(GithubException) as refused:
        comment_of(client, repo, comment, OF_COMMENT.replace("(first: 50)", part))
    assert refused.value.data["errors"][0]["type"] == why
    assert refused.value.data["data"]["node"]["userContentEdits"] is None


def test_only_what_the_query_names_is_told(
    github: StandIn, client: Github, repo: Repository
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "Hello", "alice")
    query = "query($id: ID!) { node(id: $id) { ... on IssueComment { body } } }"
    assert comment_of(client, repo, comment, query) == {"body": "Hello"}


def test_what_is_not_there_is_told_inside_a_good_answer(github: StandIn, client: Github) -> None:
    github.open_pull_request(title="One")
    for variables in ({**SHOP, "number": 2}, {"owner": "acme", "name": "other", "number": 1}):
        with pytest.raises(UnknownObjectException):
            ask(client, OF_PULL, **variables, count=1)
    for node in ("IC_MQ", "PR_nonsense", ""):
        with pytest.raises(UnknownObjectException) as refused:
            ask(client, OF_COMMENT, id=node)
        assert refused.value.data["data"] == {"node": None}
    with pytest.raises(GithubException) as unknown:
        ask(client, "query { viewer { login } }")
    assert unknown.value.data["errors"][0]["extensions"]["code"] == "undefinedField"
    assert {call.status for call in github.calls if call.path == "/graphql"} == {200}


def test_a_deleted_comment_takes_its_history_along(
    github: StandIn, client: Github, repo: Repository
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "Hello", "alice")
    name = repo.get_issue(1).get_comment(comment).raw_data["node_id"]
    github.delete_comment(comment, "alice")
    with pytest.raises(UnknownObjectException):
        ask(client, OF_COMMENT, id=name)


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_graphql_has_one_address_under_either_base_url(
    github: StandIn, app_key: AppKey, prefix: str
) -> None:
    number = github.open_pull_request(title="One", body="Here")
    client = client_of(github, app_key, github.url + prefix)
    found = ask(client, OF_PULL, **SHOP, number=number, count=1)
    assert found["repository"]["pullRequest"]["body"] == "Here"
    assert github.call_counts["POST", "/graphql"] == 1
    assert requests.post(f"{github.url}/graphql", json={"query": ""}, timeout=5).status_code == 401
    client.close()


def test_a_stale_read_shows_a_comment_as_before_its_last_edit(
    github: StandIn, client: Github, repo: Repository
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "old", "alice")
    github.edit_comment(comment, "newer", "alice")
    github.edit_comment(comment, "newest", "alice")
    fresh = repo.get_issue(1).get_comment(comment)
    github.faults.add("stale-read")
    stale = repo.get_issue(1).get_comment(comment)
    assert (stale.body, stale.updated_at < fresh.updated_at) == ("newer", True)
    assert [found.body for found in repo.get_issue(1).get_comments()] == ["newer"]
    told = comment_of(client, repo, comment)
    assert (told["body"], diffs(told)) == ("newer", ["newer", "old"])
    github.faults.clear()
    assert repo.get_issue(1).get_comment(comment).body == "newest"


def test_a_stale_read_shows_a_description_as_before_its_last_edit(
    github: StandIn, client: Github, repo: Repository
) -> None:
    number = github.open_pull_request(title="One", body="old")
    github.edit_pull_request(number, body="new")
    github.faults.add("stale-read")
    assert repo.get_pull(number).body == "old"
    assert repo.get_issue(number).body == "old"
    assert [pull.body for pull in repo.get_pulls()] == ["old"]
    found = ask(client, OF_PULL, **SHOP, number=number, count=9)["repository"]["pullRequest"]
    assert (found["body"], diffs(found)) == ("old", [])


def test_a_stale_read_spoils_no_write_and_nothing_that_was_never_edited(
    github: StandIn, repo: Repository
) -> None:
    pull = repo.get_pull(github.open_pull_request(title="One", body="as it was"))
    github.faults.add("stale-read", times=2)
    comment = pull.create_issue_comment("first")
    comment.edit("second")
    assert comment.body == "second"
    assert pull.get_issue_comment(comment.id).body == "first"
    assert repo.get_pull(pull.number).body == "as it was"
    assert pull.get_issue_comment(comment.id).body == "second"


def test_a_lagging_list_does_not_hold_what_was_made_just_now(
    github: StandIn, repo: Repository
) -> None:
    pull = repo.get_pull(github.open_pull_request(title="One"))
    pull.create_issue_comment("first")
    repo.create_check_run("Customer impact", pull.head.sha)
    lists = (pull.get_issue_comments, repo.get_commit(pull.head.sha).get_check_runs)
    for seconds, count in ((60, 0), (-60, 1)):
        github.faults.clear()
        github.faults.add("lagging-list", seconds=seconds)
        assert [len(list(listed())) for listed in lists] == [count, count]
