"""Whose reviews are: what GitHub says of teams and CODEOWNERS reaches the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli.pair import Pair, start_pair
from bot.core.filters import Filter
from tests.flows.people import opened

TEAMS = """
mode: [{repositories: '**', mode: enforce}]
teams:
  - {name: Checkout, github: [acme/checkout]}
  - {name: Search, github: [acme/search], paths: ['acme/other:**']}
"""


def pair_with(folder: Path, codeowners: str = "", **roles: str) -> Pair:
    pair = start_pair(folder, organisation=TEAMS, quiet_seconds=0)
    for slug, role in roles.items():
        pair.github.team(slug, "reviewer")
        pair.github.state.team_roles[slug] = role
    if codeowners:
        pair.github.state.contents["docs/CODEOWNERS"] = codeowners
    pair.github.install()
    assert pair.settle()
    return pair


def teams(pair: Pair) -> list[str]:
    """The teams of the reviews that there are."""
    assert pair.bot is not None
    with pair.bot.world.counting.figures() as figures:
        return [line.name for line in figures.stats(Filter()).teams]


def test_a_repository_is_that_teams_that_has_the_most_rights_to_it(tmp_path: Path) -> None:
    with pair_with(tmp_path, checkout="read", search="maintain") as pair:
        opened(pair)
        assert teams(pair) == ["Search"]


def test_codeowners_says_whose_a_pull_request_is(tmp_path: Path) -> None:
    with pair_with(tmp_path, "* @acme/checkout\n", search="admin") as pair:
        opened(pair)
        assert teams(pair) == ["Checkout"]


def test_without_the_right_to_read_teams_there_is_a_hint_and_all_else_goes_on(
    tmp_path: Path,
) -> None:
    with capture_logs() as logs, pair_with(tmp_path) as pair:
        opened(pair)
        assert teams(pair) == ["unmapped"]
    hints = [line["hint"] for line in logs if line["event"] == "owners.read" and "hint" in line]
    assert hints
    assert all("members: read" in hint for hint in hints)


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"])
def test_codeowners_is_found_in_each_of_its_places(tmp_path: Path, place: str) -> None:
    with start_pair(tmp_path, organisation=TEAMS, quiet_seconds=0) as pair:
        pair.github.state.contents[place] = "* @acme/search"
        pair.github.install()
        assert pair.settle()
        opened(pair)
        assert teams(pair) == ["Search"]
