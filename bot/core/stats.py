"""What leadership is told: how many subjects were asked about their customers, and answered.

Every number is a row of `MEASURES`, with its definition beside what computes it. Nothing is counted
per person: the team is the smallest unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from bot.core.organisation import UNMAPPED
from bot.core.tally import Counted, Place, Tally

FEWEST = 5  # below this many eligible reviews a rate says more about chance than about a team


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in percent, to one decimal; None where `n`, what it is a share of, is below 5."""

    percent: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of `n` times in hours, to one decimal; None where there are none."""

    hours: float | None
    n: int


Value = int | Rate | Median


def _rate(tally: Tally, what: Place) -> Rate:
    n = tally.eligible
    return Rate(round(100 * tally.places[what] / n, 1) if n >= FEWEST else None, n)


def _median(hours: list[float]) -> Median:
    return Median(round(median(hours), 1) if hours else None, len(hours))


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
        lambda tally: tally.places[Place.COMPLETE],
    ),
    Measure(
        "pending",
        "Pending",
        "Eligible, and a required answer is missing; open ones and merged ones.",
        lambda tally: tally.places[Place.PENDING],
    ),
    Measure(
        "waived",
        "Waived",
        "Eligible, and all that is missing was let go by a waiver that still holds, or the bot is "
        "paused there.",
        lambda tally: tally.places[Place.WAIVED],
    ),
    Measure(
        "attested",
        "Attested",
        "Eligible, and nothing is asked because somebody attested that no customer will notice, "
        "which still holds.",
        lambda tally: tally.places[Place.ATTESTED],
    ),
    Measure(
        "lowered",
        "Lowered",
        "Eligible, and nothing is asked any more for another reason: a reviewer lowered it to R0, "
        "or a later push took out what customers would have noticed.",
        lambda tally: tally.places[Place.LOWERED],
    ),
    Measure(
        "bypassed",
        "Bypassed",
        "Eligible, and merged while it was pending in mode enforce. Counted beside the others: it "
        "stays bypassed when it is answered later.",
        lambda tally: tally.bypassed,
    ),
    Measure(
        "without_review",
        "Without review",
        "Eligible, and a proposal that was decided before its checklist was answered. Counted "
        "beside the others: it stays so when it is answered later.",
        lambda tally: tally.without_review,
    ),
    Measure(
        "coverage",
        "Coverage",
        "Complete ÷ eligible, in percent; n is eligible. Open ones are among them, so it is lower "
        f"while work is under way. Hidden below n = {FEWEST}.",
        lambda tally: _rate(tally, Place.COMPLETE),
    ),
    Measure(
        "attested_rate",
        "Attested rate",
        f"Attested ÷ eligible, in percent; n is eligible. Hidden below n = {FEWEST}.",
        lambda tally: _rate(tally, Place.ATTESTED),
    ),
    Measure(
        "first_answer",
        "First answer, hours",
        "Median hours by the clock, nights and weekends included, from when the bot first saw the "
        "pull request, draft or not, to the first answer. n is the eligible reviews with an "
        "answer; those that nobody answered are not in it. An answer that was there before counts "
        "as 0 hours.",
        lambda tally: _median(tally.to_first_answer),
    ),
    Measure(
        "completion",
        "Complete, hours",
        "Median hours by the clock from when the bot first saw the pull request until nothing was "
        "missing (the last time, if it opened again). n is the complete reviews; pending ones are "
        "not in it, so it looks faster than it is while many are.",
        lambda tally: _median(tally.to_complete),
    ),
)
APART = (
    Measure(
        "r0",
        "R0",
        "Not eligible: no rule and no person found more than R0, nothing customers would notice.",
        lambda tally: tally.places[Place.R0],
    ),
    Measure(
        "spared",
        "Spared",
        "Not eligible: opened by a bot that is not asked at that tier, and nobody raised it.",
        lambda tally: tally.places[Place.SPARED],
    ),
    Measure(
        "drafts",
        "Drafts",
        "Not eligible yet: open drafts of which nothing is shown before they are ready.",
        lambda tally: tally.places[Place.DRAFT],
    ),
    Measure(
        "withdrawn",
        "Withdrawn",
        "Not eligible: closed without a merge, or withdrawn.",
        lambda tally: tally.places[Place.WITHDRAWN],
    ),
    Measure(
        "dismissed",
        "Not a decision",
        "Not eligible: a proposal of which somebody said that it is no decision.",
        lambda tally: tally.places[Place.DISMISSED],
    ),
)
MEASURES = AMONG + APART  # of the eligible reviews, and what is counted apart from them
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


def stats(reviews: Iterable[Counted], team_of: Callable[[str], str]) -> Stats:
    """Count the reviews; a repository or team without any is not listed."""
    repositories: dict[str, Tally] = {}
    for review in reviews:
        repositories.setdefault(review.repository, Tally()).count(review)
    teams: dict[str, Tally] = {}
    total = Tally()
    for name, tally in repositories.items():
        teams.setdefault(team_of(name), Tally()).add(tally)
        total.add(tally)
    return Stats(
        _line("all", "all", total),
        tuple(_line(n, team_of(n), repositories[n]) for n in sorted(repositories, key=str.lower)),
        tuple(_line(n, n, teams[n]) for n in sorted(teams, key=_unmapped_last)),
    )


def _unmapped_last(team: str) -> tuple[bool, str]:
    return team == UNMAPPED, team.lower()


def _line(name: str, team: str, tally: Tally) -> Line:
    return Line(name, team, {measure.name: measure.of(tally) for measure in MEASURES})
