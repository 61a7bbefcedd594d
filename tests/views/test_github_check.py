"""The check run: what its title and summary say, and which colour wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.acts import Waive
from bot.core.gate import Conclusion, conclusion
from bot.views.github_check import SUMMARY_LIMIT, TITLE_LIMIT, check, seed, summary, title
from tests.examples import ALL_OF_R1, acted, answered, examples, pull_request, review, told
from tests.golden import same_as_golden

EXAMPLES = examples()
ASKED = ("who", "why", "effect", "feeling", "voice")


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


@pytest.mark.parametrize(
    ("name", "title", "told"),
    [
        (
            "waived_question",
            "Waived by reviewer until 31 Mar 2026: the interviews",
            "- Problem: waived",
        ),
        (
            "waived",
            "Waived by reviewer until 31 Mar 2026: this stops",
            "All that is open is waived",
        ),
        ("waiver_over", "0 of 5 answered", "Still missing:"),
        ("paused", "Paused by reviewer: release day", "<code>/impact resume</code> turns it on"),
        (
            "attested",
            "Not needed: no customer will notice, says author",
            "Nothing is asked of you.",
        ),
        (
            "attested_and_drawn",
            "Not needed: no customer will notice",
            "author says that no customer",
        ),
        (
            "lowered",
            "Not needed: lowered to R0 by reviewer",
            "reviewer lowered this to R0: “the page",
        ),
        ("raised", "0 of 9 answered", "reviewer raised this to R2: “everybody will meet this"),
        ("told", "2 of 5 answered", "**How will it make them feel?** pick one"),
        ("told_in_public", "2 of 5 answered", "**How will it make them feel?** pick one"),
        ("not_applicable", "1 of 5 answered", "<code>/impact help</code> says how"),
        ("held_back", "0 of 5 answered", "**What changes for them?** pick one"),
        (
            "one_answer_waits",
            "Complete: heard from existing customers",
            "Every question is answered.",
        ),
        ("suggested", "0 of 5 answered", "**What problem of theirs does it solve?** one line"),
        ("asked_again", "0 of 5 answered", "asked again: <code>pricing/plans.json</code> changed"),
        ("unread_description", "0 of 5 answered", "**What changes for them?** pick one"),
        ("reverted", "3 of 5 answered", "**What problem of theirs does it solve?** one line"),
        ("comment_deleted", "1 of 5 answered", "**What changes for them?** pick one"),
    ],
)
def test_a_reader_is_told(name: str, title: str, told: str) -> None:
    run = check([EXAMPLES[name]])
    assert run.title.startswith(title)
    assert told in run.summary


def test_of_several_waivers_the_first_day_that_ends_is_named() -> None:
    waivers = [
        Waive(q, date(2026, 4, day), "interviews run") for day, q in enumerate(ASKED, start=5)
    ]
    run = check([acted(review(), *waivers)])
    assert run.title == "Waived by reviewer until 5 Apr 2026: interviews run"
    assert run.summary.count("- ") >= len(ASKED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_markup_stays_out_of_the_title(name: str) -> None:
    assert not set("`\n") & set(check([EXAMPLES[name]]).title)
    assert "<b>" not in check([EXAMPLES[name]]).title


def test_who_was_heard_is_who_spoke_not_everybody_who_is_touched() -> None:
    asked = told("voice", 'asked 2026-02-20 [admins] "I export every Friday"')
    found = acted(answered(EXAMPLES["complete"], "who=new"), asked)
    assert title(found) == "Complete: heard from admins (asked)"


def test_a_complete_check_tells_the_answers_for_there_may_be_no_comment() -> None:
    assert "- Effect: **Better**" in summary(EXAMPLES["complete"])
