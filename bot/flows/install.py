"""The App was installed: every open pull request gets its check, at a gentle pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.facts import Installed
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Closing, Transaction
from bot.store import installations, repositories

# A visit writes twice at most; GitHub takes 80 writes a minute and 500 an hour, people's included.
QUICK = 10  # visits that come right after each other, so that a small repository need not wait
BETWEEN_QUICK = timedelta(seconds=2)
BETWEEN = timedelta(seconds=16)


def pace(index: int, paced: bool) -> timedelta:
    """How long the visit with that index waits after the first one."""
    if not paced:
        return timedelta()
    return min(index, QUICK) * BETWEEN_QUICK + max(0, index - QUICK) * BETWEEN


def install(world: World, fact: Installed) -> None:
    """Note the installation and visit its repositories one after the other."""
    removed = world.clock() if fact.removed else None

    def work(tx: Transaction) -> None:
        installations.save(tx, fact.installation, fact.account, removed)
        if fact.repositories:
            adopt(world, tx, fact.installation, fact.repositories, 0, world.clock())

    world.store.write(work)


def adopt_repositories(
    world: World, installation: int, full_names: Sequence[str], visited: int
) -> Closing:
    """Look at the first repository, and at the others when its visits are through.

    Its default branch gets a check that a ruleset can name, each open pull request is visited.
    `visited` counts what was planned for the repositories before. Gives the plan, made once.
    """
    world.wait_for(installation)
    repository = world.github.repository(installation, full_names[0])
    pulls = world.github.open_pull_requests(repository)
    start = world.clock()

    def work(tx: Transaction) -> None:
        repositories.save(tx, repository)
        args = {"repository": repository.id}
        world.jobs.enqueue(tx, "read_rules", args, lock=f"rules:{repository.id}")
        if repository.default_branch not in {pull.branch for pull in pulls}:
            world.jobs.enqueue(tx, "seed_check", args, lock=f"seed:{repository.id}")
        for index, pull in enumerate(pulls):
            run_at = start + pace(visited + index, world.pacer.on) - pace(visited, world.pacer.on)
            world.visit(tx, repository.id, pull.number, run_at)
        if full_names[1:]:
            planned = visited + max(1, len(pulls))
            then = start + pace(planned, world.pacer.on) - pace(visited, world.pacer.on)
            adopt(world, tx, installation, full_names[1:], planned, then)
        else:
            world.jobs.enqueue(tx, "read_owners", {}, lock="read_owners")

    return work


def adopt(
    world: World,
    tx: Transaction,
    installation: int,
    names: Sequence[str],
    visited: int,
    run_at: datetime,
) -> None:
    """Have these repositories ("owner/name") looked at, one after the other."""
    args = {"installation": installation, "full_names": list(names), "visited": visited}
    world.jobs.enqueue(tx, "adopt_repositories", args, run_at=run_at)


def visit_pull_request(world: World, repository: int, number: int) -> None:
    """Look at one open pull request, as if it had just been opened."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is not None:
        sync_pull_request(world, known, number, None)
