"""Who may do what, who is in a team, and how much of it GitHub shows."""

from __future__ import annotations

import pytest
from github import Github, UnknownObjectException
from github.Repository import Repository

from bot.sandbox.github import StandIn
from tests.sandbox.conftest import Ear


def permission(client: Github, login: str) -> dict[str, object]:
    path = f"/repos/acme/shop/collaborators/{login}/permission"
    _, answer = client.requester.requestJsonAndCheck("GET", path)
    assert isinstance(answer, dict)
    return answer


def membership(client: Github, login: str, team: str = "product", org: str = "acme") -> str:
    """The state of a membership; "none" when there is none."""
    path = f"/orgs/{org}/teams/{team}/memberships/{login}"
    try:
        _, answer = client.requester.requestJsonAndCheck("GET", path)
    except UnknownObjectException:
        return "none"
    return str(answer["state"])


def associations(github: StandIn, ear: Ear, login: str) -> set[str]:
    """What webhooks and REST say about somebody who opens a pull request and comments on it."""
    number = github.open_pull_request(title="One", author=login)
    github.comment(number, "Hello", login)
    assert github.wait_idle(5)
    said = ear.last("issue_comment.created")
    told = (ear.last("pull_request.opened")["pull_request"], said["comment"], said["issue"])
    return {shape["author_association"] for shape in told}


@pytest.mark.parametrize(
    ("role", "legacy", "may"),
    [
        ("admin", "admin", "pull triage push maintain admin"),
        ("maintain", "write", "pull triage push maintain"),
        ("write", "write", "pull triage push"),
        ("triage", "read", "pull triage"),
        ("read", "read", "pull"),
        ("none", "none", ""),
    ],
)
def test_a_permission_knows_four_levels_and_the_role_all_of_them(
    github: StandIn, client: Github, role: str, legacy: str, may: str
) -> None:
    github.grant("Tim", role)
    told = permission(client, "Tim")
    user = told["user"]
    assert isinstance(user, dict)
    assert (told["permission"], told["role_name"], user["role_name"]) == (legacy, role, role)
    assert [name for name, on in user["permissions"].items() if on] == may.split()
    assert (user["login"], user["id"]) == ("Tim", github.state.user("Tim").id)


def test_the_capitals_of_a_login_and_of_an_organisation_do_not_matter(
    github: StandIn, client: Github
) -> None:
    github.grant("Tim", "write")
    github.team("product", "Tim")
    user = permission(client, "tIM")["user"]
    assert isinstance(user, dict)
    assert user["login"] == client.get_user("tim").login == "Tim"
    assert membership(client, "TIM", org="ACME") == "active"


def test_anybody_may_read_what_is_public(github: StandIn, client: Github) -> None:
    github.comment(github.open_pull_request(title="One"), "Hello", "passer-by")
    assert permission(client, "passer-by")["permission"] == "none"
    github.publicise()
    assert permission(client, "passer-by")["permission"] == "read"


def test_a_team_has_the_members_it_was_last_given(github: StandIn, client: Github) -> None:
    github.team("product", "paula", "pete")
    assert [membership(client, name) for name in ("paula", "pete")] == ["active", "active"]
    assert membership(client, "alice") == "none"
    github.team("product", "pete")
    assert [membership(client, name) for name in ("paula", "pete")] == ["none", "active"]
    assert membership(client, "pete", team="legal") == "none"
    assert membership(client, "pete", org="other") == "none"


def test_a_member_of_a_team_may_not_do_more_for_it(github: StandIn, client: Github) -> None:
    github.team("product", "paula")
    assert permission(client, "paula")["permission"] == "none"


def test_who_can_write_is_shown_as_a_member(github: StandIn, ear: Ear) -> None:
    assert associations(github, ear, "alice") == {"MEMBER"}


def test_who_hides_keeps_the_permission_and_is_shown_as_nobody(
    github: StandIn, client: Github, ear: Ear
) -> None:
    github.conceal("alice")
    assert associations(github, ear, "alice") == {"NONE"}
    assert permission(client, "alice")["permission"] == "write"


def test_who_hides_is_still_shown_as_one_who_contributed(github: StandIn, ear: Ear) -> None:
    github.conceal("alice")
    first = github.open_pull_request(title="Zero", author="alice")
    assert github.merge(first, bypass=True).merged
    assert associations(github, ear, "alice") == {"CONTRIBUTOR"}


def test_who_was_let_in_to_read_is_a_collaborator_until_everybody_may(
    github: StandIn, repo: Repository
) -> None:
    number = github.open_pull_request(title="One")
    comment = github.comment(number, "Hello", "outsider")

    def shown() -> object:
        return repo.get_issue(number).get_comment(comment).raw_data["author_association"]

    assert shown() == "COLLABORATOR"
    github.publicise()
    assert shown() == "NONE"


def test_a_repository_made_public_or_private_again_is_told(
    github: StandIn, ear: Ear, repo: Repository
) -> None:
    assert repo.private
    github.publicise()
    assert github.wait_idle(5)
    told = ear.last("repository.publicized")
    assert (told["repository"]["private"], told["repository"]["visibility"]) == (False, "public")
    assert told["sender"]["login"] == "reviewer"
    assert told["installation"]["id"] == github.installation_id
    repo.update()
    assert not repo.private
    github.publicise(private=True, by="alice")
    assert github.wait_idle(5)
    told = ear.last("repository.privatized")
    assert (told["repository"]["private"], told["sender"]["login"]) == (True, "alice")
