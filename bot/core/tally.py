"""What the numbers need to know of a review, and the one place in which it is counted."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from bot.core.course import Resolution
from bot.core.gate import Gate, standing
from bot.core.maturity import maturity
from bot.core.proposal import Proposal
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Sample, standing_ruling
from bot.core.tier import Tier
from bot.core.waivers import ALL, PAUSE


@dataclass(frozen=True, slots=True)
class Counted:
    """What the numbers need to know of one review. Shadow mode counts like any other.

    `repository` is "owner/name", or a channel, "#pricing". `spared`: opened by a quiet bot, and
    nobody raised it. `quiet`: a draft that is not shown yet. `without_review`: a proposal that was
    decided before its customer's side was asked about. `affected` are the segments that it names,
    `heard` those of its evidence. `kinds` says how customers were heard; empty if they were not.
    `age` is how many days lay between the newest time a customer was heard and its writing down;
    None where nobody was. `level` and `percent` are those of its maturity; None where it is not
    scored. `waivers` were given, `ran_out` are those of them that did while it is not complete.
    `minded`: a reviewer consented with a condition or objected; `changed`: the decision was then
    another than a plain yes.
    """

    repository: str
    state: State
    gate: Gate
    highest_tier: Tier
    attested: bool
    spared: bool
    quiet: bool
    bypassed: bool
    opened_at: datetime
    first_answer_at: datetime | None
    completed_at: datetime | None
    without_review: bool = False
    decided_at: datetime | None = None
    overlays: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    former: bool = False
    age: int | None = None
    level: int | None = None
    percent: int | None = None
    customer_facing: bool = False
    waivers: int = 0
    ran_out: int = 0
    raised: bool = False
    lowered: bool = False
    wrong: bool = False
    minded: bool = False
    changed: bool = False


class Place(enum.Enum):
    """Where a review is counted."""

    R0 = enum.auto()
    SPARED = enum.auto()
    WITHDRAWN = enum.auto()
    DISMISSED = enum.auto()
    DRAFT = enum.auto()
    COMPLETE = enum.auto()
    PENDING = enum.auto()
    WAIVED = enum.auto()
    ATTESTED = enum.auto()
    LOWERED = enum.auto()

    @property
    def eligible(self) -> bool:
        """Customers might notice."""
        return self in ELIGIBLE


_OF_GATE = {
    Gate.COMPLETE: Place.COMPLETE,
    Gate.PENDING: Place.PENDING,
    Gate.WAIVED: Place.WAIVED,
    Gate.NOT_NEEDED: Place.LOWERED,
}
ELIGIBLE = (*_OF_GATE.values(), Place.ATTESTED)


def place(review: Counted) -> Place:
    """The one place of a review; the first that fits, in the order of `Place`."""
    if review.highest_tier is Tier.R0:
        return Place.R0
    if review.spared:
        return Place.SPARED
    if review.state is State.WITHDRAWN:
        return Place.WITHDRAWN
    if review.state is State.DISMISSED:
        return Place.DISMISSED
    if review.quiet and review.state is State.OPEN:
        return Place.DRAFT
    if review.attested and review.gate is Gate.NOT_NEEDED:
        return Place.ATTESTED
    return _OF_GATE[review.gate]


def counted(review: Review, highest: Tier, where: str) -> Counted:
    """A review as the numbers see it. `where` names its repository or channel."""
    stands, found = standing(review), maturity(review)
    voice, who = review.answer("voice"), review.answer("who")
    told = [piece for piece in review.evidence if piece.kind != "assumed"]
    kinds = {piece.kind for piece in review.evidence} | set(voice.picks if voice else ())
    ages = [(piece.at.date() - piece.on).days if piece.on else 0 for piece in told]
    scored = found if stands.gate is Gate.COMPLETE else None
    decision, course = review.course.decision, review.course
    minded = any(c.reason for c in course.consents)
    real = [w for w in review.waivers if w.scope != PAUSE]
    lacking = {gap.question.id for gap in stands.missing}
    return Counted(
        repository=where,
        state=review.state,
        gate=stands.gate,
        highest_tier=max(highest, review.tier),
        attested=standing_ruling(review.rulings, Ruled.ATTESTED) is not None,
        spared=bool(review.spared),
        quiet=review.quiet,
        bypassed=review.bypassed,
        opened_at=review.opened_at,
        first_answer_at=review.first_answer_at,
        completed_at=review.completed_at,
        without_review=decision is not None and decision.without_review,
        decided_at=review.decided_at,
        overlays=review.overlays,
        affected=tuple(sorted(who.picks)) if who else (),
        heard=tuple(sorted({piece.segment for piece in told if piece.segment})),
        kinds=tuple(sorted(kinds)),
        former=any(piece.former for piece in told),
        age=max(0, min(ages)) if ages else None,
        level=int(scored.level) if scored else None,
        percent=scored.percent if scored else None,
        customer_facing=review.customer_facing,
        waivers=len(real),
        ran_out=sum(w.expired and (w.scope == ALL or w.scope in lacking) for w in real),
        raised=any(r.ruled is Ruled.RAISED for r in review.rulings),
        lowered=any(r.lowers for r in review.rulings),
        wrong=any(r.sample is Sample.WRONG for r in review.rulings),
        minded=minded,
        changed=minded and decision is not None and decision.resolution is not Resolution.APPROVED,
    )


def in_place(review: Review) -> str:
    """The key of a review's repository or channel: the numbers of Slack and GitHub never meet."""
    if isinstance(review.subject, Proposal):
        return f"c{review.subject.channel.id}"
    return f"r{review.subject.repository.id}"
