"""Merge groups: what is known of a queue when something changes in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.facts import MergeGroup
from bot.store import merge_groups
from bot.store.engine import open_engine
from bot.store.schema import migrate
from bot.store.store import Store
from tests.examples import NOW, REPOSITORY

# main <- a (12) <- b (13) <- c (14), and beside them d (15) on main
QUEUE = {"a": ("main", 12), "b": ("a", 13), "c": ("b", 14), "d": ("main", 15)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/record.db"
    migrate(url)
    store = Store(open_engine(url))
    for head in ("c", "b", "a", "d"):  # heard of in any order
        group = MergeGroup(REPOSITORY, head, *QUEUE[head])
        store.write(lambda tx, g=group: merge_groups.save(tx, g, NOW))  # type: ignore[misc]
    yield store
    store.close()


@pytest.mark.parametrize(("head", "numbers"), [("a", [12]), ("c", [14, 13, 12]), ("main", [])])
def test_a_group_holds_its_own_and_those_it_is_built_on(
    store: Store, head: str, numbers: list[int]
) -> None:
    with store.read() as connection:
        assert merge_groups.numbers(connection, REPOSITORY.id, head) == numbers


@pytest.mark.parametrize(
    ("number", "heads"), [(12, ["a", "b", "c"]), (14, ["c"]), (15, ["d"]), (16, [])]
)
def test_an_answer_concerns_every_group_that_holds_its_pull_request(
    store: Store, number: int, heads: list[str]
) -> None:
    with store.read() as connection:
        assert merge_groups.heads_with(connection, REPOSITORY.id, number) == heads


def test_groups_that_stand_on_each_other_in_a_ring_come_to_an_end(store: Store) -> None:
    ring = MergeGroup(REPOSITORY, "a", "c", 12)
    store.write(lambda tx: merge_groups.save(tx, ring, NOW))
    with store.read() as connection:
        assert set(merge_groups.built_on(connection, REPOSITORY.id, "a")) == {"a", "b", "c"}
