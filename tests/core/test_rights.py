"""Who may do what: the small questions that every door asks."""

from __future__ import annotations

import pytest

from bot.core.facts import Actor
from bot.core.organisation import Reviewers
from bot.core.rights import (
    WRITERS,
    anybody_named,
    is_author,
    may_be_writer,
    named_reviewer,
)
from tests.examples import AUTHOR, REVIEWER, pull_request


def test_an_author_is_known_by_the_id_whatever_the_login() -> None:
    subject = pull_request()
    assert is_author(subject, AUTHOR)
    assert is_author(subject, Actor(AUTHOR.id, "renamed"))
    assert not is_author(subject, Actor(99, AUTHOR.login))
    assert not is_author(subject, REVIEWER)


@pytest.mark.parametrize(
    ("association", "worth_asking"),
    [
        ("OWNER", True),
        ("MEMBER", True),
        ("COLLABORATOR", True),
        ("CONTRIBUTOR", True),
        ("FIRST_TIME_CONTRIBUTOR", False),
        ("FIRST_TIMER", False),
        ("MANNEQUIN", False),
        ("NONE", False),
        ("", False),
    ],
)
def test_a_stranger_in_the_open_costs_no_call(association: str, worth_asking: bool) -> None:
    assert may_be_writer(association, private=False) is worth_asking
    assert may_be_writer(association, private=True)


def test_reading_and_triage_are_no_writing() -> None:
    assert WRITERS.isdisjoint({"read", "triage", "none", ""})
    assert len(WRITERS) == 3


def test_a_reviewer_is_named_in_any_capitals() -> None:
    reviewers = Reviewers(logins=("Ada",))
    assert named_reviewer(reviewers, "ada")
    assert named_reviewer(reviewers, "ADA")
    assert not named_reviewer(reviewers, "grace")
    assert not named_reviewer(Reviewers(teams=("acme/ada",)), "ada")


def test_a_login_or_a_team_names_somebody() -> None:
    assert not anybody_named(Reviewers())
    assert anybody_named(Reviewers(logins=("ada",)))
    assert anybody_named(Reviewers(teams=("acme/research",)))
