"""Who clicks back and forth within one second: each click counts, however it is told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from bot.cli.pair import Pair
from bot.flows import explain
from bot.views.github_boxes import parse_comment
from tests.flows.test_pull_request_door import later, only_comment, opened, place, until

BETTER, WORDS = "effect=better", "who: existing\n\nfeeling:\n- [{}] Relieved\n- [ ] Anxious\n"


@pytest.fixture
def one_second(pair: Pair) -> datetime:
    """From here on GitHub's clock stands still."""
    later(pair)
    now = pair.github.state.clock()
    pair.github.state.clock = lambda: now
    return now


def click(pair: Pair, number: int, *boxes: str, by: str = "reviewer") -> None:
    found = only_comment(pair, number)
    for box in boxes:
        pair.github.tick(found.id, place(found.body, box), by)


def picks(pair: Pair, number: int, question: str) -> tuple[str, ...]:
    review = pair.review(number)
    assert review is not None
    answer = review.answer(question)
    return answer.picks if answer else ()


def at_rest(pair: Pair) -> bool:
    return until(lambda: pair.settle() and not pair.bot_backlog())


def test_a_box_that_is_ticked_again_by_way_of_another_one_counts_again(
    pair: Pair, one_second: datetime
) -> None:
    number = opened(pair)
    pair.github.state.clock = lambda: one_second
    pair.github.hold_deliveries()
    click(pair, number, "feeling=relieved", BETTER, "feeling=relieved", BETTER, "feeling=relieved")
    pair.github.release()
    assert at_rest(pair)
    assert picks(pair, number, "feeling") == ("relieved",)
    assert picks(pair, number, "effect") == ()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_a_box_of_the_description_that_is_ticked_twice_in_one_second_is_ticked(
    pair: Pair, order: tuple[int, ...], one_second: datetime
) -> None:
    body = f"## Customer impact\n\n{WORDS}"
    number = opened(pair, body=body.format(" "))
    pair.github.state.clock = lambda: one_second
    pair.github.hold_deliveries()
    for mark in ("x", " ", "x"):
        pair.github.edit_pull_request(number, body=body.format(mark))
    pair.github.release(order)
    assert at_rest(pair)
    assert picks(pair, number, "feeling") == ("relieved",)


def test_a_tick_in_a_comment_counts_also_where_its_deletion_is_heard_of_first(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    click(pair, number, BETTER)
    pair.github.delete_comment(only_comment(pair, number).id, "reviewer")
    pair.github.release([1, 0])
    assert at_rest(pair)
    assert picks(pair, number, "effect") == ("better",)
    assert parse_comment(only_comment(pair, number).body)[BETTER]


def test_a_second_tick_that_githubs_history_does_not_know_yet_is_asked_for_again(
    pair: Pair, one_second: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "LAG", explain.LAG / 5)
    number = opened(pair)
    pair.github.state.clock = lambda: one_second
    pair.github.hold_deliveries()
    click(pair, number, BETTER, BETTER, BETTER)
    pair.github.release()
    pair.github.faults.add("stale-read", on="POST /graphql", times=2)
    assert at_rest(pair)
    assert picks(pair, number, "effect") == ("better",)
    assert Counter(call.path for call in pair.github.calls)["/graphql"] > 1
