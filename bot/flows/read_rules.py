"""Read what GitHub's rules require, so that we can say whether the gate holds anything."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.core.enforcement import Required, enforcement, required
from bot.core.facts import Repository
from bot.core.organisation import Mode
from bot.errors import Rejected, Transient
from bot.flows.read_owners import read_codeowners
from bot.flows.world import World
from bot.store import repositories
from bot.views.github_check import NAME

OFTEN = timedelta(hours=6)  # no event tells an App that a rule changed, so it has to ask
LOOK = timedelta(hours=1)  # between two looks at what would be older than that by the next one
AT_ONCE = 20  # repositories a run, two calls each at most
BETWEEN = timedelta(minutes=10)  # runs, while there are more repositories to ask about
log = structlog.get_logger()


def read_rules(world: World, repository: int | None = None) -> None:
    """Read the rules of one repository, or of those whose rules were read longest ago.

    Where there are more than a run takes, the next run is promised. A repository that GitHub
    cannot tell us of right now is tried again, and the others do not wait for it.
    """
    if repository is not None:
        with world.store.read() as connection:
            known = repositories.load(connection, repository)
        if known is not None:
            _read(world, known)
        return
    with world.store.read() as connection:
        since = world.clock() - (OFTEN - LOOK)
        waiting = repositories.to_read(connection, since, AT_ONCE + 1)
    failed = None
    for each in waiting[:AT_ONCE]:
        try:
            _read(world, each)
        except Transient as error:
            failed = error
    if failed is not None:
        raise failed
    if waiting[AT_ONCE:]:
        then = world.clock() + BETWEEN
        world.store.write(
            lambda tx: world.jobs.enqueue(tx, "read_rules", {}, lock="read_rules", run_at=then)
        )


def _read(world: World, repository: Repository) -> None:
    world.wait_for(repository.installation)
    found, refused = Required.UNKNOWN, ""
    try:
        found = _found(world, repository)
    except Rejected as error:
        refused = str(error)
    with world.store.read() as connection:
        before, read_at = repositories.required(connection, repository.id)
    now = world.clock()
    world.store.write(lambda tx: repositories.save_required(tx, repository.id, found, now))
    if found is not before or read_at is None:
        _tell(repository, found, refused)
    read_codeowners(world, repository)


def _found(world: World, repository: Repository) -> Required:
    """Rulesets first; classic protection only where they do not require our check."""
    found = required(world.github.checks_of_rules(repository), NAME, world.app_id or None)
    if found is not Required.NO:
        return found
    return required(world.github.checks_of_protection(repository), NAME, world.app_id or None)


def _tell(repository: Repository, found: Required, refused: str) -> None:
    """One log line where the answer is another one than before."""
    told = enforcement(found, Mode.ENFORCE)
    if found in (Required.UNKNOWN, Required.OTHER):
        why = f"{told.why} ({refused})" if refused else told.why
        log.warning("rules.read", subject=repository.full_name, why=why, hint=told.step)
    else:
        log.info("rules.read", subject=repository.full_name, required=str(found), why=told.why)
