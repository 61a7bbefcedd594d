"""Small pieces of text that every surface shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from bot.core.answers import Answer, Evidence, Fate
from bot.core.checklist import Kind, Question
from bot.core.grammar import Given, Piece
from bot.core.review import Review

HIDDEN = "in words that are not shown in public"
PRIVATE = "private evidence, shown only where it was said"


HOW = {"asked": "asked", "observed": "watched", "signal": "a signal"}


def count(number: int, noun: str) -> str:
    """ "1 question", "3 questions"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def names(items: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def day(on: date) -> str:
    """ "1 Dec 2026"."""
    return f"{on.day} {on:%b %Y}"


def fate(what: Fate) -> str:
    """What became of the comment that said so; empty while it stands."""
    return {
        Fate.STANDS: "",
        Fate.EDITED: "; the comment has since been edited",
        Fate.DELETED: "; the comment has since been deleted",
    }[what]


def picked(question: Question, answer: Answer | None) -> list[str]:
    """The labels of what was picked."""
    return [question.label(option) for option in answer.picks] if answer else []


def said(review: Review, question: Question) -> str:
    """What was answered, in one line without markup; empty if nothing was.

    In a public repository customer voice shows as counts, and what came from elsewhere not at all.
    """
    answer, public = review.answer(question.id), review.public
    voice = question.kind is Kind.EVIDENCE
    parts = [", ".join(picked(question, answer))]
    if answer and answer.withheld:
        parts.append(PRIVATE)
    elif answer and answer.text:
        hidden = public and (voice or answer.taken_over)
        parts.append(HIDDEN if hidden else f"“{answer.text}”")
    if voice and public:
        parts.append(counted(heard.kind for heard in review.evidence))
    elif voice:
        parts += [piece(heard) for heard in review.evidence]
    return "; ".join(part for part in parts if part)


def given(question: Question, what: Given, public: bool) -> str:
    """An answer that does not count yet, in one line without markup; in public without the words
    of a customer."""
    if what.piece is not None:
        return counted([what.piece.kind]) if public else piece(what.piece)
    labels = ", ".join(question.label(option) for option in what.picks)
    hidden = what.text and public and question.kind is Kind.EVIDENCE
    return "; ".join(part for part in (labels, HIDDEN if hidden else what.text) if part)


def counted(kinds: Iterable[str]) -> str:
    """ "2 asked, 1 observed"; empty for none. What does not say how it was heard is a piece."""
    found = Counter(kind or "piece of customer voice" for kind in kinds)
    return ", ".join(f"{number} {kind}" for kind, number in found.items())


def heard(review: Review) -> str:
    """How the customer's voice came in, as one honest sentence."""
    voice = next((q for q, _ in review.asked if q.kind is Kind.EVIDENCE), None)
    answer = review.answer(voice.id) if voice else None
    kinds = {e.kind for e in review.evidence} | set(answer.picks if answer else ())
    for kind, how in HOW.items():
        if kind in kinds:
            named = dict.fromkeys(e.segment.lower() for e in review.evidence if e.kind == kind)
            named.pop("", None)
            return f"heard from {_some(list(named)) or _group(review)} ({how})"
    return f"assumed, nobody has asked {_group(review)} yet"


def assumed(review: Review) -> bool:
    """Nothing was heard: what we say of customers is a guess."""
    return heard(review).startswith("assumed")


def _some(labels: list[str]) -> str:
    return f"{names(labels[:2])} and others" if len(labels) > 3 else names(labels)


def _group(review: Review) -> str:
    who = next((q for q, _ in review.asked if q.kind is Kind.SEGMENTS), None)
    labels = picked(who, review.answer(who.id)) if who else []
    return _some([label.lower() for label in labels]) or "customers"


def piece(heard: Piece | Evidence) -> str:
    """One piece of customer voice, in one line without markup."""
    on = f" on {heard.on.isoformat()}" if heard.on else ""
    segment = f", {heard.segment}" if heard.segment else ""
    text = f": {heard.text}" if heard.text else f": {heard.link}" if heard.link else ""
    if isinstance(heard, Evidence) and heard.withheld:
        text = f": {PRIVATE}"
    return f"{heard.kind}{on}{segment}{text}".removeprefix(": ")


def by(answer: Answer | None, evidence: tuple[Evidence, ...] = ()) -> str:
    """Who answered; for evidence, who added the last piece."""
    if answer:
        return answer.by.login
    return evidence[-1].by.login if evidence else ""
