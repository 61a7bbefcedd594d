"""What the record misses on GitHub: found where it is missing, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.ports import Transaction
from bot.store import gaps, queue, repositories, reviews, surfaces
from bot.store.store import Store
from bot.store.surfaces import CHECK, COMMENT, STATUS
from tests import examples

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REPOSITORY = examples.REPOSITORY.id


def head(number: int) -> str:
    return f"{number:040x}"


@pytest.fixture
def opened(store: Store) -> Store:
    """Pull requests 1 to 4, each with a head of its own, none published anywhere."""
    base = examples.review(examples.PRICE)
    store.write(lambda tx: repositories.save(tx, examples.REPOSITORY))
    for n in range(1, 5):
        seen = replace(base.pull_request, number=n, head_sha=head(n))
        review = replace(base, id=0, subject=seen)
        store.write(lambda tx, r=review: reviews.save(tx, r))  # type: ignore[misc]
    return store


def put(store: Store, kind: str, key: str) -> None:
    store.write(lambda tx: surfaces.done(tx, kind, REPOSITORY, key, 900, "{}"))


def under_way(store: Store, kind: str, key: str, parked: bool = False) -> None:
    def work(tx: Transaction) -> None:
        job = queue.add(tx, "publish", {}, f"{kind}:{REPOSITORY}:{key}", NOW, NOW)
        if parked:
            queue.park(tx, job.id, 12, "no")

    store.write(work)


def without_check(store: Store, kind: str = CHECK, most: int = 100) -> list[str]:
    with store.read() as connection:
        return sorted(sha for _, sha in gaps.without_check(connection, kind, most))


def without_comment(store: Store) -> list[int]:
    with store.read() as connection:
        return sorted(number for _, number in gaps.without_comment(connection, 100))


def test_what_stands_or_is_in_hand_is_no_gap(opened: Store) -> None:
    put(opened, CHECK, head(1))
    put(opened, COMMENT, "1")
    for kind, key in ((CHECK, head), (COMMENT, str)):
        under_way(opened, kind, key(2))
        under_way(opened, kind, key(3), parked=True)
    assert without_check(opened) == [head(4)]
    assert without_comment(opened) == [4]


def test_what_was_begun_and_never_done_is_a_gap(opened: Store) -> None:
    opened.write(lambda tx: surfaces.begin(tx, CHECK, REPOSITORY, head(1), NOW))
    assert without_check(opened) == [head(n) for n in range(1, 5)]


def test_what_is_under_way_hides_no_gap_behind_it(opened: Store) -> None:
    for n in (1, 2, 3):
        under_way(opened, CHECK, head(n))
    assert without_check(opened, most=1) == [head(4)]


def test_a_status_that_a_check_took_the_place_of_is_no_gap(opened: Store) -> None:
    for n in (1, 2, 3):
        put(opened, STATUS, head(n))
        opened.write(lambda tx, n=n: surfaces.gone(tx, STATUS, REPOSITORY, head(n)))  # type: ignore[misc]
        put(opened, CHECK, head(n))
    assert without_check(opened, most=1) == [head(4)]


def test_with_an_app_a_status_is_no_check_and_without_one_a_check_no_status(opened: Store) -> None:
    put(opened, STATUS, head(1))
    put(opened, CHECK, head(2))
    assert without_check(opened, CHECK) == [head(1), head(3), head(4)]
    assert without_check(opened, STATUS) == [head(2), head(3), head(4)]
