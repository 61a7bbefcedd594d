"""At a start: what GitHub counts against us goes on counting."""

from __future__ import annotations

from bot.flows.world import World
from bot.store import throttle


def recall(world: World) -> None:
    """Go on with the writes of the last hour, and with the rest that GitHub asked for."""
    now = world.clock()
    with world.store.read() as connection:
        writes, blocked = throttle.writes(connection, now), throttle.blocked(connection)
    for installation in writes.keys() | blocked.keys():
        ages = [max(0.0, (now - at).total_seconds()) for at in writes.get(installation, ())]
        rest = (blocked[installation] - now).total_seconds() if installation in blocked else 0.0
        world.pacer.remember(installation, ages, rest)
