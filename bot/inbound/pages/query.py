"""A filter as it stands in an address, and as a form offers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import AfterValidator

from bot.core.checklist import OVERLAYS
from bot.core.filters import Filter, bare
from bot.core.organisation import Organisation
from bot.core.overview import PERIOD
from bot.core.tier import Tier
from bot.flows.figures import Figures

PERIODS = (("4w", 4), ("12w", 12), ("26w", 26), ("52w", 52))


def _since(text: str) -> str:
    if text in ("", "all") or text in dict(PERIODS):
        return text
    date.fromisoformat(text)
    return text


Since = Annotated[
    str,
    AfterValidator(_since),
    Query(
        max_length=10,
        description="A day (UTC), `4w`, `12w`, `26w` or `52w` ago, or `all`; twelve weeks unless "
        "given.",
    ),
]
Name = Annotated[str, Query(max_length=250)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for. `since` is as it was written."""

    since: str
    until: date | None
    team: str
    place: str
    source: Literal["", "github", "slack"]
    tier: Literal["", "R0", "R1", "R2", "R3"]
    overlay: str
    segment: str

    def filter(self, today: date) -> Filter:
        """The same as a filter, on that day."""
        return Filter(
            since=_day(self.since, today),
            until=self.until,
            team=self.team,
            place=self.place,
            source=self.source,
            tier=Tier[self.tier] if self.tier else None,
            overlay=self.overlay,
            segment=self.segment,
        )


def _day(since: str, today: date) -> date | None:
    if since == "all":
        return None
    if since in dict(PERIODS):
        return today - timedelta(weeks=dict(PERIODS)[since])
    return date.fromisoformat(since) if since else today - PERIOD


def wanted(
    since: Since = "",
    until: Annotated[
        date | None, Query(description="Only reviews that were opened before that day (UTC).")
    ] = None,
    team: Name = "",
    place: Annotated[
        str, Query(max_length=250, description="A repository, `owner/name`, or `#channel`.")
    ] = "",
    source: Literal["", "github", "slack"] = "",
    tier: Annotated[
        Literal["", "R0", "R1", "R2", "R3"], Query(description="The highest tier so far.")
    ] = "",
    overlay: Annotated[str, Query(max_length=60)] = "",
    segment: Annotated[
        str, Query(max_length=60, description="A group of customers that is affected.")
    ] = "",
) -> Wanted:
    """The filter in an address."""
    return Wanted(since, until, team, place, source, tier, overlay, segment)


Narrow = Annotated[Wanted, Depends(wanted)]


@dataclass(frozen=True, slots=True)
class Choose:
    """One field of the form: its label, what can be chosen, what is."""

    label: str
    name: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The form. `narrowed`: something is chosen."""

    since: str
    periods: tuple[tuple[str, str], ...]
    fields: tuple[Choose, ...]
    narrowed: bool


def form(
    wanted: Wanted, figures: Figures, organisation: Organisation, allowed: Callable[[str], bool]
) -> FilterForm:
    """The form with what is chosen now, and all that is there to choose. `allowed` says whether who
    asks may see a place, by its key: names of private ones say something, too."""
    keys = figures.reviews.of.texts["place"].known
    places = sorted({figures.name(key) for key in keys if allowed(bare(key))}, key=str.lower)
    teams = sorted({figures.team(key) for key in keys}, key=str.lower)
    segments = {option.id: option.label for option in organisation.segments}
    fields = (
        _choose("Team", "team", teams, wanted.team),
        _choose("Where", "place", places, wanted.place),
        _choose("From", "source", {"github": "GitHub", "slack": "Slack"}, wanted.source),
        _choose("Tier", "tier", ("R1", "R2", "R3"), wanted.tier),
        _choose("Kind", "overlay", OVERLAYS, wanted.overlay),
        _choose("Customers", "segment", segments, wanted.segment),
    )
    since = wanted.since or "12w"
    periods = [(name, f"{weeks} weeks") for name, weeks in PERIODS] + [("all", "all time")]
    if since not in dict(periods):
        periods.insert(0, (since, f"since {since}"))
    narrowed = bool(wanted.until or wanted.since) or any(field.value for field in fields)
    return FilterForm(since, tuple(periods), fields, narrowed)


def _choose(
    label: str, name: str, options: Iterable[str] | Mapping[str, str], value: str
) -> Choose:
    named = options if isinstance(options, Mapping) else {each: each for each in options}
    known = {value: value} if value and value not in named else {}
    return Choose(label, name, tuple((known | dict(named)).items()), value)
