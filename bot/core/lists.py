"""The list behind each number: which reviews it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.columns import NONE, Chosen
from bot.core.maturity import Level
from bot.core.tally import ELIGIBLE, Place

Pick = Callable[[Chosen], Chosen]


def _at(*places: Place) -> Pick:
    return lambda chosen: chosen.only(chosen.at(*places))


def _flag(name: str) -> Pick:
    return lambda chosen: _eligible(chosen).only(_eligible(chosen).flag(name))


def _eligible(chosen: Chosen) -> Chosen:
    return chosen.only(chosen.at(*ELIGIBLE))


def _complete(chosen: Chosen) -> Chosen:
    return chosen.only(chosen.at(Place.COMPLETE))


def _heard(*kinds: str) -> Pick:
    return lambda chosen: _complete(chosen).only(_complete(chosen).kind(*kinds))


def _assumed(chosen: Chosen) -> Chosen:
    done = _complete(chosen)
    return done.only(~done.kind("asked", "observed", "signal"))


def _former(chosen: Chosen) -> Chosen:
    done = _complete(chosen)
    return done.only(done.flag("former"))


def _level(least: int, most: int) -> Pick:
    def pick(chosen: Chosen) -> Chosen:
        of = _eligible(chosen)
        return of.only((of["level"] >= least) & (of["level"] <= most))

    return pick


def _having(part: str) -> Pick:
    def pick(chosen: Chosen) -> Chosen:
        of = _eligible(chosen)
        return of.only(of[part] > 0)

    return pick


def _timed(part: str) -> Pick:
    def pick(chosen: Chosen) -> Chosen:
        of = _eligible(chosen)
        return of.only(of[part] != NONE)

    return pick


def _changed(chosen: Chosen) -> Chosen:
    of = _eligible(chosen)
    return of.only(of.flag("changed"))


# By the name of the measure. A rate leads to those that it counts, a time to those that it is of.
LISTS: Mapping[str, Pick] = {
    "eligible": _eligible,
    "complete": _complete,
    "pending": _at(Place.PENDING),
    "waived": _at(Place.WAIVED),
    "attested": _at(Place.ATTESTED),
    "lowered": _at(Place.LOWERED),
    "bypassed": _flag("bypassed"),
    "without_review": _flag("without_review"),
    "coverage": _complete,
    "attested_rate": _at(Place.ATTESTED),
    "first_answer": _timed("first"),
    "completion": _complete,
    "decided": _timed("decided"),
    "heard_rate": _heard("asked", "observed"),
    "former_rate": _former,
    "assumed_rate": _assumed,
    "evidence_age": _timed("age"),
    "first_answer_p90": _timed("first"),
    "completion_p90": _complete,
    "mature_rate": _level(Level.ORIENTED, Level.CENTRIC),
    "level": _level(Level.BLIND, Level.CENTRIC),
    "waivers": _having("waivers"),
    "ran_out": _having("ran_out"),
    "minded": _flag("minded"),
    "changed_rate": _changed,
    "raised": _flag("raised"),
    "lowered_by_people": _flag("lowered"),
    "wrong": _flag("wrong"),
    "r0": _at(Place.R0),
    "spared": _at(Place.SPARED),
    "drafts": _at(Place.DRAFT),
    "withdrawn": _at(Place.WITHDRAWN),
    "dismissed": _at(Place.DISMISSED),
} | {f"level_{level.value}": _level(level, level) for level in Level}


def listed(chosen: Chosen, show: str) -> Chosen:
    """The reviews behind a number; all for a name that is none."""
    pick = LISTS.get(show)
    return pick(chosen) if pick and len(chosen) else chosen
