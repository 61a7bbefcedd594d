"""What each thing that happens costs of GitHub's calls, counted at the stand-in."""

from __future__ import annotations

import pytest

from bot.cli.pair import Pair
from tests.flows import people
from tests.flows.people import ALL, BODY, CHECK, EDIT, LOCK, SAY, THEME, calls, opened

FILES = "GET /repos/{owner}/{repo}/pulls/{number}/files"
REPORT = "POST /repos/{owner}/{repo}/check-runs"


@pytest.fixture
def pair(pair: Pair) -> Pair:
    opened(pair)  # a token was fetched, and whatever else is asked once
    pair.github.call_counts.clear()
    return pair


def test_one_that_nobody_notices_costs_its_check_and_a_look_at_its_files(pair: Pair) -> None:
    opened(pair, LOCK, title="Bump left-pad")
    assert calls(pair) == {FILES: 1, REPORT: 1}


def test_one_that_customers_notice_costs_a_comment_more(pair: Pair) -> None:
    opened(pair)
    assert calls(pair) == {FILES: 1, REPORT: 1, SAY: 1}


def test_one_that_was_answered_beforehand_costs_no_comment(pair: Pair) -> None:
    opened(pair, body=f"{BODY}\n\n{ALL.replace('/impact', '## Customer impact')}")
    assert calls(pair) == {FILES: 1, REPORT: 1}


def test_a_tick_costs_the_check_and_the_comment(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    people.tick(pair, number, "effect=better")
    assert calls(pair) == {CHECK: 1, EDIT: 1}


def test_a_tick_after_which_the_comment_is_right_as_it_is_costs_the_check_alone(
    pair: Pair,
) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    people.tick(pair, number, "who=paying")  # the question stays open for a second box
    assert calls(pair) == {CHECK: 1}
    pair.github.call_counts.clear()
    people.tick(pair, number, "who=existing")
    assert calls(pair) == {}


def test_a_push_costs_three_calls_at_most(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.push(number, [THEME, people.PRICE])
    people.settle(pair)
    assert calls(pair) == {FILES: 1, REPORT: 1, EDIT: 1}


def test_what_is_none_of_our_business_costs_nothing(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    comment = people.say(pair, number, "Looks good to me.")
    people.rewrite(pair, comment, "Looks very good to me.")
    pair.github.delete_comment(comment, "author")
    people.say(pair, number, "A stranger says hello.", by="outsider")
    pair.github.label(number, "chore")
    pair.github.unlabel(number, "chore")
    pair.github.edit_pull_request(number, body=f"{BODY} And a little more of it.")
    pair.github.report_check(pair.github.pull_request(number).head_sha, "build", "failure")
    pair.github.report_status(
        pair.github.pull_request(number).head_sha, "ci/lint", "success", by="author"
    )
    people.settle(pair)
    assert calls(pair) == {}


def test_our_own_comments_and_checks_cost_nothing_when_we_hear_of_them(pair: Pair) -> None:
    number = opened(pair)
    people.tick(pair, number, "who=paying")
    heard = [d.guid for d in pair.github.deliveries if d.event in ("issue_comment", "check_run")]
    pair.github.call_counts.clear()
    for guid in heard:
        pair.github.redeliver(guid)
    people.settle(pair)
    assert calls(pair) == {}


def test_a_merge_group_costs_one_call(pair: Pair) -> None:
    number = opened(pair)
    people.tick(pair, number, "who=paying")
    pair.github.call_counts.clear()
    pair.github.queue(number)
    people.settle(pair)
    assert calls(pair) == {REPORT: 1}


def test_one_that_is_closed_costs_an_edit_at_most(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.close(number)
    people.settle(pair)
    assert sum(calls(pair).values()) <= 2


def test_the_token_is_fetched_once(pair: Pair) -> None:
    for _ in range(3):
        opened(pair)
    routes = [route for _, route in pair.github.call_counts]
    assert not [route for route in routes if route.endswith("access_tokens")]
