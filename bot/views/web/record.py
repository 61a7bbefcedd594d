"""The decision record of one review: Markdown in the form of MADR 4, and JSON.

https://adr.github.io/madr/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.course import Stance
from bot.core.gate import standing
from bot.core.heard import unheard
from bot.core.maturity import maturity
from bot.core.review import Review, State
from bot.views.markdown import escape
from bot.views.slack_text import safe_url

PEOPLE = "somebody"  # instead of a name, unless names were asked for


def markdown(review: Review) -> str:
    """What was decided, for whom, and what was known of them then."""
    return "\n\n".join(_parts(review)) + "\n"


def _parts(review: Review) -> Iterator[str]:
    decision, course = review.course.decision, review.course
    yield "\n".join(_front(review))
    yield f"# {escape(review.subject.title)}"
    url = safe_url(review.subject.url)
    why = escape(review.reasons[0].text)
    yield f"Customer impact {review.tier}, because {why}. Source: <{url}>"
    yield "## Context and Problem Statement"
    yield from _answered(review, ("why", "who", "reach", "not_served"))
    yield "## Decision Drivers"
    yield from _answered(review, ("effect", "feeling", "value", "journey", "stance", "future"))
    yield "## Decision Outcome"
    if decision is not None:
        yield f"{str(decision.resolution).capitalize()}: {escape(decision.sentence)}"
        if decision.conditions:
            yield f"Conditions: {escape(decision.conditions)}"
    else:
        yield {State.DECIDED: "Merged.", State.WITHDRAWN: "Withdrawn."}.get(
            review.state, "Not decided yet."
        )
    if review.bypassed:
        yield "It was merged before the customer's side was answered."
    yield "### Consequences"
    if decision is not None and decision.prediction is not None:
        p = decision.prediction
        yield (
            f"We expect {escape(p.measure)} to go from {escape(p.baseline)} to "
            f"{escape(p.expected)}; {p.confidence} % sure."
        )
        if decision.look_back:
            yield f"We look back on {decision.look_back.isoformat()}."
    yield from _answered(review, ("measure", "look_back", "tell"))
    if objections := [c for c in course.consents if c.stance is not Stance.CONSENT]:
        yield "\n".join(
            f"- {c.stance}, {escape(c.by.login)}: {escape(c.reason)}" for c in objections
        )
    yield "### Confirmation"
    yield f"The checklist is {standing(review).gate}."
    yield "## More Information"
    yield "\n".join(_voice(review)) or "No customer was heard."
    if gaps := unheard(review):
        yield f"Nobody has heard from: {escape(', '.join(gaps))}."


def _front(review: Review) -> Iterator[str]:
    when = review.decided_at or review.opened_at
    yield "---"
    yield f"status: {_status(review)}"
    yield f"date: {when.date().isoformat()}"
    makers = {review.subject.author.login} | {c.by.login for c in review.course.consents}
    yield f"decision-makers: [{', '.join(sorted(map(_quoted, makers)))}]"
    yield "---"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "").replace('"', "").replace("\n", " ") + '"'


def _status(review: Review) -> str:
    if by := review.course.superseded_by:
        return _quoted(f"superseded by review {by}")
    if review.course.decision is not None:
        return _quoted(str(review.course.decision.resolution))
    return {
        State.OPEN: "proposed", State.DECIDED: "accepted", State.WITHDRAWN: "rejected"
    }.get(review.state, "proposed")  # fmt: skip


def _answered(review: Review, ids: tuple[str, ...]) -> Iterator[str]:
    lines = []
    for question, _ in review.asked:
        answer = review.answer(question.id)
        if question.id not in ids or answer is None:
            continue
        said = [*(question.label(pick) for pick in answer.picks), answer.text]
        lines.append(f"- {escape(question.ask)} {escape('; '.join(part for part in said if part))}")
    yield "\n".join(lines) or "Not answered yet."


def _voice(review: Review) -> Iterator[str]:
    for piece in review.evidence:
        on = f" on {piece.on.isoformat()}" if piece.on else ""
        who = f", {escape(piece.segment)}" if piece.segment else ""
        left = ", ex-customer" if piece.former else ""
        words = escape(piece.text) or ("private" if piece.withheld else "")
        link = f" <{safe_url(piece.link)}>" if safe_url(piece.link) else ""
        yield f"- {escape(piece.kind)}{on}{who}{left}: {words}{link}"


def as_json(review: Review, names: bool = True) -> dict[str, Any]:
    """The same for programs; without `names`, nobody is named."""

    def who(login: str) -> str:
        return login if names else PEOPLE

    course, found, subject = review.course, maturity(review), review.subject
    return {
        "id": review.id,
        "subject": subject.name,
        "title": subject.title,
        "url": safe_url(subject.url),
        "author": who(subject.author.login),
        "tier": str(review.tier),
        "reasons": [{"rule": r.rule, "tier": str(r.tier), "text": r.text} for r in review.reasons],
        "overlays": list(review.overlays),
        "mode": str(review.mode),
        "state": str(review.state),
        "gate": str(standing(review).gate),
        "missing": [gap.question.id for gap in standing(review).missing],
        "opened_at": review.opened_at.isoformat(),
        "first_answer_at": review.first_answer_at.isoformat() if review.first_answer_at else None,
        "completed_at": review.completed_at.isoformat() if review.completed_at else None,
        "decided_at": review.decided_at.isoformat() if review.decided_at else None,
        "bypassed": review.bypassed,
        "superseded_by": review.course.superseded_by or None,
        "answers": [
            {
                "question": a.question, "picks": list(a.picks), "text": a.text,
                "not_applicable": a.not_applicable, "by": who(a.by.login),
                "at": a.at.isoformat(), "door": str(a.door),
            }
            for a in review.answers
        ],
        "evidence": [
            {
                "kind": e.kind, "text": e.text, "link": safe_url(e.link),
                "on": e.on.isoformat() if e.on else None, "segment": e.segment,
                "ex_customer": e.former, "by": who(e.by.login),
            }
            for e in review.evidence
        ],
        "waivers": [
            {
                "scope": w.scope, "until": w.until.isoformat() if w.until else None,
                "reason": w.reason, "by": who(w.by.login), "expired": w.expired,
            }
            for w in review.waivers
        ],
        "consents": [
            {"stance": str(c.stance), "reason": c.reason, "by": who(c.by.login)}
            for c in course.consents
        ],
        "decision": None
        if course.decision is None
        else {
            "resolution": str(course.decision.resolution),
            "sentence": course.decision.sentence,
            "conditions": course.decision.conditions,
            "without_review": course.decision.without_review,
            "look_back": course.decision.look_back.isoformat()
            if course.decision.look_back
            else None,
        },
        "maturity": None
        if found is None
        else {"level": int(found.level), "name": str(found.level), "percent": found.percent},
    }  # fmt: skip
