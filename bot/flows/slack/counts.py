"""The numbers of a team for Slack: the same as everywhere, counted every few minutes."""

from __future__ import annotations

from datetime import timedelta

from bot.core.stats import Line, Stats, stats
from bot.flows.world import World
from bot.store import proposal_subjects, reports

PERIOD = timedelta(weeks=12)


def team_line(world: World, team: str) -> Line:
    """The numbers of one team over twelve weeks; of all where it has none."""
    found = world.counts.get("stats", lambda: _count(world))
    return next((line for line in found.teams if line.name == team), found.total)


def _count(world: World) -> Stats:
    since = world.clock() - PERIOD
    with world.store.read() as connection:
        rows = reports.counted(connection, since)
        return stats(rows, world.catalog.organisation.team_of_place)


def team_of(world: World, channel: str) -> str:
    """The team that a channel belongs to."""
    with world.store.read() as connection:
        found = proposal_subjects.channel(connection, channel)
    name = found[0].name if found else ""
    return world.catalog.organisation.team_of_channel(channel, name)
