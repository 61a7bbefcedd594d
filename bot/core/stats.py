"""What leadership is told: how many subjects were asked about their customers, and answered.

Every number is a row of `MEASURES`, with its definition beside what computes it. Nothing is counted
per person: the team is the smallest unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.core.columns import NONE, Array, Chosen
from bot.core.filters import bare
from bot.core.maturity import Level
from bot.core.organisation import UNMAPPED
from bot.core.tally import ELIGIBLE, Place

FEWEST = 5  # below this many eligible reviews a rate says more about chance than about a team


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in percent, to one decimal; None where `n`, what it is a share of, is below 5."""

    percent: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The middle of `n` times in hours, or what nine of ten do not exceed, to one decimal; None
    where there are none."""

    hours: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Days:
    """The middle of `n` ages in days; None where there are none."""

    days: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Middle:
    """The middle level of maturity of `n` reviews, 0 to 4; None below 5 of them."""

    level: Level | None
    n: int


Value = int | Rate | Hours | Days | Middle


class Tally:
    """Some reviews, about to be counted: what the measures are made of."""

    def __init__(self, chosen: Chosen) -> None:
        self.all = chosen
        self.places = np.bincount(chosen["spot"], minlength=len(Place) + 1)
        self.of = chosen.only(chosen.at(*ELIGIBLE)) if len(chosen) else chosen
        self.eligible = len(self.of)

    def place(self, place: Place) -> int:
        """How many are counted there."""
        return int(self.places[place.value])

    def flagged(self, flag: str) -> int:
        """How many of the eligible have that flag."""
        return int(np.count_nonzero(self.of.flag(flag)))

    def share(self, count: int | Array, n: int | None = None) -> Rate:
        """A share of the eligible, or of `n`."""
        of = self.eligible if n is None else n
        found = count if isinstance(count, int) else int(np.count_nonzero(count))
        return rate(found, of)

    def complete(self) -> Chosen:
        """Those that are complete."""
        return self.of.only(self.of["spot"] == Place.COMPLETE.value)

    def scored(self) -> Array:
        """The levels of those that are scored."""
        level: Array = self.of["level"]
        return np.compress(level != NONE, level)


def rate(count: int, n: int) -> Rate:
    """A share; hidden below n = 5."""
    return Rate(round(100 * count / n, 1) if n >= FEWEST else None, n)


def _median(seconds: Array) -> Hours:
    found = seconds[seconds != NONE]
    return Hours(round(float(np.median(found)) / 3600, 1) if len(found) else None, len(found))


def _most(seconds: Array) -> Hours:
    """What nine of ten do not exceed, by nearest rank."""
    found = seconds[seconds != NONE]
    if not len(found):
        return Hours(None, 0)
    at = -(-9 * len(found) // 10) - 1
    return Hours(round(float(np.partition(found, at)[at]) / 3600, 1), len(found))


def _age(tally: Tally) -> Days:
    ages = tally.of["age"]
    found = ages[ages != NONE]
    return Days(int(np.median(found)) if len(found) else None, len(found))


def _heard(tally: Tally) -> Rate:
    done = tally.complete()
    return tally.share(done.kind("asked", "observed"), len(done))


def _assumed(tally: Tally) -> Rate:
    done = tally.complete()
    return tally.share(~done.kind("asked", "observed", "signal"), len(done))


def _former(tally: Tally) -> Rate:
    done = tally.complete()
    return tally.share(done.flag("former"), len(done))


def _mature(tally: Tally) -> Rate:
    scored = tally.scored()
    return tally.share(scored >= Level.ORIENTED, len(scored))


def _middle(tally: Tally) -> Middle:
    scored = tally.scored()
    shown = len(scored) >= FEWEST
    return Middle(Level(int(np.median(scored))) if shown else None, len(scored))


def _minded(tally: Tally) -> Rate:
    minded = tally.of.flag("minded") & (tally.of["decided"] != NONE)
    return tally.share(minded & tally.of.flag("changed"), int(np.count_nonzero(minded)))


def _decided(tally: Tally) -> int:
    return int(np.count_nonzero(tally.of["decided"] != NONE))


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: its name for machines, its heading, what it means, and how it comes about."""

    name: str
    heading: str
    definition: str
    of: Callable[[Tally], Value]


