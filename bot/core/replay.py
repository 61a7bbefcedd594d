"""The record is what all acts make together, in the order in which they happened.

So it does not matter in which order, or how often, or how late we heard of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from bot.core.acts import (
    Act,
    Deed,
    Found,
    Judge,
    Pause,
    Refuse,
    Resume,
    TakeOver,
    Waive,
    Withdraw,
)
from bot.core.answering import take_answer
from bot.core.carrying import ask_again, take_over, withdraw
from bot.core.course import Course
from bot.core.course_deeds import (
    AskReviewer,
    Assign,
    Decide,
    Dismiss,
    GiveConsent,
    Reinstate,
    SetDue,
    Supersede,
)
from bot.core.deciding import progressed, take_course
from bot.core.offers import refuse
from bot.core.order import in_order
from bot.core.review import Review
from bot.core.tiering import found, judge, released, retiered
from bot.core.waivers import PAUSE, Waiver


def replay(review: Review, acts: Iterable[Act], now: datetime) -> Review:
    """The review as these acts make it, each counted once, on top of what is asked of its
    subject."""
    current = replace(
        review,
        answers=(),
        evidence=(),
        suggestions=(),
        waivers=(),
        rulings=(),
        course=Course(),
        last_picked="",
        first_answer_at=None,
    )
    once: dict[str, Act] = {}
    for act in acts:
        once.setdefault(act.key, act)
    for act in in_order(once.values()):
        for deed in act.deeds:
            current = _taken(current, deed, act)
        if not current.first_answer_at and (current.answers or current.evidence):
            current = replace(current, first_answer_at=act.at)
    return progressed(released(retiered(run_out(current, now))))


def then(review: Review, deed: Deed, act: Act) -> Review:
    """The review after one more deed, for who wants to know before it is kept."""
    return progressed(released(retiered(_taken(review, deed, act))))


def _taken(review: Review, deed: Deed, act: Act) -> Review:
    """The review after one deed."""
    match deed:
        case Judge():
            return judge(review, deed, act)
        case Found():
            return found(ask_again(review, deed), deed)
        case Waive():
            return _waived(review, deed.scope, deed.until, deed, act)
        case Pause():
            return _waived(review, PAUSE, None, deed, act)
        case Resume():
            return replace(review, waivers=tuple(w for w in review.waivers if w.scope != PAUSE))
        case TakeOver():
            return take_over(review, deed, act)
        case Withdraw():
            return withdraw(review, deed)
        case Refuse():
            return refuse(review, deed.offer)
        case (
            GiveConsent()
            | Decide()
            | Assign()
            | AskReviewer()
            | SetDue()
            | Dismiss()
            | Reinstate()
            | Supersede()
        ):
            return take_course(review, deed, act)
    return take_answer(review, deed, act)


def _waived(
    review: Review, scope: str, until: date | None, deed: Waive | Pause, act: Act
) -> Review:
    """Of one scope the newest waiver counts."""
    others = tuple(w for w in review.waivers if w.scope != scope)
    new = Waiver(scope, until, deed.reason, act.by, act.at, act.door, deed.open_to_all, act.comment)
    return replace(review, waivers=(*others, new))


def run_out(review: Review, now: datetime) -> Review:
    """The review with its waivers marked whose time is up."""
    return replace(review, waivers=tuple(replace(w, expired=w.over(now)) for w in review.waivers))
