"""Whose a change is, by its files."""

from __future__ import annotations

import pytest

from bot.core.organisation import parse_organisation
from bot.core.owning import owner_of
from bot.errors import ConfigError

TEAMS = """
teams:
  - {name: Checkout, github: ['@acme/checkout'], paths: ['acme/mono:services/pay/**']}
  - {name: Search, github: [Acme/Search, acme/ranking]}
  - {name: Platform, repositories: ['acme/*']}
"""
CODEOWNERS = """
# everything else
*                    @acme/platform
/services/           @acme/checkout   # all of it
/services/find/      @somebody @acme/search
*.sql                @acme/ranking
docs/*               @acme/checkout
/apps/free\\ form/   @acme/search
"""


@pytest.mark.parametrize(
    ("paths", "owner"),
    [
        (["services/cart/a.py"], "Checkout"),
        (["services/find/a.py"], "Search"),  # the last line that matches counts
        (["services/find/a.py", "services/cart/a.py", "services/cart/b.py"], "Checkout"),
        (["services/find/a.py", "services/cart/a.py"], "Checkout"),  # as many: the first named
        (["migrations/one.sql"], "Search"),
        (["docs/a.md"], "Checkout"),
        (["docs/deep/a.md"], ""),  # owned by a team that nobody mapped
        (["apps/free form/a.ts"], "Search"),
        (["README.md"], ""),
        ([], ""),
    ],
)
def test_codeowners_says_whose_files_are_changed(paths: list[str], owner: str) -> None:
    assert owner_of(parse_organisation(TEAMS, "o"), "acme/shop", paths, CODEOWNERS) == owner


def test_paths_come_before_codeowners_and_count_only_in_their_repository() -> None:
    organisation = parse_organisation(TEAMS, "o")
    paths = ["services/pay/card.py", "services/find/a.py", "services/find/b.py"]
    assert owner_of(organisation, "Acme/Mono", paths, CODEOWNERS) == "Checkout"
    assert owner_of(organisation, "acme/shop", paths, CODEOWNERS) == "Search"
    assert owner_of(organisation, "acme/shop", paths, "") == ""


def test_lines_that_github_does_not_read_and_patterns_that_take_for_ever_do_no_harm() -> None:
    text = "!x @acme/checkout\n[a-z] @acme/checkout\n" + "*a" * 60 + "b @acme/checkout\n"
    path = "a" * 4000
    assert owner_of(parse_organisation(TEAMS, "o"), "acme/shop", [path, "x"], text) == ""


def test_a_repository_is_a_teams_by_name_first_then_by_its_teams_on_github() -> None:
    organisation = parse_organisation(TEAMS, "o")
    assert organisation.team_of("acme/shop", ("acme/search",)) == "Platform"
    assert organisation.team_of("beta/shop", ("beta/none", "acme/search")) == "Search"
    assert organisation.team_of("beta/shop") == "unmapped"


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("{name: A, github: [checkout]}", "acme/checkout"),
        ("{name: A, paths: ['services/**']}", "acme/mono:pay/**"),
        ("{name: A, paths: ['acme/mono:!x']}", "exclamation mark"),
        ("{name: A}", "needs repositories, paths, a team on GitHub or channels"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(entry: str, rule: str) -> None:
    with pytest.raises(ConfigError, match=rule.replace("*", r"\*")):
        parse_organisation(f"teams: [{entry}]", "organisation.yaml")
