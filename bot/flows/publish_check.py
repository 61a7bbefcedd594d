"""Make the check of one commit equal to the record. Safe to run at any time, again and again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from bot.core.facts import PullRequest, Repository
from bot.core.pace import Rank
from bot.core.review import Review
from bot.errors import NotYet, Rejected
from bot.flows.look_first import creating, not_found, wait_to_show
from bot.flows.publish_status import close_status, put_status, still_holds
from bot.flows.world import World
from bot.ports import CheckRun, Closing
from bot.store import merge_groups, repositories, reviews, surfaces
from bot.store.surfaces import CHECK, COMMENT, STATUS, Surface
from bot.views.github_check import check, seed
from bot.views.github_status import seed_status, status

log = structlog.get_logger()


def publish_check(
    world: World, repository: int, head_sha: str, force: bool = False, anew: bool = False
) -> Closing | None:
    """Put the worst gate of all pull requests with that head on it; without an App as a status.

    In a merge queue these are the members of the group. `force` writes also what already stands
    there: somebody asked for the check again, and GitHub waits for an update. `anew` puts one of
    its own there, newer than what somebody else has put there by our name; it holds and releases
    nothing, so it leaves room for what does. Gives what to note once it is written.
    """
    try:
        return _publish(world, repository, head_sha, force, anew)
    except NotYet as error:
        if not anew:
            raise
        # It waits beside the lane: what changes the gate meanwhile must not wait behind it.
        run_at = world.clock() + timedelta(seconds=error.retry_after or 0)
        return lambda tx: world.publish_check(tx, repository, head_sha, anew=True, run_at=run_at)


def _publish(
    world: World, repository: int, head_sha: str, force: bool, anew: bool
) -> Closing | None:
    with world.store.read() as connection:
        found = reviews_on(connection, repository, head_sha)
        surface = surfaces.load(connection, CHECK, repository, head_sha)
        old = surfaces.load(connection, STATUS, repository, head_sha)
    if not found:
        return None
    subject = found[0].pull_request
    if world.by_token:
        wanted = status(found, _comment(world, subject))
        return put_status(world, subject.repository, head_sha, wanted, old, force, anew)
    run = check(found, world.pages, world.drafter is not None)
    closing = _put(
        world,
        subject.repository,
        head_sha,
        run,
        surface,
        force,
        anew,
    )
    if still_holds(old):
        if closing is not None:
            world.store.write(closing)
        return close_status(world, subject.repository, head_sha, subject.url)
    return closing


def _comment(world: World, subject: PullRequest) -> int | None:
    with world.store.read() as connection:
        at = (COMMENT, subject.repository.id, str(subject.number))
        return surfaces.load(connection, *at).external_id


def reviews_on(connection: Connection, repository: int, head_sha: str) -> list[Review]:
    """The reviews whose worst gate colours a commit: members of a merge group, or those with that
    head."""
    numbers = merge_groups.numbers(connection, repository, head_sha)
    members = [reviews.load(connection, repository, number) for number in numbers]
    return [m for m in members if m] or reviews.load_by_head(connection, repository, head_sha)


def seed_check(world: World, repository: int) -> Closing | None:
    """Put a green check on the default branch, so that it can be made required at all.

    Never on a commit that already has a check of ours, or is the head of a pull request.
    """
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is None:
        return None
    world.wait_for(known.installation)
    head = world.github.default_head(known)
    if head is None:
        return None
    with world.store.read() as connection:
        taken = reviews.load_by_head(connection, repository, head)
        kind = STATUS if world.by_token else CHECK
        stands = surfaces.load(connection, kind, repository, head)
    if taken or stands.external_id is not None:
        return None
    if world.by_token:
        return put_status(world, known, head, seed_status(), stands)
    return _put(world, known, head, seed(), stands, False)


def _put(
    world: World,
    repository: Repository,
    head_sha: str,
    run: CheckRun,
    surface: Surface,
    force: bool,
    anew: bool = False,
) -> Closing | None:
    """Write a check run where it differs from what we last wrote there.

    `anew` makes a new one; a try of that whose answer was lost is found again, not repeated.
    """
    at = (CHECK, repository.id, head_sha)
    text = json.dumps(asdict(run), sort_keys=True, ensure_ascii=False)
    if surface.live == text and not force and not anew:
        return None
    world.may_write(repository, Rank.COMMENT if anew else Rank.GATE, f"check:{head_sha}")
    id = surface.external_id
    unsent = id is None and surface.begun and world.unsent.take(*at)
    if surface.begun and (id is None or anew) and not unsent:
        id = world.github.find_check(repository, head_sha, run)
        if anew and id == surface.external_id:
            id = None  # that is the one which stands there
        if id is None:
            wait_to_show(world, surface)
    elif anew:
        id = None
    if id is not None:
        _update(world, at, repository, id, run)
    else:
        with creating(world, *at, surface, unsent):
            id = world.github.create_check(repository, head_sha, run)
    log.info(
        "check.published",
        subject=repository.full_name,
        commit=head_sha,
        conclusion=run.conclusion,
        title=run.title,
    )
    done = id
    return lambda tx: surfaces.done(tx, *at, done, text)


def _update(
    world: World, at: tuple[str, int, str], repository: Repository, id: int, run: CheckRun
) -> None:
    try:
        world.github.update_check(repository, id, run)
    except Rejected as error:
        if error.status == 404:
            raise not_found(world, *at, id) from error
        raise
