"""The real PyGithub client finds what the bot needs, through both kinds of base URL."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
import requests
from github import (
    Auth,
    BadCredentialsException,
    Github,
    GithubException,
    GithubIntegration,
    UnknownObjectException,
)
from github.Repository import Repository

from bot.sandbox.app_key import AppKey, make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange
from tests.sandbox.conftest import APP_ID, Ear, client_of

LINE = FileChange("pricing/plans.yaml", 1, 0, "@@ -0,0 +1 @@\n+price: 15")


def integration(github: StandIn, key: str, app_id: int = APP_ID) -> GithubIntegration:
    auth = Auth.AppAuth(app_id, key)
    return GithubIntegration(auth=auth, base_url=github.api_url, retry=None)


def test_the_app_finds_itself_and_its_installation(github: StandIn, app_key: AppKey) -> None:
    app = integration(github, app_key.private)
    assert app.get_app().slug == "empty-chair"
    assert [found.id for found in app.get_installations()] == [github.installation_id]
    assert app.get_repo_installation("acme", "shop").app_id == APP_ID
    app.close()


@pytest.mark.parametrize("app_id", [APP_ID, APP_ID + 1])
def test_a_stranger_gets_no_token(github: StandIn, app_key: AppKey, app_id: int) -> None:
    key = make_app_key().private if app_id == APP_ID else app_key.private
    app = integration(github, key, app_id)
    with pytest.raises(GithubException) as refused:
        app.get_access_token(github.installation_id)
    assert refused.value.status == 401
    app.close()


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 3600, "iat": 0, "iss": str(APP_ID)},
        {"exp": -120, "iat": -600, "iss": str(APP_ID)},
        {"exp": 300, "iat": 0},
    ],
)
def test_a_jwt_that_is_long_lived_stale_or_nameless_is_refused(
    github: StandIn, app_key: AppKey, claims: dict[str, Any]
) -> None:
    now = int(time.time())
    times = {name: now + claims[name] for name in ("exp", "iat")}
    token = jwt.encode(claims | times, app_key.private, algorithm="RS256")
    answer = requests.get(
        f"{github.api_url}/app", headers={"Authorization": f"Bearer {token}"}, timeout=5
    )
    assert answer.status_code == 401


def test_without_or_with_a_stale_token_nothing_is_told(github: StandIn, client: Github) -> None:
    assert requests.get(f"{github.api_url}/repos/acme/shop", timeout=5).status_code == 401
    assert client.get_repo("acme/shop").full_name == "acme/shop"
    github.expire_tokens()
    with pytest.raises(BadCredentialsException):
        client.get_repo("acme/shop")


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_a_comment_can_be_made_edited_found_and_deleted(
    github: StandIn, app_key: AppKey, prefix: str
) -> None:
    number = github.open_pull_request(title="Raise the price", files=[LINE])
    client = client_of(github, app_key, github.url + prefix)
    pull = client.get_repo("acme/shop").get_pull(number)
    comment = pull.create_issue_comment("- [ ] one")
    assert (comment.user.login, comment.user.type) == ("empty-chair[bot]", "Bot")
    comment.edit("- [x] one")
    assert [found.body for found in pull.get_issue_comments()] == ["- [x] one"]
    assert comment.url.startswith(f"{github.url}{prefix}/repos/acme/shop/issues/comments/")
    assert comment.create_reaction("eyes").content == "eyes"
    assert [found.content for found in comment.get_reactions()] == ["eyes"]
    comment.delete()
    with pytest.raises(UnknownObjectException):
        pull.get_issue_comment(comment.id).body  # noqa: B018
    client.close()


def react(repo: Repository, comment_id: int, content: str) -> tuple[int, dict[str, Any]]:
    path = f"/repos/acme/shop/issues/comments/{comment_id}/reactions"
    body = {"content": content}
    status, _, text = repo.requester.requestJson("POST", path, input=body)
    return status, json.loads(text)


def test_the_same_reaction_twice_is_one(github: StandIn, repo: Repository) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "/impact help", "alice")
    status, first = react(repo, comment, "eyes")
    assert (status, first["content"]) == (201, "eyes")
    assert (first["user"]["login"], first["user"]["type"]) == ("empty-chair[bot]", "Bot")
    assert react(repo, comment, "eyes") == (200, first)
    assert react(repo, comment, "+1")[0] == 201
    assert github.reactions(comment) == ["eyes", "+1"]
    counts = repo.get_issue(1).get_comment(comment).raw_data["reactions"]
    assert (counts["total_count"], counts["eyes"], counts["+1"], counts["-1"]) == (2, 1, 1, 0)


def test_only_githubs_own_reactions_and_only_on_what_is_there(
    github: StandIn, repo: Repository
) -> None:
    comment = github.comment(github.open_pull_request(title="One"), "Hello", "alice")
    assert react(repo, comment, "tada")[0] == 422
    assert react(repo, comment + 1, "eyes")[0] == 404
    assert github.reactions(comment) == []


def test_a_reaction_can_be_taken_back_and_goes_with_its_comment(
    github: StandIn, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    comment = github.comment(number, "Hello", "alice")
    shown = repo.get_issue(number).get_comment(comment)
    first = shown.create_reaction("eyes")
    shown.create_reaction("rocket")
    assert shown.delete_reaction(first.id)
    assert github.reactions(comment) == ["rocket"]
    github.delete_comment(comment, "alice")
    assert github.reactions(comment) == []
    assert react(repo, comment, "eyes")[0] == 404


def test_the_bot_has_one_id_for_good(github: StandIn, client: Github) -> None:
    number = github.open_pull_request(title="One")
    pull = client.get_repo("acme/shop").get_pull(number)
    ids = {pull.create_issue_comment(text).user.id for text in ("a", "b")}
    assert ids == {github.state.bot.id} == {client.get_user("empty-chair[bot]").id}


def test_files_come_in_pages(github: StandIn, repo: Repository) -> None:
    files = [FileChange(f"src/{n}.py", 1, 0, "@@ -0,0 +1 @@\n+x") for n in range(250)]
    number = github.open_pull_request(title="Many files", files=files)
    found = repo.get_pull(number).get_files()
    assert [file.filename for file in found] == [file.path for file in files]
    assert sum(call.path.endswith("/files") for call in github.calls) == 9


def test_a_file_without_text_has_no_patch(github: StandIn, repo: Repository) -> None:
    files = [FileChange("logo.png"), FileChange("b", status="renamed", previous_path="a")]
    pull = repo.get_pull(github.open_pull_request(title="Picture", files=files))
    logo, renamed = pull.get_files()
    assert "patch" not in logo.raw_data
    assert (renamed.status, renamed.previous_filename) == ("renamed", "a")


def test_open_pull_requests_are_listed_newest_first(github: StandIn, repo: Repository) -> None:
    numbers = [github.open_pull_request(title=f"Change {n}") for n in range(3)]
    github.close(numbers[1])
    assert [pull.number for pull in repo.get_pulls()] == [3, 1]
    assert [pull.number for pull in repo.get_pulls(state="all")] == [3, 2, 1]


def test_a_check_run_lives_from_queued_to_complete(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="Raise the price")
    sha = github.pull_request(number).head_sha
    run = repo.create_check_run("Customer impact", sha, status="queued", external_id="r1")
    assert github.check(number) is not None
    assert run.conclusion is None
    run.edit(
        conclusion="action_required",
        output={"title": "3 of 5 answered", "summary": "Two are missing."},
        actions=[{"label": "Recheck", "identifier": "recheck", "description": "Look again"}],
    )
    assert (run.status, run.conclusion, run.external_id) == ("completed", "action_required", "r1")
    found = repo.get_commit(sha).get_check_runs(check_name="Customer impact")
    assert [(again.id, again.output.title) for again in found] == [(run.id, "3 of 5 answered")]


def test_the_latest_run_of_a_name_counts(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="Raise the price")
    sha = github.pull_request(number).head_sha
    for conclusion in ("failure", "success"):
        repo.create_check_run("Customer impact", sha, conclusion=conclusion)
    runs = repo.get_commit(sha).get_check_runs()
    assert [run.conclusion for run in runs] == ["success"]
    assert repo.get_commit(sha).get_check_runs(filter="all").totalCount == 2


TOO_MUCH: dict[str, dict[str, Any]] = {
    "summary": {"output": {"title": "t", "summary": "x" * 65_536}},
    "four actions": {"actions": [{"label": "a", "description": "b", "identifier": "c"}] * 4},
    "label": {"actions": [{"label": "a" * 21, "description": "b", "identifier": "c"}]},
    "description": {"actions": [{"label": "a", "description": "b" * 41, "identifier": "c"}]},
    "identifier": {"actions": [{"label": "a", "description": "b", "identifier": "c" * 21}]},
    "no conclusion": {"status": "completed"},
    "unknown conclusion": {"conclusion": "fine"},
    "unknown commit": {"head_sha": "0" * 40},
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_check_run_beyond_githubs_limits_is_refused(
    github: StandIn, repo: Repository, name: str
) -> None:
    number = github.open_pull_request(title="Raise the price")
    fields = {"name": "x", "head_sha": github.pull_request(number).head_sha} | TOO_MUCH[name]
    with pytest.raises(GithubException) as refused:
        repo.create_check_run(**fields)
    assert refused.value.status == 422
    assert github.check(number) is None


def test_a_body_beyond_65536_characters_is_refused(github: StandIn, repo: Repository) -> None:
    pull = repo.get_pull(github.open_pull_request(title="Long"))
    pull.create_issue_comment("é" * 65_536)
    with pytest.raises(GithubException) as refused:
        pull.create_issue_comment("é" * 65_537)
    assert refused.value.status == 422


def test_people_have_the_permission_they_were_given(github: StandIn, repo: Repository) -> None:
    github.open_pull_request(title="One", author="alice")
    github.open_pull_request(title="Two", author="zoe", from_fork=True)
    github.grant("tim", "triage")
    found = {name: repo.get_collaborator_permission(name) for name in ("alice", "zoe", "tim")}
    assert found == {"alice": "write", "zoe": "read", "tim": "read"}
    assert repo.get_collaborator_permission("reviewer") == "admin"
    with pytest.raises(GithubException) as refused:
        repo.get_collaborator_permission("nobody-ever-heard-of")
    assert refused.value.status == 404


def test_a_status_a_branch_and_a_commit_can_be_read(github: StandIn, repo: Repository) -> None:
    sha = github.pull_request(github.open_pull_request(title="One")).head_sha
    repo.get_commit(sha).create_status("success", context="Customer impact", description="fine")
    assert [found.state for found in repo.get_commit(sha).get_statuses()] == ["success"]
    assert repo.get_commit("main").sha == repo.get_branch("main").commit.sha
    with pytest.raises(GithubException) as refused:
        repo.get_commit("f" * 40)
    assert refused.value.status == 422


def test_each_answer_tells_what_is_left_of_the_hour(github: StandIn, client: Github) -> None:
    client.get_repo("acme/shop")
    left, limit = client.rate_limiting
    assert (left, limit) == (4999, 5000)
    assert client.rate_limiting_resettime > time.time()
    assert client.get_rate_limit().rate.limit == 5000


def test_asked_again_nothing_new_is_sent(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    url, token = f"{repo.url}/pulls/{number}", repo.requester.auth.token  # type: ignore[union-attr]

    def ask(tag: str = "") -> requests.Response:
        headers = {"Authorization": f"token {token}", "If-None-Match": tag}
        return requests.get(url, headers=headers, timeout=5)

    tag = ask().headers["ETag"]
    again = ask(tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    github.edit_pull_request(number, title="Two")
    changed = ask(tag)
    assert (changed.status_code, changed.json()["title"]) == (200, "Two")


def test_what_is_not_there_is_not_found(github: StandIn, client: Github) -> None:
    with pytest.raises(UnknownObjectException):
        client.get_repo("acme/other")
    answer = requests.get(f"{github.api_url}/repos/acme/shop/actions/runs", timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_failed_deliveries_can_be_found_and_asked_for_again(
    github: StandIn, app_key: AppKey, ear: Ear
) -> None:
    ear.status = 500
    github.open_pull_request(title="One")
    assert github.wait_idle(5)
    token = Auth.AppAuth(APP_ID, app_key.private).create_jwt()
    url, headers = f"{github.api_url}/app/hook/deliveries", {"Authorization": f"Bearer {token}"}
    failed = requests.get(url, headers=headers, timeout=5).json()[0]
    assert (failed["status"], failed["status_code"], failed["action"]) == ("Error", 500, "opened")
    ear.status = 202
    again = requests.post(f"{url}/{failed['id']}/attempts", headers=headers, timeout=5)
    assert again.status_code == 202
    assert github.wait_idle(5)
    listed = requests.get(url, headers=headers, timeout=5).json()
    assert [(found["guid"], found["status"]) for found in listed] == [
        (failed["guid"], "OK"),
        (failed["guid"], "Error"),
    ]
