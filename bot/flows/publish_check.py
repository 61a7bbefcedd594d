"""Make the check of one commit equal to the record. Safe to run at any time, again and again."""

from __future__ import annotations

import json
from dataclasses import asdict

import structlog
from sqlalchemy import Connection

from bot.core.facts import Repository
from bot.core.review import Review
from bot.errors import Rejected
from bot.flows.look_first import creating, wait_to_show
from bot.flows.world import World
from bot.ports import CheckRun
from bot.store import merge_groups, reviews, surfaces
from bot.store.surfaces import CHECK, Surface
from bot.views.github_check import check, seed

log = structlog.get_logger()


def publish_check(world: World, repository: int, head_sha: str, force: bool = False) -> None:
    """Put the worst gate of all pull requests with that head on it.

    In a merge queue these are the members of the group. `force` writes also what already stands
    there: somebody asked for the check again, and GitHub waits for an update.
    """
    with world.store.read() as connection:
        found = _reviews(connection, repository, head_sha)
    if found:
        put_check(world, found[0].subject.repository, head_sha, check(found), force)


def _reviews(connection: Connection, repository: int, head_sha: str) -> list[Review]:
    numbers = merge_groups.numbers(connection, repository, head_sha)
    members = [reviews.load(connection, repository, number) for number in numbers]
    return [m for m in members if m] or reviews.load_by_head(connection, repository, head_sha)


def seed_check(world: World, repository: Repository) -> None:
    """Put a green check on the default branch, so that it can be made required at all.

    Never on a commit that already has a check of ours, or is the head of a pull request.
    """
    head = world.github.default_head(repository)
    if head is None:
        return
    with world.store.read() as connection:
        taken = reviews.load_by_head(connection, repository.id, head)
        stands = surfaces.load(connection, CHECK, repository.id, head)
    if not taken and stands == Surface():
        put_check(world, repository, head, seed(), False)


def put_check(
    world: World, repository: Repository, head_sha: str, run: CheckRun, force: bool
) -> None:
    """Write a check run where it differs from what we last wrote there."""
    at = (CHECK, repository.id, head_sha)
    text = json.dumps(asdict(run), sort_keys=True, ensure_ascii=False)
    with world.store.read() as connection:
        surface = surfaces.load(connection, *at)
    if surface.live == text and not force:
        return
    world.wait_for(repository.installation)
    id = surface.external_id
    if id is None and surface.begun:
        id = world.github.find_check(repository, head_sha, run)
        if id is None:
            wait_to_show(world, surface)
    if id is not None and not _update(world, repository, id, run):
        id = None
    if id is None:
        with creating(world, *at, surface):
            id = world.github.create_check(repository, head_sha, run)
    done = id
    world.store.write(lambda tx: surfaces.done(tx, *at, done, text))
    log.info(
        "check.published",
        subject=repository.full_name,
        commit=head_sha,
        conclusion=run.conclusion,
        title=run.title,
    )


def _update(world: World, repository: Repository, id: int, run: CheckRun) -> bool:
    """False where that run is gone."""
    try:
        world.github.update_check(repository, id, run)
    except Rejected as error:
        if error.status == 404:
            return False
        raise
    return True
