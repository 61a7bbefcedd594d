"""The customer-impact review of one pull request, and how facts change it.

Rule: every change of a review's state stands in `TRANSITIONS`, and everything that affects what
a review is lives in this file. Functions return a new review and the events for the ledger.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.answers import Answer, Door, Evidence
from bot.core.checklist import Checklist, Kind, Need, Question
from bot.core.events import Event
from bot.core.facts import Actor, PullRequest
from bot.core.organisation import Mode, Organisation, Thresholds
from bot.core.prefill import Prefill
from bot.core.tier import Tier
from bot.core.triage import Reason, Verdict


class State(enum.StrEnum):
    """Where the subject stands. `new` is a pull request that was never seen."""

    NEW = "new"
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Seen(enum.StrEnum):
    """What GitHub says of the pull request now."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


# (where it stood, what GitHub says) -> where it stands, and the event that records the step.
TRANSITIONS: dict[tuple[State, Seen], tuple[State, str | None]] = {
    (State.NEW, Seen.OPEN): (State.OPEN, "review.opened"),
    (State.NEW, Seen.MERGED): (State.DECIDED, "review.decided"),
    (State.NEW, Seen.CLOSED): (State.WITHDRAWN, "review.withdrawn"),
    (State.OPEN, Seen.OPEN): (State.OPEN, None),
    (State.OPEN, Seen.MERGED): (State.DECIDED, "review.decided"),
    (State.OPEN, Seen.CLOSED): (State.WITHDRAWN, "review.withdrawn"),
    (State.WITHDRAWN, Seen.OPEN): (State.OPEN, "review.reopened"),
    (State.WITHDRAWN, Seen.MERGED): (State.DECIDED, "review.decided"),
    (State.WITHDRAWN, Seen.CLOSED): (State.WITHDRAWN, None),
    # GitHub does not reopen what was merged; an event that says so is late, and changes nothing.
    (State.DECIDED, Seen.OPEN): (State.DECIDED, None),
    (State.DECIDED, Seen.MERGED): (State.DECIDED, None),
    (State.DECIDED, Seen.CLOSED): (State.DECIDED, None),
}


