"""How far one review came in asking its customers, computed from its answers alone.

Seven signals earn 0 to 3 points each. The score is what was earned of what this review could earn
with the questions that it had to answer, or did: a small decision is not punished for being small,
and the length of a text earns nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.answers import Answer, Evidence
from bot.core.checklist import Need
from bot.core.gate import Gate, standing
from bot.core.review import Review
from bot.core.tier import Tier

OUT = 2  # signals that “does not apply” may take out; further ones stay in, with nothing earned
RECENT, OLD = 180, 365  # days


class Level(enum.IntEnum):
    """How the company decided here."""

    BLIND = 0
    ASSUMING = 1
    FOCUSED = 2
    ORIENTED = 3
    CENTRIC = 4

    def __str__(self) -> str:
        return NAMES[self]


NAMES = ("blind", "assuming", "customer-focused", "customer-oriented", "customer-centric")
FROM = (0, 15, 40, 65, 85)  # percent of the score from which on a level begins


@dataclass(frozen=True, slots=True)
class Signal:
    """One of the seven: points earned of those that could be, and what would earn one more.

    `next` is empty where nothing would.
    """

    name: str
    points: int
    possible: int
    next: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The one cheapest thing that would take a review further; `levels` is how far, maybe 0."""

    text: str
    levels: int


@dataclass(frozen=True, slots=True)
class Maturity:
    """What a review earned. `percent` is 0–100. `capped` says what holds the level down, in words;
    empty if nothing does. `provisional`: no outcome is on record yet. `step` is None at the top."""

    level: Level
    percent: int
    signals: tuple[Signal, ...]
    capped: str
    step: Step | None
    provisional: bool = True


# The names of the signals, the cheapest to improve first.
UNDERSTANDING, VOICE, EMPATHY, WHY, STANCE, BREADTH, LEARNING = SIGNALS = (
    "Understanding", "Voice", "Empathy", "Why and value", "Stance", "Breadth", "Learning",
)  # fmt: skip
EFFORT = (UNDERSTANDING, STANCE, BREADTH, LEARNING, WHY, EMPATHY, VOICE)


def maturity(review: Review) -> Maturity | None:
    """What the answers earn so far; None where nothing is asked, or what is asked was waived."""
    if standing(review).gate in (Gate.NOT_NEEDED, Gate.WAIVED) or review.tier is Tier.R0:
        return None
    found = tuple(signal for signal in _signals(_Seen(review)) if signal.possible)
    if not found:
        return None
    level, percent, capped = _level(review, found)
    return Maturity(level, percent, found, capped, _step(review, found, level))


def _level(review: Review, signals: tuple[Signal, ...]) -> tuple[Level, int, str]:
    percent = round(100 * sum(s.points for s in signals) / sum(s.possible for s in signals))
    earned = Level(sum(percent >= start for start in FROM[1:]))
    most, why = min(_caps(review, signals))
    return (most, percent, why) if most < earned else (earned, percent, "")


def _caps(review: Review, signals: tuple[Signal, ...]) -> Iterator[tuple[Level, str]]:
    seen = _Seen(review)
    yield Level.ORIENTED, "no outcome is on record yet"
    if any(s.name == VOICE and not s.points for s in signals):
        yield Level.ASSUMING, "no customer was heard"
    if seen.picked("value", "ours"):
        yield Level.FOCUSED, "the goal is ours alone"
    reacts = seen.picked("stance", "complaint", "metric")
    if reacts and seen.asked("future") and not seen.said("future"):
        yield Level.FOCUSED, "it reacts, and says nothing of the time after"


def _step(review: Review, signals: tuple[Signal, ...], level: Level) -> Step | None:
    """Among all signals, the one whose next point takes the review furthest; of those that take it
    as far, the cheapest."""
    best: tuple[tuple[int, int], Step] | None = None
    for at, signal in enumerate(signals):
        if not signal.next or signal.points >= signal.possible:
            continue
        better = Signal(signal.name, signal.points + _leap(signal), signal.possible)
        reached, _, _ = _level(review, (*signals[:at], better, *signals[at + 1 :]))
        gain = max(0, reached - level)
        rank = (gain, -EFFORT.index(signal.name))
        if best is None or rank > best[0]:
            best = rank, Step(signal.next, gain)
    return best[1] if best else None


def _leap(signal: Signal) -> int:
    """Asking one customer earns what a signal could not: two points at once."""
    return 2 if signal.name == VOICE and not signal.points and signal.possible > 1 else 1


