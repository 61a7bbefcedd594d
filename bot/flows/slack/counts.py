"""The numbers of a team for Slack: the same as everywhere."""

from __future__ import annotations

from datetime import timedelta

from bot.core.filters import Filter
from bot.core.stats import Line
from bot.flows.world import World
from bot.store import proposal_subjects

PERIOD = timedelta(weeks=12)


def team_line(world: World, team: str) -> Line:
    """The numbers of one team over twelve weeks; of all where it has none."""
    by = Filter(since=(world.clock() - PERIOD).date())
    found = world.counting.get(("stats", by), lambda figures: figures.stats(by))
    return next((line for line in found.teams if line.name == team), found.total)


def team_of(world: World, channel: str) -> str:
    """The team that a channel belongs to."""
    with world.store.read() as connection:
        found = proposal_subjects.channel(connection, channel)
    name = found[0].name if found else ""
    return world.catalog.organisation.team_of_channel(channel, name)
