"""The customer-impact review of one pull request or proposal, and how facts change it.

Rule: every change of a review's state stands in `TRANSITIONS`. Functions return a new review and
the events for the ledger.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.answers import Answer, Evidence
from bot.core.checklist import Checklist, Need, Question
from bot.core.course import Course
from bot.core.events import Event
from bot.core.facts import PullRequest
from bot.core.organisation import Mode, Organisation, Thresholds
from bot.core.prefill import Prefill
from bot.core.proposal import Proposal
from bot.core.rulings import Ruled, Ruling, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.triage import Reason, Verdict
from bot.core.waivers import Waiver

NO_COURSE = Course()
MOST_OFFERED = 30  # earlier offers that a late tick may still accept


class State(enum.StrEnum):
    """Where the subject stands. `new` is one that was never seen, `dismissed` no decision."""

    NEW = "new"
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


class Seen(enum.StrEnum):
    """What GitHub says of the pull request now, or people of the proposal."""

    OPEN = "open"
    DECIDED = "merged, or decided"
    WITHDRAWN = "closed, or withdrawn"
    DISMISSED = "not a decision"


# (where it stood, what is said of it) -> where it stands, and the event that records the step.
TRANSITIONS: dict[tuple[State, Seen], tuple[State, str | None]] = {
    (State.NEW, Seen.OPEN): (State.OPEN, "review.opened"),
    (State.NEW, Seen.DECIDED): (State.DECIDED, "review.decided"),
    (State.NEW, Seen.WITHDRAWN): (State.WITHDRAWN, "review.withdrawn"),
    (State.NEW, Seen.DISMISSED): (State.DISMISSED, "review.dismissed"),
    (State.OPEN, Seen.OPEN): (State.OPEN, None),
    (State.OPEN, Seen.DECIDED): (State.DECIDED, "review.decided"),
    (State.OPEN, Seen.WITHDRAWN): (State.WITHDRAWN, "review.withdrawn"),
    (State.OPEN, Seen.DISMISSED): (State.DISMISSED, "review.dismissed"),
    (State.WITHDRAWN, Seen.OPEN): (State.OPEN, "review.reopened"),
    (State.WITHDRAWN, Seen.DECIDED): (State.DECIDED, "review.decided"),
    (State.WITHDRAWN, Seen.WITHDRAWN): (State.WITHDRAWN, None),
    (State.WITHDRAWN, Seen.DISMISSED): (State.DISMISSED, "review.dismissed"),
    (State.DISMISSED, Seen.OPEN): (State.OPEN, "review.reopened"),
    (State.DISMISSED, Seen.DECIDED): (State.DECIDED, "review.decided"),
    (State.DISMISSED, Seen.WITHDRAWN): (State.WITHDRAWN, "review.withdrawn"),
    (State.DISMISSED, Seen.DISMISSED): (State.DISMISSED, None),
    # GitHub does not reopen what was merged; an event that says so is late, and changes nothing.
    (State.DECIDED, Seen.OPEN): (State.DECIDED, None),
    (State.DECIDED, Seen.DECIDED): (State.DECIDED, None),
    (State.DECIDED, Seen.WITHDRAWN): (State.DECIDED, None),
    (State.DECIDED, Seen.DISMISSED): (State.DECIDED, None),
}


@dataclass(frozen=True, slots=True)
class Review:
    """The record: what is asked of one subject and what people answered.

    `version` counts saves. `triaged` is the tier that the rules found, `tier` what answers and
    people made of it. `exempt` says why nobody is asked although rules matched; empty when it is
    not so. `quiet`: nothing is shown yet (a draft). `last_picked` is the question with several
    options whose boxes somebody is ticking right now; it stays open until another is answered.
    `offered` are earlier offers of the description: a tick accepts the text that stood beside it.
    `quotes` are pieces of voice on file that may fit, `drafted` what a model proposes: both offers.
    `owner` is the team whose files are changed; empty where the files name none.
    """

    subject: PullRequest | Proposal
    state: State
    triaged: Tier
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
    offered: tuple[Prefill, ...] = ()
    quotes: tuple[Prefill, ...] = ()
    drafted: tuple[Prefill, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    last_picked: str = ""
    course: Course = NO_COURSE
    bypassed: bool = False
    first_answer_at: datetime | None = None
    completed_at: datetime | None = None
    decided_at: datetime | None = None
    owner: str = ""
    id: int = 0
    version: int = 0

    @property
    def pull_request(self) -> PullRequest:
        """The subject of a review that is about a pull request; of no other it is asked for."""
        if not isinstance(self.subject, PullRequest):
            raise TypeError(f"{self.subject.name} is no pull request")
        return self.subject

    @property
    def proposal(self) -> Proposal:
        """The subject of a review that is about a proposal; of no other it is asked for."""
        if not isinstance(self.subject, Proposal):
            raise TypeError(f"{self.subject.name} is no proposal")
        return self.subject

    @property
    def public(self) -> bool:
        """Whether anybody at all may read what is shown of it."""
        return isinstance(self.subject, PullRequest) and not self.subject.repository.private

    def answer(self, question: str) -> Answer | None:
        """What was answered to this question; None if nothing was."""
        return next((a for a in self.answers if a.question == question), None)

    def prefill(self, question: str) -> Prefill | None:
        """What the description already says about this question."""
        return next((p for p in self.prefills if p.question == question), None)

    def draft(self, question: str) -> Prefill | None:
        """What a model proposes for this question, where nobody said anything yet."""
        if self.prefill(question) is not None:
            return None
        return next((p for p in self.drafted if p.question == question), None)

    def offer(self, question: str, digest: str) -> Prefill | None:
        """The offer of that digest, also one that is no longer made."""
        every = (*self.prefills, *self.quotes, *self.drafted, *self.offered)
        offers = (p for p in every if p.question == question)
        return next((p for p in offers if p.digest == digest), None)

    @property
    def spared(self) -> str:
        """Why nobody is asked although rules matched; empty when people are asked."""
        return "" if standing_ruling(self.rulings, Ruled.RAISED) else self.exempt

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
    as something was answered on it. The tier is that of the rules until people are heard.
    """
    seen = Seen.OPEN if subject.open else Seen.DECIDED if subject.merged else Seen.WITHDRAWN
    before = review.state if review else State.NEW
    state, step = TRANSITIONS[before, seen]
    mode = organisation.mode_of(subject.repository.full_name)
    changes = {
        "subject": subject,
        "state": state,
        "triaged": verdict.tier,
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
        "offered": _offered(review, prefills),
    }
    current = replace(review, **changes) if review else Review(opened_at=now, **changes)  # type: ignore[arg-type]
    events: list[Event] = []
    if step:
        events.append(Event(step, {"tier": str(current.tier), "mode": str(current.mode)}))
    return current, tuple(events)


def _offered(review: Review | None, prefills: tuple[Prefill, ...]) -> tuple[Prefill, ...]:
    """What the description offered before, the newest first, each text once."""
    if review is None:
        return ()
    gone = [p for p in review.prefills if p not in prefills]
    return tuple(dict.fromkeys((*gone, *review.offered)))[:MOST_OFFERED]


def checklist_of(review: Review | None, current: Checklist) -> Checklist:
    """The checklist that a review began with, once something was answered on it; else today's."""
    return review.checklist if review and (review.answers or review.evidence) else current


def _exempt(subject: PullRequest, tier: Tier, organisation: Organisation) -> str:
    login = subject.author.login
    if not organisation.quiet_bot(login, tier):
        return ""
    return f"opened by {login}, which is not asked below {organisation.bots.ask_from}"
