"""A merge queue asks about a group: answer from the record, for every member."""

from __future__ import annotations

from bot.core.facts import MergeGroup
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import merge_groups, reviews


def answer_merge_group(world: World, group: MergeGroup) -> None:
    """Put the worst gate of all members on the group's commit, as it stands now.

    A member that was never seen is looked at first.
    """
    repository = group.repository
    world.store.write(lambda tx: merge_groups.save(tx, group, world.clock()))
    with world.store.read() as connection:
        numbers = merge_groups.numbers(connection, repository.id, group.head_sha)
        unseen = [n for n in numbers if reviews.load(connection, repository.id, n) is None]
    for number in unseen:
        sync_pull_request(world, repository, number, None)

    def work(tx: Transaction) -> None:
        world.publish_check(tx, repository.id, group.head_sha)
        for head in merge_groups.built_on(tx.connection, repository.id, group.head_sha):
            world.publish_check(tx, repository.id, head)

    world.store.write(work)