class _Seen:
    """What a review asks and was told."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._needs = {question.id: need for question, need in review.asked}
        self._answers = {answer.question: answer for answer in review.answers}

    def answer(self, *ids: str) -> Answer | None:
        given = (self._answers.get(id) for id in ids)
        return next((a for a in given if a and not a.not_applicable and not a.again), None)

    def said(self, id: str) -> bool:
        return self.answer(id) is not None

    def lined(self, id: str) -> bool:
        answer = self.answer(id)
        return answer is not None and bool(answer.text or answer.withheld)

    def picked(self, id: str, *options: str) -> bool:
        answer = self.answer(id)
        return answer is not None and bool(set(answer.picks) & set(options))

    def asked(self, id: str) -> bool:
        """It has to be answered, or comes about by itself."""
        need = self._needs.get(id, Need.HIDDEN)
        return need.must or need is Need.AUTOMATIC

    def counts(self, id: str) -> bool:
        """It can earn something here: it has to be answered, or was."""
        return self.asked(id) or self.said(id)

    def inapplicable(self, id: str) -> bool:
        answer = self._answers.get(id)
        return answer is not None and answer.not_applicable


def _signals(seen: _Seen) -> Iterator[Signal]:
    left = OUT
    made = (
        ("who", _understanding), ("voice", _voice), ("effect", _empathy), ("why", _why),
        ("stance", _stance), ("journey", _breadth), ("measure", _learning),
    )  # fmt: skip
    for first, of in made:
        if seen.inapplicable(first) and left:
            left -= 1
            continue
        yield of(seen)


def _ladder(name: str, rungs: tuple[tuple[bool, bool, str], ...]) -> Signal:
    """A signal whose points build on each other. Each rung: whether it can be earned here, whether
    it is, and what would earn it."""
    possible = 0
    for can, _, _ in rungs:
        if not can:
            break
        possible += 1
    points = 0
    for _, did, _ in rungs:
        if not did:
            break
        points += 1
    return Signal(
        name, points, max(possible, points), rungs[points][2] if points < possible else ""
    )


def _understanding(seen: _Seen) -> Signal:
    reach, not_served = seen.said("reach"), seen.said("not_served")
    return _ladder(
        UNDERSTANDING,
        (
            (seen.counts("who"), seen.said("who"), "name the customers"),
            (seen.counts("reach"), reach, "say about how many of them"),
            (seen.counts("not_served"), not_served, "say who is not served"),
        ),
    )


def _voice(seen: _Seen) -> Signal:
    told = [piece for piece in seen.review.evidence if piece.kind != "assumed"]
    answer = seen.answer("voice")
    picks = set(answer.picks) - {"assumed"} if answer else set()
    kinds = picks | {piece.kind for piece in told}
    direct = bool(picks & {"asked", "observed"}) or any(p.direct and _age(p) <= OLD for p in told)
    former = any(piece.former for piece in told) or seen.picked("spoke_for", "customer")
    fresh = bool(picks) or any(_age(piece) <= RECENT for piece in told)
    deep = direct and fresh and (len(kinds) > 1 or former)
    small = seen.review.tier is Tier.R1
    return _ladder(
        VOICE,
        (
            (seen.counts("voice"), bool(kinds), "ask one customer"),
            (True, direct, "ask or watch one customer"),
            (not small, deep, "hear a second kind of voice, or somebody who left"),
        ),
    )


def _empathy(seen: _Seen) -> Signal:
    direct = any(piece.direct and piece.told for piece in seen.review.evidence)
    tied = seen.lined("feeling") and direct
    return _ladder(
        EMPATHY,
        (
            (seen.counts("effect"), seen.said("effect"), "say what changes for them"),
            (seen.counts("feeling"), seen.said("feeling"), "say how it will make them feel"),
            (seen.review.tier is Tier.R3, tied, "tie the feeling to what a customer said"),
        ),
    )


def _why(seen: _Seen) -> Signal:
    theirs = seen.picked("value", "customer", "both")
    return _ladder(
        WHY,
        (
            (seen.counts("why"), seen.said("why"), "say what problem of theirs it solves"),
            (seen.counts("value"), seen.said("value"), "say what they gain"),
            (
                seen.counts("value") and seen.counts("tell"),
                theirs and seen.said("tell"),
                "put their goal first, and say how they will learn of it",
            ),
        ),
    )


def _stance(seen: _Seen) -> Signal:
    acts = seen.picked("stance", "anticipates", "root-cause")
    reacts = seen.picked("stance", "complaint", "metric")
    cause = seen.picked("stance", "root-cause") and seen.said("future")
    can = seen.counts("stance")
    return _ladder(
        STANCE,
        (
            (can, acts or reacts, "say whether you react or act before they have to ask"),
            (can, acts, "act before they have to ask"),
            (can and seen.counts("future"), cause, "remove the cause, and think a year ahead"),
        ),
    )


def _breadth(seen: _Seen) -> Signal:
    answer = seen.answer("journey")
    moments = set(answer.picks) if answer else set()
    later = bool(moments & {"get-help", "pay", "renew", "leave"}) and seen.said("tell")
    can = seen.counts("journey")
    return _ladder(
        BREADTH,
        (
            (can, bool(moments), "name the moments of their journey"),
            (can, len(moments) > 1, "look at more than one moment of their journey"),
            (
                can and seen.counts("tell"),
                len(moments) > 1 and later,
                "look at the time after the sale, and say how they will learn of it",
            ),
        ),
    )


def _learning(seen: _Seen) -> Signal:
    """The third point is for an outcome on record, which no review can have yet."""
    can = seen.counts("measure")
    dated = seen.lined("measure") and seen.counts("look_back")
    return _ladder(
        LEARNING,
        (
            (can, seen.said("measure"), "say how you will know that it worked for them"),
            (can and seen.counts("look_back"), dated, "say when you look back"),
        ),
    )


def _age(piece: Evidence) -> int:
    """Days from when a customer was heard until it was written down."""
    return (piece.at.date() - piece.on).days if piece.on else 0
