"""GitHub wants to be left alone: a sweep ends, and comes again by itself."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.errors import Transient
from bot.flows.world import World
from bot.store import throttle

log = structlog.get_logger()


def rest(world: World, error: Transient) -> None:
    """Note how long GitHub asked us to wait, for all who ask it."""
    log.info("sweep.cut_short", error=str(error))
    wait, key = error.retry_after, error.throttle
    if wait is not None and key is not None:
        until = world.clock() + timedelta(seconds=wait)
        world.store.write(lambda tx: throttle.block(tx, key, until))
