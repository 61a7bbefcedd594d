"""Where a proposal stands: who may read there, as Slack said last."""

from __future__ import annotations

from datetime import timedelta

from bot.core.proposal import Channel
from bot.flows.world import World
from bot.store import proposal_subjects

BELIEVED = timedelta(hours=1)


def seen_channel(world: World, id: str, team: str) -> Channel:
    """A channel as it is now, or was within the hour. Raises Refused where we are not let in."""
    now = world.clock()
    with world.store.read() as connection:
        known = proposal_subjects.channel(connection, id)
    if known is not None and known[1] is not None and now - known[1] < BELIEVED:
        return known[0]
    found = world.slack.channel(id, team)
    world.store.write(lambda tx: proposal_subjects.see_channel(tx, found, now))
    return found
