"""Show somebody that their command was seen, and that it was done."""

from __future__ import annotations

from bot.core.pace import Rank
from bot.errors import Rejected
from bot.flows.world import World
from bot.store import repositories

SEEN, DONE = "eyes", "rocket"  # GitHub has no check mark among its reactions


def react(world: World, repository: int, number: int, comment: int, how: str) -> None:
    """Put a reaction below a comment; nothing is lost where the comment is gone by now."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is None:
        return
    world.may_write(known, Rank.COURTESY, f"{how}:{comment}")
    try:
        world.github.react(known, number, comment, how)
    except Rejected as error:
        if error.status not in (404, 410):
            raise
