"""Make the status of one commit equal to the record: without an App it stands for the check.

Safe to run at any time: a status that is posted twice says the same twice.
"""

from __future__ import annotations

import json

import structlog

from bot.core.facts import Repository
from bot.core.pace import Rank
from bot.flows.world import World
from bot.ports import Closing, CommitStatus
from bot.store import surfaces
from bot.store.surfaces import STATUS, Surface
from bot.views.github_status import SUCCESS, moved

log = structlog.get_logger()


def put_status(
    world: World,
    repository: Repository,
    head_sha: str,
    wanted: CommitStatus,
    stands: Surface,
    force: bool = False,
    anew: bool = False,
) -> Closing | None:
    """Post a status where it differs from what we last posted there, and give what to note then.
    `force` and `anew` post it again, the one as somebody asked for it, the other below the rest.
    The link alone is not worth one of the thousand that GitHub takes."""
    at = (STATUS, repository.id, head_sha)
    text = json.dumps({"state": wanted.state, "description": wanted.description})
    if stands.live == text and not force and not anew:
        return None
    world.may_write(repository, Rank.COMMENT if anew else Rank.GATE, f"status:{head_sha}")
    id = world.github.set_status(repository, head_sha, wanted)
    log.info(
        "status.published",
        subject=repository.full_name,
        commit=head_sha,
        state=wanted.state,
        description=wanted.description,
    )
    return lambda tx: surfaces.done(tx, *at, id, text)


def still_holds(stands: Surface) -> bool:
    """Whether what the record says of a status holds a merge."""
    return stands.live is not None and json.loads(stands.live)["state"] != SUCCESS


def close_status(world: World, repository: Repository, head_sha: str, url: str) -> Closing:
    """Let through what a status of ours still holds, from before there was an App: GitHub wants the
    check and a status of its name. Gives what to note then."""
    world.may_write(repository, Rank.GATE, f"status:{head_sha}")
    world.github.set_status(repository, head_sha, moved(url))
    log.info("status.moved", subject=repository.full_name, commit=head_sha)
    return lambda tx: surfaces.gone(tx, STATUS, repository.id, head_sha)
