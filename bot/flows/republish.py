"""A repository was made public, or private again: what its comments show follows."""

from __future__ import annotations

from bot.core.facts import Repository
from bot.flows.install import pace
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import repositories, reviews


def visibility_changed(world: World, repository: Repository) -> None:
    """Ask GitHub what the repository is now, for events may come in any order, and promise a new
    look at every comment of ours there."""
    world.wait_for(repository.installation)
    found = world.github.repository(repository.installation, repository.full_name)

    def work(tx: Transaction) -> None:
        repositories.save(tx, found)
        world.jobs.enqueue(tx, "republish", {"repository": found.id})

    world.store.write(work)


def republish(world: World, repository: int) -> None:
    """Have each comment there written as the repository's visibility wants it, newest first."""
    with world.store.read() as connection:
        if repositories.load(connection, repository) is None:
            return
        numbers = reviews.with_comment(connection, repository)
    now = world.clock()

    def work(tx: Transaction) -> None:
        for index, number in enumerate(numbers):
            world.publish_comment(tx, repository, number, now + pace(index, world.paced))

    world.store.write(work)
