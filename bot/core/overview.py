"""The page for leadership as values: how it went, since when, in which teams, for which customers.

Everything is counted from the same rows by the same measures as on every other surface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

import numpy as np

from bot.core.columns import NONE, Array, Chosen, mondays, weeks
from bot.core.filters import Filter
from bot.core.maturity import Level
from bot.core.stats import FEWEST, Line, Rate, line, rate, unmapped_last
from bot.core.tally import ELIGIBLE, Place

PERIOD = timedelta(weeks=12)
TREND = 12  # weeks over which the median runs
LONGEST = 157  # weeks in a chart: three years
HALF = 50.0


@dataclass(frozen=True, slots=True)
class Week:
    """One week, by its Monday: how many reviews were opened that customers might notice, and of how
    many percent the answers were complete, a customer was asked or watched. None below 5, save for
    `trend`, the median of the last twelve weeks' coverage that are not hidden."""

    monday: date
    eligible: int
    coverage: float | None
    heard: float | None
    mature: float | None
    trend: float | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team: the share of its scored reviews at level 3 or more, and of its complete ones with a
    customer asked or watched. `asks` is whether at least half of the scored are at level 3 or more;
    None where there are too few to say."""

    name: str
    eligible: int
    mature: Rate
    heard: Rate
    asks: bool | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of customers: how many reviews name it as affected, and how many heard from it."""

    name: str
    affected: int
    heard: int


@dataclass(frozen=True, slots=True)
class Overview:
    """One look at the company, or at a part of it. `before` is the period of the same length before
    this one; None where all time is looked at. `levels` count scored reviews, from blind to
    customer-centric. `breadth` is the share of teams that ask, of those with enough to say."""

    by: Filter
    now: Line
    before: Line | None
    weeks: tuple[Week, ...]
    teams: tuple[TeamLine, ...]
    breadth: Rate
    segments: tuple[Segment, ...]
    levels: tuple[int, ...]
    facing: Rate
    inward: Rate
    changed: tuple[int, ...]
    let_go: tuple[int, ...]


def overview(
    within: Callable[[Filter], Chosen], by: Filter, team_of: Callable[[str], str], today: date
) -> Overview:
    """The page of these reviews. `within` gives those that a filter lets through."""
    chosen = within(by)
    of = chosen.only(chosen.at(*ELIGIBLE)) if len(chosen) else chosen
    teams = _teams(of, team_of)
    said = [team for team in teams if team.asks is not None]
    asking = sum(bool(team.asks) for team in said)
    level = of["level"]
    return Overview(
        by=by,
        now=line("all", "all", chosen),
        before=_before(within, by, today),
        weeks=_weeks(of, by, today),
        teams=teams,
        breadth=Rate(round(100 * asking / len(said), 1) if said else None, len(said)),
        segments=_segments(of),
        levels=tuple(int(n) for n in np.bincount(level[level != NONE], minlength=len(Level))),
        facing=_mature(of.only(of.flag("customer_facing"))),
        inward=_mature(of.only(~of.flag("customer_facing"))),
        changed=tuple(of.only(of.flag("changed")).ids(5)),
        let_go=tuple(of.only(_open_debt(of)).ids(5)),
    )


def _open_debt(of: Chosen) -> Array:
    debt: Array = of.flag("bypassed") | of.flag("without_review") | (of["ran_out"] > 0)
    return debt | of.at(Place.WAIVED)


def _before(within: Callable[[Filter], Chosen], by: Filter, today: date) -> Line | None:
    if by.since is None:
        return None
    end = by.until or today + timedelta(days=1)
    earlier = replace(by, since=by.since - (end - by.since), until=by.since)
    return line("before", "before", within(earlier))


def _mature(of: Chosen) -> Rate:
    level = of["level"]
    scored = level[level != NONE]
    return rate(int(np.count_nonzero(scored >= Level.ORIENTED)), len(scored))


def _teams(of: Chosen, team_of: Callable[[str], str]) -> tuple[TeamLine, ...]:
    groups = of.groups("place", team_of)
    return tuple(_team(name, groups[name]) for name in sorted(groups, key=unmapped_last))


def _team(name: str, of: Chosen) -> TeamLine:
    mature = _mature(of)
    done = of.only(of.at(Place.COMPLETE))
    heard = rate(int(np.count_nonzero(done.kind("asked", "observed"))), len(done))
    asks = None if mature.percent is None else mature.percent >= HALF
    return TeamLine(name, len(of), mature, heard, asks)


def _segments(of: Chosen) -> tuple[Segment, ...]:
    affected, heard = of.words("affected"), of.words("heard")
    names = sorted(affected | heard, key=lambda name: (-affected.get(name, 0), name))
    return tuple(Segment(name, affected.get(name, 0), heard.get(name, 0)) for name in names)


def _weeks(of: Chosen, by: Filter, today: date) -> tuple[Week, ...]:
    until = (by.until - timedelta(days=1)) if by.until else today
    since = by.since or _first(of, today)
    days = weeks(since, max(until, since))[-LONGEST:]
    if not days:
        return ()
    at, count = mondays(of, days[0], len(days)), len(days)
    done = of.at(Place.COMPLETE)
    scored = of["level"] != NONE
    n = _sums(at, None, count)
    complete, scores = _sums(at, done, count), _sums(at, scored, count)
    heard = _sums(at, done & of.kind("asked", "observed"), count)
    mature = _sums(at, scored & (of["level"] >= Level.ORIENTED), count)
    coverage = [_share(a, b) for a, b in zip(complete, n, strict=True)]
    return tuple(
        Week(
            day,
            n[i],
            coverage[i],
            _share(heard[i], complete[i]),
            _share(mature[i], scores[i]),
            _trend(coverage[max(0, i + 1 - TREND) : i + 1]),
        )
        for i, day in enumerate(days)
    )


def _first(of: Chosen, today: date) -> date:
    if not len(of):
        return today - PERIOD
    return date(1970, 1, 1) + timedelta(days=int(of["opened"].min()) // 86_400)


def _sums(at: Array, mask: Array | None, count: int) -> list[int]:
    found = np.bincount(at if mask is None else at[mask], minlength=count + 1)
    return [int(each) for each in found[:count]]


def _share(count: int, n: int) -> float | None:
    return round(100 * count / n, 1) if n >= FEWEST else None


def _trend(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return round(median(known), 1) if known else None
