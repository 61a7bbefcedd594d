"""Everything about one review, as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.course import Consent, Decision
from bot.core.gate import Gate, Standing, standing
from bot.core.heard import unheard
from bot.core.maturity import Maturity, maturity
from bot.core.missing import required
from bot.core.proposal import Proposal
from bot.core.review import Review
from bot.core.rulings import Ruled, Ruling
from bot.core.waivers import ALL, PAUSE
from bot.views import words
from bot.views.slack_text import safe_url
from bot.views.web.question import QuestionView, Step, steps
from bot.views.web.trail import Line

GATES = {
    Gate.PENDING: "waits for answers",
    Gate.COMPLETE: "complete",
    Gate.WAIVED: "waived",
    Gate.NOT_NEEDED: "not needed",
}


@dataclass(frozen=True, slots=True)
class Related:
    """Another subject that belongs to this one, and how."""

    how: str
    name: str
    url: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. `may` is whether the reader may answer; `share` is in percent."""

    id: int
    version: int
    title: str
    name: str
    url: str
    kind: str
    author: str
    tier: str
    reasons: tuple[str, ...]
    rulings: tuple[str, ...]
    gate: str
    gate_name: str
    mode: str
    state: str
    headline: str
    done: int
    total: int
    steps: tuple[Step, ...]
    unheard: tuple[str, ...]
    waivers: tuple[str, ...]
    consents: tuple[Consent, ...]
    consents_missing: int
    decision: Decision | None
    maturity: Maturity | None
    opened_at: datetime
    decided_at: datetime | None
    bypassed: bool
    may: bool
    superseded: bool
    drafts: bool = False
    trail: tuple[Line, ...] = ()
    related: tuple[Related, ...] = ()

    @property
    def share(self) -> int:
        return round(100 * self.done / self.total) if self.total else 100

    @property
    def questions(self) -> tuple[QuestionView, ...]:
        """All of them, in the order of the steps."""
        return tuple(question for step in self.steps for question in step.questions)


def page(
    review: Review,
    may: bool,
    digest: Callable[[str], str],
    today: date,
    trail: Sequence[Line] = (),
    related: Sequence[Related] = (),
    drafts: bool = False,
) -> Page:
    """The page of a review. `digest` gives that of a question's answer."""
    now = standing(review)
    total, lacking = required(review), {gap.question.id for gap in now.missing}
    subject = review.subject
    proposal = subject if isinstance(subject, Proposal) else None
    return Page(
        id=review.id,
        version=review.version,
        title=subject.title or "(without a title)",
        name=f"#{proposal.channel.name or proposal.channel.id}" if proposal else subject.name,
        url=safe_url(subject.url),
        kind="proposal" if proposal else "pull request",
        author=subject.author.login,
        tier=str(review.tier),
        reasons=tuple(f"{r.tier}: {r.text}" for r in review.reasons),
        rulings=tuple(map(_ruling, review.rulings)),
        gate=now.gate.value.replace(" ", "-"),
        gate_name=GATES[now.gate],
        mode=str(review.mode),
        state=str(review.state),
        headline=_headline(review, now),
        done=len(total) - len(lacking),
        total=len(total),
        steps=tuple(steps(review, now, digest, today)),
        unheard=unheard(review),
        waivers=tuple(_waivers(review)),
        consents=review.course.consents,
        consents_missing=now.consents,
        decision=review.course.decision,
        maturity=maturity(review),
        opened_at=review.opened_at,
        decided_at=review.decided_at,
        bypassed=review.bypassed,
        may=may,
        superseded=review.course.superseded_by > 0,
        drafts=drafts and now.gate is Gate.PENDING,
        trail=tuple(trail),
        related=tuple(related),
    )


def _headline(review: Review, now: Standing) -> str:
    """What this is, and whether anybody has to do anything."""
    match now.gate:
        case Gate.NOT_NEEDED:
            return f"Nothing is asked here: {review.spared or review.reasons[0].text}."
        case Gate.WAIVED if now.waivers and now.waivers[0].scope == PAUSE:
            return f"The bot is off here: {now.waivers[0].reason}"
        case Gate.WAIVED:
            return "What is open was waived."
        case Gate.COMPLETE:
            return f"Complete: {words.heard(review)}."
    if review.bypassed:
        return "Merged before it was answered. Answers still count."
    if now.missing:
        left = words.count(len(now.missing), "question")
        return f"{left} left: {words.names([gap.question.short for gap in now.missing])}."
    return f"All answered. It waits for {words.count(now.consents, 'consent')}."


def _ruling(ruling: Ruling) -> str:
    verb = {
        Ruled.RAISED: f"raised this to {ruling.tier}",
        Ruled.LOWERED: f"lowered this to {ruling.tier}",
        Ruled.ATTESTED: "says that no customer will notice",
    }[ruling.ruled]
    ended = " (this does not hold any more)" if ruling.ended else ""
    return f"{ruling.by.login} {verb}: “{ruling.reason}”{ended}"


def _waivers(review: Review) -> Iterable[str]:
    for waiver in review.waivers:
        question = review.checklist.question(waiver.scope)
        what = "All that is open" if waiver.scope == ALL else "The bot"
        what = question.short if question else what
        until = f" until {words.day(waiver.until)}" if waiver.until else ""
        over = " (that day is over)" if waiver.expired else ""
        yield f"{what}: waived by {waiver.by.login}{until}{over}: “{waiver.reason}”"
