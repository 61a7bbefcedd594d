"""Everything about one review, as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.answers import Answer, Door, Evidence
from bot.core.checklist import Kind, Need, Question
from bot.core.course import Consent, Decision
from bot.core.events import NAMES
from bot.core.facts import NOBODY
from bot.core.gate import Gate, Standing, standing
from bot.core.heard import unheard
from bot.core.maturity import Maturity, maturity
from bot.core.missing import required
from bot.core.prefill import Prefill
from bot.core.proposal import Proposal
from bot.core.review import Review
from bot.core.rulings import Ruled, Ruling
from bot.core.waivers import ALL, PAUSE
from bot.views import words
from bot.views.slack_text import safe_url
from bot.views.web.fields import Field, fields

STEPS = {"who": "Who", "voice": "Voice", "effect": "Effect", "follow-through": "Follow-through"}
GATES = {
    Gate.PENDING: "waits for answers",
    Gate.COMPLETE: "complete",
    Gate.WAIVED: "waived",
    Gate.NOT_NEEDED: "not needed",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of customer voice."""

    kind: str
    text: str
    link: str
    on: date | None
    segment: str
    former: bool
    withheld: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of customer voice that is on file and may fit: attached by whoever may answer."""

    digest: str
    source: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model proposes for a question: `basis` is evidenced, assumed or unknown, `cites` say
    where it stands."""

    digest: str
    text: str
    basis: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question. `state` is open, answered, optional, waived, not applicable or asked again;
    `gap` is what it lacks. `digest` tells this state of the answer from any other."""

    id: str
    ask: str
    short: str
    help: str
    needed: bool
    state: str
    gap: str
    picks: tuple[str, ...]
    text: str
    source: str
    by: str
    at: datetime | None
    door: str
    fate: str
    again: str
    offer: str
    offered_by: str
    acceptable: bool
    fields: tuple[Field, ...]
    pieces: tuple[Piece, ...]
    digest: str
    quotes: tuple[Quote, ...] = ()
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The questions of one step."""

    name: str
    questions: tuple[QuestionView, ...]

    @property
    def first(self) -> tuple[QuestionView, ...]:
        """What has to be answered, and what was."""
        return tuple(q for q in self.questions if q.state != "optional")

    @property
    def more(self) -> tuple[QuestionView, ...]:
        """What may be answered, and was not."""
        return tuple(q for q in self.questions if q.state == "optional")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened: who, when, through which door."""

    at: datetime
    what: str
    detail: str
    by: str
    door: str


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
        steps=tuple(_steps(review, now, digest, today)),
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


def _steps(
    review: Review, now: Standing, digest: Callable[[str], str], today: date
) -> Iterable[Step]:
    found: dict[str, list[QuestionView]] = {step: [] for step in STEPS}
    gaps = {gap.question.id: gap.reason for gap in now.missing}
    let_go = {waiver.scope for waiver in review.waivers if not waiver.expired}
    for question, need in review.asked:
        if need is Need.HIDDEN:
            continue
        step = question.step if question.step in STEPS else "follow-through"
        view = _question(review, question, need, gaps, let_go, digest(question.id), today)
        found[step].append(view)
    return (Step(STEPS[step], tuple(views)) for step, views in found.items() if views)


def _question(
    review: Review,
    question: Question,
    need: Need,
    gaps: Mapping[str, str],
    let_go: set[str],
    digest: str,
    today: date,
) -> QuestionView:
    answer, offer = review.answer(question.id), review.prefill(question.id)
    voice = question.kind is Kind.EVIDENCE
    return QuestionView(
        id=question.id,
        ask=question.ask,
        short=question.short,
        help=question.help,
        needed=need.must,
        state=_state(review, question, need, answer, gaps, let_go),
        gap=gaps.get(question.id, ""),
        picks=tuple(words.picked(question, answer)),
        text=(words.PRIVATE if answer.withheld else answer.text) if answer else "",
        source=answer.source if answer else "",
        by=answer.by.login if answer else "",
        at=answer.at if answer else None,
        door=str(answer.door) if answer else "",
        fate=words.fate(answer.fate).removeprefix("; ") if answer else "",
        again=answer.again if answer else "",
        offer=_offer(question, offer.text, offer.picks) if offer and answer is None else "",
        offered_by=offer.source if offer and answer is None else "",
        acceptable=bool(offer and not offer.too_short),
        fields=fields(review, question, today),
        pieces=tuple(map(_piece, review.evidence)) if voice else (),
        digest=digest,
        quotes=tuple(_quote(q, review) for q in review.quotes) if voice else (),
        draft=_draft(review, question) if answer is None else None,
    )


def _quote(offer: Prefill, review: Review) -> Quote:
    piece = offer.pieces[0]
    stands = Evidence(
        piece.kind, piece.text, piece.link, piece.on, piece.segment, NOBODY, review.opened_at,
        Door.PAGE, former=piece.former,
    )  # fmt: skip
    return Quote(offer.digest, offer.source, _piece(stands))


def _draft(review: Review, question: Question) -> Draft | None:
    offer = review.draft(question.id)
    return Draft(offer.digest, offer.text, offer.basis, offer.cites) if offer else None


def _offer(question: Question, text: str, picks: Sequence[str]) -> str:
    labels = ", ".join(question.label(pick) for pick in picks)
    return "; ".join(part for part in (labels, text) if part) or "what is written there"


def _state(
    review: Review,
    question: Question,
    need: Need,
    answer: Answer | None,
    gaps: Mapping[str, str],
    let_go: set[str],
) -> str:
    if answer and answer.again:
        return "asked again"
    if answer and answer.not_applicable:
        return "not applicable"
    if question.id in gaps:
        return "open"
    if question.id in let_go and answer is None:
        return "waived"
    heard = question.kind is Kind.EVIDENCE and review.evidence
    if answer is None and not heard:
        return "waived" if need.must else "optional"
    return "answered"


def _piece(piece: Evidence) -> Piece:
    return Piece(
        piece.kind, piece.text, safe_url(piece.link), piece.on, piece.segment, piece.former,
        piece.withheld, piece.by.login, piece.at,
    )  # fmt: skip


def trail(
    rows: Iterable[tuple[datetime, str, Mapping[str, object], str, str]], review: Review
) -> tuple[Line, ...]:
    """What the ledger says of a review, newest first."""
    found = [
        Line(at, _what(event), _detail(data, review), by, door)
        for at, event, data, by, door in rows
    ]
    return tuple(reversed(found))


def _what(event: str) -> str:
    return NAMES.get(event, event)


def _detail(data: Mapping[str, object], review: Review) -> str:
    """What an event is about, in a few words."""
    parts = []
    named = data.get("question") or data.get("scope")
    if named:
        question = review.checklist.question(str(named))
        parts.append(question.short if question else str(named))
    for name in ("tier", "from", "to", "until", "stance", "resolution", "due", "mode"):
        if data.get(name):
            parts.append(
                f"{name} {data[name]}" if name in ("from", "to", "until") else str(data[name])
            )
    return ", ".join(parts)
