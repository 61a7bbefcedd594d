"""Housekeeping: what has served its purpose goes."""

from __future__ import annotations

from bot.flows.world import World
from bot.store import drafts, inbox, throttle, voice_file


def tidy(world: World) -> None:
    """Drop the bodies of deliveries older than a week; their ids stay, so that copies are known.
    And the times of writes that GitHub does not count any more, and what customers said once the
    day is over until which it was to be kept."""
    now = world.clock()
    world.store.write(lambda tx: throttle.forget_writes(tx, now))
    while world.store.write(lambda tx: inbox.forget_bodies(tx, now)):
        pass
    world.store.write(lambda tx: drafts.forget(tx, now))
    while world.store.write(lambda tx: voice_file.drop_over(tx, now.date())):
        pass
