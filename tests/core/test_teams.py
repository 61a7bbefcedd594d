"""Whose repositories these are: the section `teams` of `organisation.yaml`."""

from __future__ import annotations

import pytest

from bot.core.organisation import parse_organisation
from bot.errors import ConfigError

TEAMS = """\
teams:
  - {name: Checkout, repositories: ['acme/shop', 'acme/pay-*']}
  - {name: Platform, repositories: ['acme/*']}
"""


@pytest.mark.parametrize(
    ("repository", "team"),
    [
        ("acme/shop", "Checkout"),
        ("Acme/PAY-terminal", "Checkout"),
        ("acme/search", "Platform"),
        ("other/shop", "unmapped"),
    ],
)
def test_the_first_team_that_names_a_repository_has_it(repository: str, team: str) -> None:
    assert parse_organisation(TEAMS, "organisation.yaml").team_of(repository) == team


def test_without_teams_every_repository_is_unmapped() -> None:
    found = parse_organisation("", "organisation.yaml")
    assert found.teams == ()
    assert found.team_of("acme/shop") == "unmapped"


@pytest.mark.parametrize(
    ("teams", "key", "rule"),
    [
        ("Checkout", "teams", "must be a list."),
        ("[Checkout]", "teams.0", "must be a mapping, `key: value`."),
        (
            "[{name: Checkout}]",
            "teams.0",
            "team 'Checkout' needs repositories, paths, a team on GitHub or channels.",
        ),
        ("[{name: A, repositories: acme/*}]", "teams.0.repositories", "must be a list."),
        (
            "[{name: A, repositories: []}]",
            "teams.0",
            "team 'A' needs repositories, paths, a team on GitHub or channels.",
        ),
        ("[{name: A, repositories: ['']}]", "teams.0.repositories.0", "is empty."),
        ("[{name: '', repositories: ['a/*']}]", "teams.0.name", "is empty."),
        (
            "[{name: Unmapped, repositories: ['a/*']}]",
            "teams.0.name",
            "is 'Unmapped', which stands for the repositories of no team.",
        ),
        (
            "[{name: A, repositories: ['a/*']}, {name: a, repositories: ['b/*']}]",
            "teams.1.name",
            "'a' stands twice.",
        ),
        (
            "[{name: A, repositories: ['a/*'], lead: ada}]",
            "teams.0.lead",
            "is not a known key; known here are name, repositories, channels, paths, github.",
        ),
        (
            "[{name: A, repositories: ['a/*', '**']}, {name: B, repositories: ['b/*']}]",
            "teams.1",
            "is never reached: `**` in line 1 matches every repository.",
        ),
    ],
)
def test_a_broken_team_is_named_with_key_rule_and_an_example(
    teams: str, key: str, rule: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_organisation(f"teams: {teams}", "organisation.yaml")
    assert (caught.value.line, caught.value.key, caught.value.rule) == (1, key, rule)
    assert caught.value.example == (
        "teams: [{name: Checkout, repositories: ['acme/shop'], github: [acme/checkout]}]"
    )


def test_a_channel_has_its_team_by_name_or_by_id() -> None:
    found = parse_organisation(
        "teams: [{name: Growth, channels: ['#pricing', C024BE91L]}]", "organisation.yaml"
    )
    assert found.team_of_channel("C1", "pricing") == "Growth"
    assert found.team_of_channel("C024BE91L", "renamed") == "Growth"
    assert found.team_of_channel("C1", "random") == "unmapped"
    assert found.team_of_channel("", "pricing") == "Growth"
    assert found.team_of("acme/shop") == "unmapped"


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("reviewers: {slack: [ada]}", "capitals and digits, such as U024BE7LH"),
        ("people: [{slack: U024BE7LH}]", "people.0.github: is missing"),
        ("people: [{slack: u1, github: ada}]", "people: [{slack: U024BE7LH, github: ada}]"),
    ],
)
def test_people_of_slack_are_named_by_their_member_id(yaml: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_organisation(yaml, "organisation.yaml")
    assert says in str(caught.value)
