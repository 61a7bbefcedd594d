"""Make the status of one commit equal to the record: without an App it stands for the check.

Safe to run at any time: a status that is posted twice says the same twice.
"""

from __future__ import annotations

import json

import structlog

from bot.core.facts import Repository
from bot.flows.world import World
from bot.ports import CommitStatus
from bot.store import surfaces
from bot.store.surfaces import STATUS, Surface
from bot.views.github_status import SUCCESS, moved

log = structlog.get_logger()


def put_status(
    world: World, repository: Repository, head_sha: str, wanted: CommitStatus, force: bool = False
) -> None:
    """Post a status where it differs from what we last posted there. The link alone is not worth
    one of the thousand that GitHub takes."""
    at = (STATUS, repository.id, head_sha)
    text = json.dumps({"state": wanted.state, "description": wanted.description})
    with world.store.read() as connection:
        stands = surfaces.load(connection, *at)
    if stands.live == text and not force:
        return
    world.wait_for(repository.installation)
    id = world.github.set_status(repository, head_sha, wanted)
    world.store.write(lambda tx: surfaces.done(tx, *at, id, text))
    log.info(
        "status.published",
        subject=repository.full_name,
        commit=head_sha,
        state=wanted.state,
        description=wanted.description,
    )


def close_status(
    world: World, repository: Repository, head_sha: str, url: str, stands: Surface
) -> None:
    """Let through what a status of ours still holds, from before there was an App: GitHub wants the
    check and a status of its name. `stands` is what the record says of that status."""
    if stands.live is None or json.loads(stands.live)["state"] == SUCCESS:
        return
    world.wait_for(repository.installation)
    world.github.set_status(repository, head_sha, moved(url))
    world.store.write(lambda tx: surfaces.gone(tx, STATUS, repository.id, head_sha))
    log.info("status.moved", subject=repository.full_name, commit=head_sha)
