"""The commit status: one line that says where it stands, in the colours that a status has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.gate import Conclusion, conclusion
from bot.core.organisation import Mode
from bot.views.github_check import NAME
from bot.views.github_status import HOLDS_NOTHING, LIMIT, moved, seed_status, status
from tests.examples import ALL_OF_R1, answered, examples, pull_request, review
from tests.golden import same_as_golden

EXAMPLES = examples()


def test_every_status_reads_as_agreed() -> None:
    found = {name: status([EXAMPLES[name]], 900) for name in EXAMPLES}
    told = [f"{name}: {one.state} · {one.description}\n" for name, one in found.items()]
    same_as_golden("status.md", "".join(told))


@pytest.mark.parametrize("name", EXAMPLES)
def test_github_takes_it_and_it_holds_where_the_check_would(name: str) -> None:
    found = status([EXAMPLES[name]], None)
    assert 0 < len(found.description) <= LIMIT
    assert "\n" not in found.description
    holds = conclusion(EXAMPLES[name]) is Conclusion.ACTION_REQUIRED
    assert found.state == ("pending" if holds else "success")
    assert found.name == NAME


def test_its_link_leads_to_our_comment_where_there_is_one() -> None:
    url = EXAMPLES["untouched"].subject.url
    assert status([EXAMPLES["untouched"]], 900).url == f"{url}#issuecomment-900"
    assert status([EXAMPLES["untouched"]], None).url == url


def test_one_commit_with_two_pull_requests_shows_the_worst_gate_first() -> None:
    done = answered(review(), *ALL_OF_R1)
    other = replace(review(), subject=pull_request(number=13, base_ref="release"))
    found = status([done, other], None)
    assert found.state == "pending"
    assert found.description.startswith("#13 0 of 5 answered · #12 Complete: ")


def test_a_long_line_is_cut_at_a_word_and_still_says_that_it_holds_nothing() -> None:
    others = [
        replace(review(), mode=Mode.WARN, subject=pull_request(number=number))
        for number in range(100, 120)
    ]
    found = status(others, None)
    assert found.state == "success"
    assert found.description.endswith(f" …{HOLDS_NOTHING}")
    assert len(found.description) <= LIMIT


def test_what_names_the_status_and_what_lets_it_go_are_short_and_green() -> None:
    for found in (seed_status(), moved("https://github.com/acme/shop/pull/12")):
        assert (found.name, found.state) == (NAME, "success")
        assert len(found.description) <= LIMIT
