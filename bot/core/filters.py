"""Which reviews are looked at: every page, file and command narrows in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.core.columns import Chosen, moment
from bot.core.organisation import Organisation
from bot.core.tier import Tier

Source = Literal["", "github", "slack"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Only reviews that were opened from `since` on and before `until` (days, UTC), and of just
    this team, repository or channel ("#pricing"), source, highest tier, overlay and affected
    segment. What is empty or None narrows nothing."""

    since: date | None = None
    until: date | None = None
    team: str = ""
    place: str = ""
    source: Source = ""
    tier: Tier | None = None
    overlay: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A repository or channel: its name, "owner/name" or "#pricing", and whether not everybody may
    see what is said there."""

    name: str
    private: bool = True
    teams: tuple[str, ...] = ()  # on GitHub, whose repository it is


Places = Callable[[str], Where]  # what the key of a row's place stands for


def bare(key: str) -> str:
    """The key of a place alone: that of a row may name, behind it, whose the changed files are."""
    return key.partition(" ")[0]


def team_of(organisation: Organisation, places: Places) -> Callable[[str], str]:
    """The team of a row, by the key of its place: that of its files, else of the place itself."""
    names = {team.name for team in organisation.teams}

    def of(key: str) -> str:
        place, _, owner = key.partition(" ")
        where = places(place)
        if owner in names:
            return owner
        if where.name.startswith("#"):
            id = place[1:] if place.startswith("c") else ""
            return organisation.team_of_channel(id, where.name[1:])
        return organisation.team_of(where.name, where.teams)

    return of


def narrowed(chosen: Chosen, by: Filter, places: Places, teams: Callable[[str], str]) -> Chosen:
    """The rows that a filter lets through."""
    if by.since:
        chosen = chosen.only(chosen["opened"] >= moment(by.since))
    if by.until:
        chosen = chosen.only(chosen["opened"] < moment(by.until))
    if by.tier is not None:
        chosen = chosen.only(chosen["tier"] == int(by.tier))
    if by.source:
        first = {"github": "r", "slack": "c"}[by.source]
        chosen = chosen.only(chosen.where("place", lambda key: key.startswith(first)))
    if by.place:
        wanted = by.place.lower()
        chosen = chosen.only(chosen.where("place", lambda key: places(key).name.lower() == wanted))
    if by.team:
        wanted_team = by.team.lower()
        chosen = chosen.only(chosen.where("place", lambda key: teams(key).lower() == wanted_team))
    if by.overlay:
        chosen = chosen.only(chosen.having("overlays", by.overlay))
    if by.segment:
        chosen = chosen.only(chosen.having("affected", by.segment))
    return chosen
