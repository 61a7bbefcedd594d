"""Take what people did: the record as it is with their new acts, and what that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.core.acts import (
    Accept,
    Act,
    Deed,
    Found,
    Judge,
    Pause,
    Refuse,
    Resume,
    Suggest,
    TakeOver,
    Tick,
    Use,
    Waive,
    Withdraw,
)
from bot.core.answers import Answer, Door
from bot.core.course_deeds import AskReviewer, Assign, Decide, GiveConsent, SetDue, Supersede
from bot.core.deciding import step
from bot.core.events import Event
from bot.core.facts import Actor
from bot.core.prefill import Prefill
from bot.core.replay import replay
from bot.core.review import Review
from bot.core.rulings import Ruled

RULED = {
    Ruled.RAISED: "tier.raised",
    Ruled.LOWERED: "tier.lowered",
    Ruled.ATTESTED: "tier.attested",
}


def take(
    review: Review, known: Iterable[Act], new: Iterable[Act], now: datetime
) -> tuple[Review, tuple[Event, ...]]:
    """The review with new acts beside those that are known, and what the ledger is told of them."""
    added = list(new)
    after = replay(review, [*known, *added], now)
    events = [event for act in added for event in _of_deeds(act)]
    events += _of_answers(review, after, added)
    if name := step(review, after):
        last = added[-1] if added else None
        events.append(Event(name, {"tier": str(after.tier)}, *_who(last)))
    return after, tuple(events)


def _of_deeds(act: Act) -> Iterator[Event]:
    for deed in act.deeds:
        named = _event(deed)
        if named is not None:
            name, data = named
            yield Event(name, data, _person(act), act.door)


def _who(act: Act | None) -> tuple[Actor | None, Door | None]:
    return (_person(act), act.door) if act else (None, None)


def _person(act: Act) -> Actor | None:
    """Who did it; None for the bot itself."""
    return act.by if act.by.id else None


Data = dict[str, str | int | bool | list[str]]


def _event(deed: Deed) -> tuple[str, Data] | None:
    """What the ledger says of a deed; ids and numbers only. None for what shows in the answers."""
    match deed:
        case Judge():
            return RULED[deed.ruled], {"tier": str(deed.tier), "sampled": bool(deed.sample)}
        case Waive():
            return "waiver.given", {"scope": deed.scope, "until": deed.until.isoformat()}
        case Pause():
            return "review.paused", {}
        case Resume():
            return "review.resumed", {}
        case Suggest():
            return "suggestion.kept", {"question": deed.question, "held": deed.held}
        case Use():
            return "suggestion.used", {"suggestion": deed.suggestion}
        case Tick(on=True) if "=use-" in deed.box:
            return "suggestion.used", {"suggestion": deed.box.rpartition("-")[2]}
        case Found():
            return "answer.asked_again", {
                "questions": list(deed.questions),
                "rules": list(deed.rules),
            }
        case TakeOver():
            return "answers.taken_over", {"source": deed.source, "answers": len(deed.answers)}
        case Withdraw():
            return "comment.withdrawn", {"comment": deed.comment, "deleted": deed.deleted}
    return _of_draft(deed) or _of_course(deed)


def _of_draft(deed: Deed) -> tuple[str, Data] | None:
    match deed:
        case Accept(offer=Prefill(basis=basis)) if basis:
            return "draft.accepted", {"question": deed.question, "basis": basis}
        case Tick(on=True, offer=Prefill(basis=basis)) if basis:
            return "draft.accepted", {"question": deed.box.partition("=")[0], "basis": basis}
        case Refuse():
            return "draft.rejected", {"question": deed.question}
    return None


def _of_course(deed: Deed) -> tuple[str, Data] | None:
    match deed:
        case GiveConsent():
            return "consent.given", {"stance": str(deed.stance), "reason": bool(deed.reason)}
        case Decide():
            told: Data = {"resolution": str(deed.resolution), "without": deed.without_review}
            return "decision.made", told | {"predicted": deed.prediction is not None}
        case Assign():
            return "owner.assigned", {}
        case AskReviewer():
            return "reviewer.asked", {}
        case SetDue():
            return "due.set", {"due": deed.due.isoformat() if deed.due else ""}
        case Supersede():
            return "review.superseded", {"by": deed.by}
    return None


def _of_answers(before: Review, after: Review, acts: list[Act]) -> Iterator[Event]:
    """An event for each question whose answer these acts changed, in the name of who did it."""
    for question in after.checklist.all_questions():
        old, new = before.answer(question.id), after.answer(question.id)
        heard = len(after.evidence) - len(before.evidence) if question.kind == "evidence" else 0
        if _said(old) == _said(new) and not heard:
            continue
        by = (a for a in reversed(acts) if new is None or a.by == new.by)
        act = next(by, acts[-1] if acts else None)
        data: Data = {"question": question.id, "picks": list(new.picks) if new else []}
        if heard:
            data["pieces"] = heard
        yield Event(_name(after, question.id, heard), data, *_who(act))
        if new is not None and _near(before.draft(question.id), new):
            yield Event("draft.edited", {"question": question.id}, *_who(act))


def _near(draft: Prefill | None, answer: Answer) -> bool:
    """Somebody answered in words of their own that share half of a draft's or more."""
    if draft is None or answer.source == draft.source or answer.text == draft.text:
        return False
    proposed, said = (set(text.casefold().split()) for text in (draft.text, answer.text))
    return 2 * len(proposed & said) >= max(1, len(proposed))


def _said(answer: Answer | None) -> tuple[object, ...] | None:
    """What an answer says; that it was asked again and confirmed says nothing new."""
    return (answer.picks, answer.text, answer.not_applicable) if answer else None


def _name(after: Review, question: str, heard: int) -> str:
    new = after.answer(question)
    if new is not None and new.not_applicable:
        return "answer.not_applicable"
    return "answer.given" if new is not None or heard > 0 else "answer.undone"