AMONG = (
    Measure(
        "eligible",
        "Eligible",
        "Reviews whose highest tier so far, by rule or by a person's raise, is R1 or more, in any "
        "mode, open or merged. Each is in exactly one of complete, pending, waived, attested and "
        "lowered. Not among them: R0, spared, drafts, withdrawn.",
        lambda tally: tally.eligible,
    ),
    Measure(
        "complete",
        "Complete",
        "Eligible, and every required question is answered. An assumption is an answer too.",
        lambda tally: tally.place(Place.COMPLETE),
    ),
    Measure(
        "pending",
        "Pending",
        "Eligible, and a required answer is missing; open ones and merged ones.",
        lambda tally: tally.place(Place.PENDING),
    ),
    Measure(
        "waived",
        "Waived",
        "Eligible, and all that is missing was let go by a waiver that still holds, or the bot is "
        "paused there.",
        lambda tally: tally.place(Place.WAIVED),
    ),
    Measure(
        "attested",
        "Attested",
        "Eligible, and nothing is asked because somebody attested that no customer will notice, "
        "which still holds.",
        lambda tally: tally.place(Place.ATTESTED),
    ),
    Measure(
        "lowered",
        "Lowered",
        "Eligible, and nothing is asked any more for another reason: a reviewer lowered it to R0, "
        "or a later push took out what customers would have noticed.",
        lambda tally: tally.place(Place.LOWERED),
    ),
    Measure(
        "bypassed",
        "Bypassed",
        "Eligible, and merged while it was pending in mode enforce. Counted beside the others: it "
        "stays bypassed when it is answered later.",
        lambda tally: tally.flagged("bypassed"),
    ),
    Measure(
        "without_review",
        "Without review",
        "Eligible, and a proposal that was decided before its checklist was answered. Counted "
        "beside the others: it stays so when it is answered later.",
        lambda tally: tally.flagged("without_review"),
    ),
    Measure(
        "coverage",
        "Coverage",
        "Complete ÷ eligible, in percent; n is eligible. Open ones are among them, so it is lower "
        f"while work is under way. Hidden below n = {FEWEST}.",
        lambda tally: tally.share(tally.place(Place.COMPLETE)),
    ),
    Measure(
        "attested_rate",
        "Attested rate",
        f"Attested ÷ eligible, in percent; n is eligible. Hidden below n = {FEWEST}.",
        lambda tally: tally.share(tally.place(Place.ATTESTED)),
    ),
    Measure(
        "first_answer",
        "First answer, hours",
        "Hours hours by the clock, nights and weekends included, from when the bot first saw the "
        "pull request, draft or not, to the first answer. n is the eligible reviews with an "
        "answer; those that nobody answered are not in it. An answer that was there before counts "
        "as 0 hours.",
        lambda tally: _median(tally.of["first"]),
    ),
    Measure(
        "completion",
        "Complete, hours",
        "Hours hours by the clock from when the bot first saw the pull request until nothing was "
        "missing (the last time, if it opened again). n is the complete reviews; pending ones are "
        "not in it, so it looks faster than it is while many are.",
        lambda tally: _median(tally.complete()["done"]),
    ),
)
APART = (
    Measure(
        "r0",
        "R0",
        "Not eligible: no rule and no person found more than R0, nothing customers would notice.",
        lambda tally: tally.place(Place.R0),
    ),
    Measure(
        "spared",
        "Spared",
        "Not eligible: opened by a bot that is not asked at that tier, and nobody raised it.",
        lambda tally: tally.place(Place.SPARED),
    ),
    Measure(
        "drafts",
        "Drafts",
        "Not eligible yet: open drafts of which nothing is shown before they are ready.",
        lambda tally: tally.place(Place.DRAFT),
    ),
    Measure(
        "withdrawn",
        "Withdrawn",
        "Not eligible: closed without a merge, or withdrawn.",
        lambda tally: tally.place(Place.WITHDRAWN),
    ),
    Measure(
        "dismissed",
        "Not a decision",
        "Not eligible: a proposal of which somebody said that it is no decision.",
        lambda tally: tally.place(Place.DISMISSED),
    ),
)
FURTHER = (
    Measure(
        "decided",
        "Decided",
        "Eligible, and merged or decided.",
        _decided,
    ),
    Measure(
        "heard_rate",
        "Asked or watched",
        "Of the complete reviews those with a customer asked or watched, in percent; n is "
        f"complete. Hidden below n = {FEWEST}.",
        _heard,
    ),
    Measure(
        "former_rate",
        "Heard from who left",
        "Of the complete reviews those with a word of somebody who left, or did not buy, in "
        f"percent; n is complete. Hidden below n = {FEWEST}.",
        _former,
    ),
    Measure(
        "assumed_rate",
        "Assumed",
        "Of the complete reviews those in which no customer was heard in any way, in percent; n is "
        f"complete. Hidden below n = {FEWEST}.",
        _assumed,
    ),
    Measure(
        "evidence_age",
        "Evidence age, days",
        "Hours days between when a customer was heard and when it was written down, by the newest "
        "piece of each review; n is the eligible reviews with one. Without a date it counts as 0.",
        _age,
    ),
    Measure(
        "first_answer_p90",
        "First answer, hours, 9 of 10",
        "Hours within which nine of ten eligible reviews had their first answer; n as above.",
        lambda tally: _most(tally.of["first"]),
    ),
    Measure(
        "completion_p90",
        "Complete, hours, 9 of 10",
        "Hours within which nine of ten of the complete reviews were complete; n as above.",
        lambda tally: _most(tally.complete()["done"]),
    ),
    Measure(
        "mature_rate",
        "Level 3 or more",
        "Of the scored reviews those that are customer-oriented or better, in percent; n is the "
        "complete reviews that could be scored: not waived, not attested. Hidden below "
        f"n = {FEWEST}.",
        _mature,
    ),
    Measure(
        "level",
        "Middle level",
        "The median level of maturity of the scored reviews, from 0 (blind) to 4 "
        f"(customer-centric); n is the scored reviews. Hidden below n = {FEWEST}.",
        _middle,
    ),
    Measure(
        "waivers",
        "Waivers",
        "Waivers that were given on eligible reviews, of one question or of all.",
        lambda tally: int(tally.of["waivers"].sum()),
    ),
    Measure(
        "ran_out",
        "Waivers that ran out",
        "Waivers on eligible reviews whose time is up while what they let go is still missing.",
        lambda tally: int(tally.of["ran_out"].sum()),
    ),
    Measure(
        "minded",
        "Objections and conditions",
        "Eligible proposals on which a reviewer objected or consented with a condition.",
        lambda tally: tally.flagged("minded"),
    ),
    Measure(
        "changed_rate",
        "Changed our mind",
        "Of the decided proposals with an objection or a condition those that were then not simply "
        "approved: approved with conditions, rejected or withdrawn, in percent; n is those with an "
        f"objection or a condition. Hidden below n = {FEWEST}.",
        _minded,
    ),
    Measure(
        "raised",
        "Raised by people",
        "Eligible reviews of which somebody said that customers would notice more than the rules "
        "found.",
        lambda tally: tally.flagged("raised"),
    ),
    Measure(
        "lowered_by_people",
        "Lowered by people",
        "Eligible reviews that a reviewer lowered or somebody attested away, also where that does "
        "not hold any more.",
        lambda tally: tally.flagged("lowered"),
    ),
    Measure(
        "wrong",
        "Attested wrongly",
        "Attestations that a reviewer looked at and raised again.",
        lambda tally: tally.flagged("wrong"),
    ),
)
MEASURES = AMONG + FURTHER + APART  # of the eligible reviews, and what is counted apart from them
LIMITS = (
    "All of this measures the asking. Whether the answers were right, only outcomes can tell.",
    "A pull request that the bot never saw, or a decision made in conversation, is in no number.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """The values of one repository, of one team or of all, in the order of `MEASURES`.

    `team` is that of the repository, or the name again.
    """

    name: str
    team: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Stats:
    """The numbers of all reviews, of each repository and of each team, by name; unmapped last."""

    total: Line
    repositories: tuple[Line, ...]
    teams: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RanOut:
    """A waiver that ran out on a merged pull request, "owner/name#12", still not complete.

    `scope` is a question's id or `all`; `until` the last day on which it held (UTC).
    """

    pull_request: str
    url: str
    scope: str
    who: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What leadership is told: reviews opened since a day (UTC; None: all), and open debts."""

    since: date | None
    stats: Stats
    ran_out: tuple[RanOut, ...]


def stats(reviews: Chosen, place: Callable[[str], str], team_of: Callable[[str], str]) -> Stats:
    """Count the reviews; a repository or team without any is not listed. `place` and `team_of` give
    the name and the team of a place, by its key."""
    places = {_named(key, place): chosen for key, chosen in reviews.groups("place", bare).items()}
    teams = {
        name: line(name, name, chosen) for name, chosen in reviews.groups("place", team_of).items()
    }
    return Stats(
        line("all", "all", reviews),
        tuple(
            line(name, team_of(key), places[name, key])
            for name, key in sorted(places, key=lambda each: (each[0].lower(), each[1]))
        ),
        tuple(teams[name] for name in sorted(teams, key=unmapped_last)),
    )


def _named(key: str, place: Callable[[str], str]) -> tuple[str, str]:
    return place(key), key


def unmapped_last(team: str) -> tuple[bool, str]:
    """Teams by name; what no team names comes last."""
    return team == UNMAPPED, team.lower()


def line(name: str, team: str, reviews: Chosen) -> Line:
    """All values of some reviews."""
    tally = Tally(reviews)
    return Line(name, team, {measure.name: measure.of(tally) for measure in MEASURES})
