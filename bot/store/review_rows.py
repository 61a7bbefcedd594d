"""Reviews: rows to values and back."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row

from bot.core.course import Course
from bot.core.facts import PullRequest
from bot.core.gate import standing
from bot.core.organisation import Mode, Thresholds
from bot.core.prefill import Prefill
from bot.core.proposal import Proposal
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Ruling, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.triage import Reason
from bot.core.waivers import Waiver
from bot.store import answers, checklists

_PREFILLS = TypeAdapter(tuple[Prefill, ...])
_SUGGESTIONS = TypeAdapter(tuple[Suggestion, ...])
_WAIVERS = TypeAdapter(tuple[Waiver, ...])
_RULINGS = TypeAdapter(tuple[Ruling, ...])
_COURSE = TypeAdapter(Course)


def read(connection: Connection, row: Row[Any], subject: PullRequest | Proposal) -> Review:
    """The review in a row that holds the columns of `review`."""
    return Review(
        subject=subject,
        state=State(row.state),
        triaged=Tier(row.triaged),
        tier=Tier(row.tier),
        customer_facing=row.customer_facing,
        overlays=tuple(row.overlays),
        reasons=tuple(Reason(r["rule"], Tier(r["tier"]), r["text"]) for r in row.reasons),
        mode=Mode(row.mode),
        exempt=row.exempt,
        quiet=row.quiet,
        checklist=checklists.load(connection, row.checklist_version),
        thresholds=Thresholds(**row.thresholds),
        opened_at=row.opened_at,
        answers=answers.load_answers(connection, row.id),
        evidence=answers.load_evidence(connection, row.id),
        prefills=_PREFILLS.validate_python(row.prefills),
        offered=_PREFILLS.validate_python(row.offered),
        quotes=_PREFILLS.validate_python(row.quotes),
        drafted=_PREFILLS.validate_python(row.drafted),
        suggestions=_SUGGESTIONS.validate_python(row.suggestions),
        waivers=_WAIVERS.validate_python(row.waivers),
        rulings=_RULINGS.validate_python(row.rulings),
        last_picked=row.last_picked,
        course=_COURSE.validate_python(row.course),
        bypassed=row.bypassed,
        first_answer_at=row.first_answer_at,
        completed_at=row.completed_at,
        decided_at=row.decided_at,
        owner=row.owner,
        id=row.id,
        version=row.version,
    )


def write(review: Review) -> dict[str, Any]:
    """The values of a review's columns, but for its id, subject and version."""
    decision = review.course.decision
    return {
        "state": review.state,
        "gate": standing(review).gate,
        "triaged": int(review.triaged),
        "tier": int(review.tier),
        "customer_facing": review.customer_facing,
        "overlays": list(review.overlays),
        "reasons": [{"rule": r.rule, "tier": int(r.tier), "text": r.text} for r in review.reasons],
        "mode": review.mode,
        "exempt": review.exempt,
        "quiet": review.quiet,
        "checklist_version": review.checklist.version,
        "thresholds": review.thresholds.model_dump(),
        "prefills": _PREFILLS.dump_python(review.prefills, mode="json"),
        "offered": _PREFILLS.dump_python(review.offered, mode="json"),
        "quotes": _PREFILLS.dump_python(review.quotes, mode="json"),
        "drafted": _PREFILLS.dump_python(review.drafted, mode="json"),
        "suggestions": _SUGGESTIONS.dump_python(review.suggestions, mode="json"),
        "waivers": _WAIVERS.dump_python(review.waivers, mode="json"),
        "rulings": _RULINGS.dump_python(review.rulings, mode="json"),
        "attested": standing_ruling(review.rulings, Ruled.ATTESTED) is not None,
        "waived_until": min(
            (w.ends_at for w in review.waivers if w.ends_at and not w.expired), default=None
        ),
        "last_picked": review.last_picked,
        "course": _COURSE.dump_python(review.course, mode="json", exclude_defaults=True),
        "without_review": decision is not None and decision.without_review,
        "bypassed": review.bypassed,
        "opened_at": review.opened_at,
        "first_answer_at": review.first_answer_at,
        "completed_at": review.completed_at,
        "decided_at": review.decided_at,
        "owner": review.owner,
        "superseded_by": review.course.superseded_by,
    }
