"""Deliveries that get lost, that wait, and that arrive in another order or more than once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.sandbox.github import StandIn
from tests.sandbox.conftest import Ear


def opened(github: StandIn, count: int) -> None:
    for number in range(count):
        github.open_pull_request(title=f"Change {number}")


def numbers(ear: Ear) -> list[int]:
    return [heard.payload["number"] for heard in ear.heard]


def test_a_lost_delivery_is_kept_as_failed_and_nobody_hears_it(github: StandIn, ear: Ear) -> None:
    github.faults.lose_deliveries = 1.0
    opened(github, 1)
    assert github.wait_idle(5)
    assert ear.heard == []
    assert [(kept.status, kept.event) for kept in github.deliveries] == [(0, "pull_request")]


def test_a_lost_delivery_arrives_when_it_is_asked_for_again(github: StandIn, ear: Ear) -> None:
    github.faults.lose_deliveries = 1.0
    opened(github, 2)
    github.redeliver(github.deliveries[1].guid)
    assert github.wait_idle(5)
    assert numbers(ear) == [2]
    assert ear.heard[0].guid == github.deliveries[1].guid
    assert [kept.status for kept in github.deliveries] == [0, 0, 202]


def test_all_that_was_lost_can_be_sent_in_order_and_only_once(github: StandIn, ear: Ear) -> None:
    github.faults.lose_deliveries = 1.0
    opened(github, 3)
    github.faults.clear()
    opened(github, 1)
    github.redeliver(github.deliveries[1].guid)
    assert github.redeliver_lost() == 2
    assert github.wait_idle(5)
    assert numbers(ear) == [4, 2, 1, 3]
    assert github.redeliver_lost() == 0


def test_what_the_bot_refused_was_not_lost(github: StandIn, ear: Ear) -> None:
    ear.status = 503
    opened(github, 1)
    assert github.wait_idle(5)
    assert github.redeliver_lost() == 0


def test_held_deliveries_wait_and_nobody_waits_for_them(github: StandIn, ear: Ear) -> None:
    opened(github, 1)
    github.hold_deliveries()
    opened(github, 2)
    assert github.wait_idle(5)
    assert numbers(ear) == [1]
    assert [kept.status for kept in github.deliveries] == [202, None, None]


@pytest.mark.parametrize(
    ("order", "copies", "wanted"),
    [
        (None, 1, [1, 2, 3]),
        ([2, 0, 1], 1, [3, 1, 2]),
        ([1, 2, 0], 2, [2, 2, 3, 3, 1, 1]),
    ],
)
def test_what_was_held_arrives_in_the_order_and_as_often_as_asked(
    github: StandIn, ear: Ear, order: Sequence[int] | None, copies: int, wanted: list[int]
) -> None:
    github.hold_deliveries()
    opened(github, 3)
    assert github.release(order, copies=copies) == 3
    opened(github, 1)
    assert github.wait_idle(5)
    assert numbers(ear) == [*wanted, 4]
    assert len({heard.guid for heard in ear.heard}) == 4


@pytest.mark.parametrize(("order", "copies"), [([0], 1), ([0, 0], 1), ([0, 1, 2], 1), (None, 0)])
def test_an_order_that_does_not_name_each_once_releases_nothing(
    github: StandIn, ear: Ear, order: Sequence[int] | None, copies: int
) -> None:
    github.hold_deliveries()
    opened(github, 2)
    with pytest.raises(ValueError, match="2 are held"):
        github.release(order, copies=copies)
    assert github.wait_idle(5)
    assert ear.heard == []
    assert github.release([1, 0]) == 2
    assert github.wait_idle(5)
    assert numbers(ear) == [2, 1]


def test_holding_twice_forgets_nothing(github: StandIn, ear: Ear) -> None:
    github.hold_deliveries()
    opened(github, 1)
    github.hold_deliveries()
    opened(github, 1)
    assert github.release() == 2
    assert github.wait_idle(5)
    assert numbers(ear) == [1, 2]


def test_without_holding_there_is_nothing_to_release(github: StandIn, ear: Ear) -> None:
    assert github.release() == 0
    opened(github, 1)
    assert github.wait_idle(5)
    assert numbers(ear) == [1]


def test_what_is_asked_for_again_meanwhile_is_held_too(github: StandIn, ear: Ear) -> None:
    opened(github, 2)
    github.hold_deliveries()
    github.redeliver(github.deliveries[0].guid)
    assert github.wait_idle(5)
    assert numbers(ear) == [1, 2]
    assert github.release() == 1
    assert github.wait_idle(5)
    assert numbers(ear) == [1, 2, 1]
