"""The App was installed: every open pull request gets its check, at a gentle pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.facts import Installed
from bot.flows.publish_check import seed_check
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import installations, repositories

BETWEEN = timedelta(seconds=15)  # at most two writes a visit: below GitHub's 500 an hour


def install(world: World, fact: Installed) -> None:
    """Note the installation and visit its repositories one after the other."""
    removed = world.clock() if fact.removed else None

    def work(tx: Transaction) -> None:
        installations.save(tx, fact.installation, fact.account, removed)
        if fact.repositories:
            _adopt(world, tx, fact.installation, fact.repositories, world.clock())

    world.store.write(work)


def adopt_repositories(world: World, installation: int, full_names: Sequence[str]) -> None:
    """Look at the first repository, and at the others when its visits are through.

    Its default branch gets a check that a ruleset can name, each open pull request is visited.
    """
    world.wait_for(installation)
    repository = world.github.repository(installation, full_names[0])
    pulls = world.github.open_pull_requests(repository)
    # Pull requests first: the newest commit of the default branch may be the head of one.
    gap = BETWEEN if world.paced else timedelta()
    start = world.clock()

    def work(tx: Transaction) -> None:
        repositories.save(tx, repository)
        for index, pull in enumerate(pulls):
            args = {"repository": repository.id, "number": pull.number}
            lock = f"pr:{repository.id}:{pull.number}"
            run_at = start + index * gap
            world.jobs.enqueue(tx, "visit_pull_request", args, lock=lock, run_at=run_at)
        if full_names[1:]:
            _adopt(world, tx, installation, full_names[1:], start + max(1, len(pulls)) * gap)

    world.store.write(work)
    if repository.default_branch not in {pull.branch for pull in pulls}:
        seed_check(world, repository)


def _adopt(
    world: World, tx: Transaction, installation: int, names: Sequence[str], run_at: datetime
) -> None:
    args = {"installation": installation, "full_names": list(names)}
    world.jobs.enqueue(tx, "adopt_repositories", args, run_at=run_at)


def visit_pull_request(world: World, repository: int, number: int) -> None:
    """Look at one open pull request, as if it had just been opened."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is not None:
        sync_pull_request(world, known, number, None)
