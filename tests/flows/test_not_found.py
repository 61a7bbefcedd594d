"""GitHub does not find what we wrote, or says so: nothing is made twice, nothing asked for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.pair import Pair, start_pair
from bot.flows import look_first
from tests.flows import people
from tests.flows.conftest import started
from tests.flows.people import CHECK, EDIT, calls, opened

LIST = "GET /repos/{owner}/{repo}/issues/{number}/comments"


@pytest.fixture
def pair(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setattr(look_first, "SHOWS", look_first.SHOWS / 6)
    return pair


def settled(pair: Pair) -> None:
    assert people.until(lambda: pair.settle() and not pair.bot_backlog(), 20)


def test_a_comment_that_is_not_found_once_is_looked_for_and_stays_the_only_one(
    pair: Pair,
) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.faults.add("404-before", on="PATCH /repos/*/issues/comments/*", times=1)
    pair.github.faults.add("502-before", on="GET /repos/*/issues/*/comments", times=1)
    people.click(pair, number, "effect=better")
    settled(pair)
    assert "[x] Better" in people.only_comment(pair, number).body
    assert calls(pair) == {CHECK: 1, EDIT: 2, LIST: 2}


def test_a_comment_that_is_listed_and_never_found_is_no_hot_loop(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.faults.add("404-before", on="PATCH /repos/*/issues/comments/*")
    people.click(pair, number, "effect=better")
    assert people.until(lambda: calls(pair).get(EDIT, 0) >= 3)
    assert calls(pair)[EDIT] < 8
    pair.github.faults.clear()
    settled(pair)
    assert len(pair.github.bot_comments(number)) == 1


def test_a_check_that_is_not_found_once_is_looked_for_and_stays_the_only_one(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.add("404-before", on="PATCH /repos/*/check-runs/*", times=1)
    people.click(pair, number, "effect=better")
    settled(pair)
    head = pair.github.pull_request(number).head_sha
    (run,) = pair.github.state.checks_on(head)
    assert run.title == "1 of 5 answered"


def test_a_comment_that_is_not_found_holds_nobody_up_once_nothing_is_asked(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.faults.add("404-before", on="PATCH /repos/*/issues/comments/*", times=1)
    pair.github.faults.add("502-before", on="GET /repos/*/issues/*/comments")
    people.click(pair, number, "effect=better")
    assert people.until(lambda: calls(pair).get(LIST, 0) >= 1)
    pair.github.close(number)
    people.click(pair, number, "feeling=relieved")
    pair.github.faults.clear()
    settled(pair)
    pair.github.reopen(number)
    settled(pair)
    assert "[x] Relieved" in people.only_comment(pair, number).body


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Pair]:
    with start_pair(tmp_path, quiet_seconds=1) as made:
        started(made)
        yield made


def test_a_complete_comment_that_is_deleted_while_people_are_at_it_comes_back(quiet: Pair) -> None:
    number = opened(quiet)
    people.say(quiet, number, people.ALL)
    assert people.until(lambda: not quiet.bot_backlog(), 20)
    people.click(quiet, number, "who=paying")
    quiet.github.delete_comment(people.only_comment(quiet, number).id, "reviewer")
    assert people.until(lambda: quiet.settle() and not quiet.bot_backlog(), 20)
    people.only_comment(quiet, number)
