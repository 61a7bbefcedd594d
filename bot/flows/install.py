"""The App was installed: every open pull request gets its check, at a gentle pace."""

from __future__ import annotations

from datetime import timedelta

from bot.core.facts import Installed
from bot.flows.publish_check import seed_check
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import installations, repositories

BETWEEN = timedelta(seconds=2)  # two writes a pull request: far below GitHub's 80 a minute


def install(world: World, fact: Installed) -> None:
    """Note the installation and visit its repositories one after the other."""
    removed = world.clock() if fact.removed else None
    gap = BETWEEN if world.paced else timedelta()

    def work(tx: Transaction) -> None:
        installations.save(tx, fact.installation, fact.account, removed)
        for index, name in enumerate(fact.repositories):
            args = {"installation": fact.installation, "full_name": name}
            run_at = world.clock() + index * gap
            world.jobs.enqueue(tx, "adopt_repository", args, run_at=run_at)

    world.store.write(work)


def adopt_repository(world: World, installation: int, full_name: str) -> None:
    """Seed the check on the default branch and look at every open pull request."""
    world.wait_for(installation)
    repository = world.github.repository(installation, full_name)
    world.store.write(lambda tx: repositories.save(tx, repository))
    seed_check(world, repository)
    pulls = world.github.open_pull_requests(repository)
    gap = BETWEEN if world.paced else timedelta()

    def work(tx: Transaction) -> None:
        for index, pull in enumerate(pulls):
            args = {"repository": repository.id, "number": pull.number}
            lock, run_at = f"pr:{repository.id}:{pull.number}", world.clock() + index * gap
            world.jobs.enqueue(tx, "visit_pull_request", args, lock=lock, run_at=run_at)

    world.store.write(work)


def visit_pull_request(world: World, repository: int, number: int) -> None:
    """Look at one open pull request, as if it had just been opened."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is not None:
        sync_pull_request(world, known, number, None)
