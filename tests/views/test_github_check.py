"""The check run: what its title and summary say, and which colour wins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.gate import Conclusion, conclusion
from bot.views.github_check import SUMMARY_LIMIT, TITLE_LIMIT, check, seed
from tests.examples import ALL_OF_R1, answered, examples, pull_request, review
from tests.golden import same_as_golden

EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_check_reads_as_agreed(name: str) -> None:
    run = check([EXAMPLES[name]])
    text = f"{run.conclusion} · {run.title}\n\n{run.summary}\n"
    same_as_golden(f"check/{name}.md", text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_github_takes_it(name: str) -> None:
    run = check([EXAMPLES[name]])
    assert 0 < len(run.title) <= TITLE_LIMIT
    assert 0 < len(run.summary) <= SUMMARY_LIMIT
    assert len(run.buttons) <= 3
    for button in run.buttons:
        assert len(button.label) <= 20
        assert len(button.description) <= 40
        assert len(button.identifier) <= 20


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("untouched", Conclusion.ACTION_REQUIRED),
        ("complete", Conclusion.SUCCESS),
        ("assumed", Conclusion.SUCCESS),
        ("warn", Conclusion.NEUTRAL),
        ("shadow", Conclusion.NEUTRAL),
        ("draft", Conclusion.ACTION_REQUIRED),
        ("quiet_bot", Conclusion.SUCCESS),
        ("not_needed", Conclusion.SUCCESS),
    ],
)
def test_the_mode_decides_what_pending_looks_like(name: str, colour: Conclusion) -> None:
    assert conclusion(EXAMPLES[name]) is colour


def test_one_commit_with_two_pull_requests_shows_the_worst_gate_and_lists_both() -> None:
    done = answered(review(), *ALL_OF_R1)
    other = replace(review(), subject=pull_request(number=13, base_ref="release"))
    run = check([done, other])
    assert run.conclusion == Conclusion.ACTION_REQUIRED
    assert (
        run.title == "#13 0 of 5 answered · #12 Complete: heard from existing customers (a signal)"
    )
    assert "### Pull request 12" in run.summary
    assert "### Pull request 13" in run.summary


def test_the_seed_passes_and_has_no_button() -> None:
    assert seed().conclusion == Conclusion.SUCCESS
    assert seed().buttons == ()
