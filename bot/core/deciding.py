"""How a proposal comes to its decision: consents, the decision, who it waits for."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.core.acts import Act
from bot.core.course import Consent, Course, Decision, Dismissal, Resolution
from bot.core.course_deeds import (
    AskReviewer,
    Assign,
    CourseDeed,
    Decide,
    Dismiss,
    GiveConsent,
    Reinstate,
    SetDue,
    Supersede,
)
from bot.core.facts import NOBODY, Actor
from bot.core.proposal import Proposal
from bot.core.review import TRANSITIONS, Review, Seen, State
from bot.core.tier import Tier

CONSENTS = {Tier.R2: 1, Tier.R3: 2}  # how many a tier needs; the others need none


def take_course(review: Review, deed: CourseDeed, act: Act) -> Review:
    """The review after one deed on its way to a decision and beyond; a pull request is only ever
    superseded."""
    if not isinstance(review.subject, Proposal) and not isinstance(deed, Supersede):
        return review
    return replace(review, course=_after(review.course, deed, act))


def _after(course: Course, deed: CourseDeed, act: Act) -> Course:
    match deed:
        case GiveConsent():
            new = Consent(
                deed.stance, deed.reason, act.by, act.at, deed.customer_facing, deed.open_to_all
            )
            others = tuple(c for c in course.consents if c.by.id != act.by.id)
            return replace(course, consents=(*others, new))
        case Decide():
            made = Decision(
                deed.resolution, deed.sentence, act.by, act.at, deed.conditions, deed.prediction,
                deed.look_back, deed.without_review,
            )  # fmt: skip
            return replace(course, decision=made, dismissal=None)
        case Assign():
            return replace(course, owner=deed.owner)
        case AskReviewer():
            known = deed.reviewer.id in {each.id for each in course.reviewers}
            added = () if known else (deed.reviewer,)
            return replace(course, reviewers=(*course.reviewers, *added))
        case SetDue():
            return replace(course, due=deed.due)
        case Dismiss():
            return replace(course, dismissal=Dismissal(deed.reason, act.by, act.at))
        case Reinstate():
            return replace(course, dismissal=None)
        case Supersede():
            return replace(course, superseded_by=deed.by)
        case _:
            assert_never(deed)


def progressed(review: Review) -> Review:
    """The review with the state to which its course has brought it; of a pull request GitHub
    tells that."""
    if not isinstance(review.subject, Proposal):
        return review
    state, _ = TRANSITIONS[State.OPEN, seen(review)]
    return replace(review, state=state)


def step(before: Review, after: Review) -> str | None:
    """The event that records where a proposal stands now; None where it stands where it stood."""
    if before.state is after.state or not isinstance(after.subject, Proposal):
        return None
    return TRANSITIONS[before.state, seen(after)][1]


def seen(review: Review) -> Seen:
    """What the course of a proposal says of it."""
    course = review.course
    if course.decision is not None:
        withdrawn = course.decision.resolution is Resolution.WITHDRAWN
        return Seen.WITHDRAWN if withdrawn else Seen.DECIDED
    return Seen.DISMISSED if course.dismissal is not None else Seen.OPEN


def owner(review: Review) -> Actor:
    """Whom the card waits for: the author, unless somebody was named."""
    named = review.course.owner
    return named if named != NOBODY else review.subject.author


def own(review: Review, person: Actor) -> bool:
    """Whether it is this person's own proposal, which they cannot review from R2 up."""
    return person.id != 0 and person.id in {owner(review).id, review.subject.author.id}


def counted(review: Review) -> tuple[Consent, ...]:
    """The consents that count: from R2 up never the author's or the owner's own."""
    consents = (c for c in review.course.consents if c.stance.consents)
    return tuple(c for c in consents if review.tier < Tier.R2 or not own(review, c.by))


def consents_needed(review: Review) -> int:
    """How many consents this tier needs in all; none for a pull request."""
    return CONSENTS.get(review.tier, 0) if isinstance(review.subject, Proposal) else 0


def consents_missing(review: Review) -> int:
    """How many are still missing; at R3 one comes from somebody who works with customers."""
    given, needed = counted(review), consents_needed(review)
    missing = max(0, needed - len(given))
    return max(missing, 1) if lacks_customer_facing(review) else missing


def lacks_customer_facing(review: Review) -> bool:
    """R3, and nobody who works with customers consented."""
    needed = review.tier is Tier.R3 and isinstance(review.subject, Proposal)
    return needed and not any(c.customer_facing for c in counted(review))