@dataclass(frozen=True, slots=True)
class Review:
    """The record: what is asked of one subject and what people answered.

    `version` counts saves. `exempt` says why nobody is asked although rules matched; empty when it
    is not so. `quiet`: nothing is shown yet (a draft). `last_picked` is the question with several
    options whose boxes somebody is ticking right now; it stays open until another is answered.
    """

    subject: PullRequest
    state: State
    tier: Tier
    customer_facing: bool
    overlays: tuple[str, ...]
    reasons: tuple[Reason, ...]
    mode: Mode
    exempt: str
    quiet: bool
    checklist: Checklist
    thresholds: Thresholds
    opened_at: datetime
    answers: tuple[Answer, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    prefills: tuple[Prefill, ...] = ()
    last_picked: str = ""
    bypassed: bool = False
    first_answer_at: datetime | None = None
    completed_at: datetime | None = None
    decided_at: datetime | None = None
    id: int = 0
    version: int = 0

    def answer(self, question: str) -> Answer | None:
        """What was answered to this question; None if nothing was."""
        return next((a for a in self.answers if a.question == question), None)

    def prefill(self, question: str) -> Prefill | None:
        """What the description already says about this question."""
        return next((p for p in self.prefills if p.question == question), None)

    @property
    def asked(self) -> tuple[tuple[Question, Need], ...]:
        """The questions of this review's tier, required ones first."""
        picks = {a.question: a.picks for a in self.answers}
        return self.checklist.asked(self.tier, self.overlays, picks)


def sync(
    review: Review | None,
    subject: PullRequest,
    verdict: Verdict,
    prefills: tuple[Prefill, ...],
    checklist: Checklist,
    organisation: Organisation,
    now: datetime,
) -> tuple[Review, tuple[Event, ...]]:
    """Bring a review in line with its pull request, or open one.

    Answers are kept, whatever is pushed. The checklist is the one the review began with, as long
    as something was answered on it.
    """
    seen = Seen.OPEN if subject.open else Seen.MERGED if subject.merged else Seen.CLOSED
    before = review.state if review else State.NEW
    state, step = TRANSITIONS[before, seen]
    mode = organisation.mode_of(subject.repository.full_name)
    changes = {
        "subject": subject,
        "state": state,
        "tier": verdict.tier,
        "customer_facing": verdict.customer_facing,
        "overlays": verdict.overlays,
        "reasons": verdict.reasons,
        # What was decided is judged by the mode in which it was decided.
        "mode": mode if subject.open or review is None else review.mode,
        "exempt": _exempt(subject, verdict.tier, organisation),
        "quiet": subject.draft and organisation.drafts == "quiet",
        "checklist": checklist_of(review, checklist),
        "thresholds": organisation.thresholds,
        "prefills": prefills,
    }
    current = replace(review, **changes) if review else Review(opened_at=now, **changes)  # type: ignore[arg-type]
    events: list[Event] = []
    if step:
        events.append(Event(step, {"tier": str(current.tier), "mode": str(current.mode)}))
    if review and (review.tier, review.overlays) != (current.tier, current.overlays):
        events.append(Event("review.tiered", {"from": str(review.tier), "to": str(current.tier)}))
    return current, tuple(events)


def checklist_of(review: Review | None, current: Checklist) -> Checklist:
    """The checklist that a review began with, once something was answered on it; else today's."""
    return review.checklist if review and (review.answers or review.evidence) else current


def _exempt(subject: PullRequest, tier: Tier, organisation: Organisation) -> str:
    login = subject.author.login
    if not organisation.quiet_bot(login, tier):
        return ""
    return f"opened by {login}, which is not asked below {organisation.bots.ask_from}"


def tick(
    review: Review, ticks: Mapping[str, bool], by: Actor, now: datetime, door: Door = Door.COMMENT
) -> tuple[Review, tuple[Event, ...]]:
    """Take ticks and unticks of boxes as answers of the person who made them.

    `ticks` maps a box ("effect=better", "who=done", "why=accept") to its new state, in the order
    in which they were ticked, as far as that is known. A box that the checklist does not know
    changes nothing. Of a single pick the last tick wins; an untick takes the answer back.
    """
    events: list[Event] = []
    current = review
    for box, ticked in ticks.items():
        name, _, option = box.partition("=")
        question = review.checklist.question(name)
        if question is None:
            continue
        changed, event = _apply(current, question, option, ticked, by, now, door)
        if event is not None:
            events.append(event)
        current = changed
    if current.answers and not review.first_answer_at:
        current = replace(current, first_answer_at=now)
    return current, tuple(events)


def _apply(
    review: Review,
    question: Question,
    option: str,
    ticked: bool,
    by: Actor,
    now: datetime,
    door: Door,
) -> tuple[Review, Event | None]:
    if option == "done":
        return replace(review, last_picked="" if ticked else review.last_picked), None
    old = review.answer(question.id)
    offered, _, digest = option.partition("-")
    accepting = offered == "accept"
    if accepting:
        if ticked and not _is_shown(review, question, digest):
            return review, None
        new, evidence = _accept(review, question, ticked, by, now, door)
    elif option in {o.id for o in question.options}:
        new, evidence = _pick(question, old, option, ticked, by, now, door), review.evidence
    else:
        return review, None
    if new == old and evidence == review.evidence:
        return review, None
    others = tuple(a for a in review.answers if a.question != question.id)
    lasting = question.id if question.kind.many and not accepting else ""
    changed = replace(
        review, answers=others + ((new,) if new else ()), evidence=evidence, last_picked=lasting
    )
    data = {"question": question.id, "picks": list(new.picks) if new else []}
    name = "answer.given" if new or len(evidence) > len(review.evidence) else "answer.undone"
    return changed, Event(name, data, by, door)  # type: ignore[arg-type]


def _is_shown(review: Review, question: Question, digest: str) -> bool:
    """A tick accepts the text that stood beside the box, not one that came meanwhile."""
    prefill = review.prefill(question.id)
    return prefill is not None and digest in ("", prefill.digest)


def _pick(
    question: Question,
    old: Answer | None,
    option: str,
    ticked: bool,
    by: Actor,
    now: datetime,
    door: Door,
) -> Answer | None:
    had = old.picks if old else ()
    if ticked == (option in had):
        return old
    if not ticked:
        picks = tuple(p for p in had if p != option)
    elif question.kind.many:
        order = [o.id for o in question.options]
        picks = tuple(sorted({*had, option}, key=order.index))
    else:
        picks = (option,)
    text = old.text if old else ""
    if not picks and not text:
        return None
    source = old.source if old and text else ""  # a pick by hand is nobody's offer
    return Answer(question.id, picks, text, by, now, door, source)


def _accept(
    review: Review, question: Question, ticked: bool, by: Actor, now: datetime, door: Door
) -> tuple[Answer | None, tuple[Evidence, ...]]:
    old, prefill = review.answer(question.id), review.prefill(question.id)
    if not ticked:
        return _unaccept(old, by, now, door), tuple(
            e for e in review.evidence if not (question.kind is Kind.EVIDENCE and e.source)
        )
    if prefill is None or prefill.too_short:
        return old, review.evidence
    if question.kind is Kind.EVIDENCE:
        return _accept_voice(review, question, prefill, by, now, door)
    picks = old.picks if old and old.picks else prefill.picks
    return (
        Answer(question.id, picks, prefill.text, by, now, door, prefill.source),
        review.evidence,
    )


def _accept_voice(
    review: Review, question: Question, prefill: Prefill, by: Actor, now: datetime, door: Door
) -> tuple[Answer | None, tuple[Evidence, ...]]:
    """Pieces of customer voice. What does not say how it was heard is of the kind that was ticked;
    beside "assumed" it is no evidence but the line that belongs to the assumption."""
    old = review.answer(question.id)
    ticked = old.picks[0] if old and old.picks else "signal"
    if ticked == "assumed" and (plan := next((p for p in prefill.pieces if not p.kind), None)):
        old = Answer(question.id, ("assumed",), plan.text, by, now, door, prefill.source)
    pieces = tuple(
        Evidence(p.kind or ticked, p.text, p.link, p.on, p.segment, by, now, door, prefill.source)
        for p in prefill.pieces
        if (p.kind or ticked) != "assumed"
    )
    known = {(e.source, e.text, e.link) for e in review.evidence}
    new = tuple(p for p in pieces if (p.source, p.text, p.link) not in known)
    return old, review.evidence + new


def _unaccept(old: Answer | None, by: Actor, now: datetime, door: Door) -> Answer | None:
    """Take an accepted offer back; what was picked by hand beside its line stays."""
    if old is None or not old.source:
        return old
    if not old.text:
        return None
    return Answer(old.question, old.picks, "", by, now, door) if old.picks else None
