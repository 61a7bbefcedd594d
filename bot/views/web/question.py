"""One question of a review, as its page shows it: answer, offers, fields, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.answers import Answer, Evidence
from bot.core.checklist import Kind, Need, Question
from bot.core.gate import Standing
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.views import words
from bot.views.slack_text import safe_url
from bot.views.web.fields import Field, fields

STEPS = {"who": "Who", "voice": "Voice", "effect": "Effect", "follow-through": "Follow-through"}


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


def steps(
    review: Review, now: Standing, digest: Callable[[str], str], today: date
) -> Iterable[Step]:
    """The questions that are asked, by step; `digest` gives that of a question's answer."""
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
    said = offer.pieces[0]
    piece = Piece(
        said.kind, said.text, safe_url(said.link), said.on, said.segment, said.former, False, "",
        review.opened_at,
    )  # fmt: skip
    return Quote(offer.digest, offer.source, piece)


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
