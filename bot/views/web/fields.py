"""One question as fields of an HTML form, and the form as it came back.

What was put in is handed on in the shape that Slack's windows have, so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.answers import Answer
from bot.core.checklist import Kind, Option, Question
from bot.core.grammar import iso_date
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.views.forms.wizard_fields import (
    DAY,
    EXPECTED,
    FORMER,
    LINE,
    LINK,
    LOOK_BACK,
    NAMED,
    SEGMENT,
    SURE,
    TODAY,
    USUAL_LOOK_BACK,
    taken_apart,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick."""

    id: str
    label: str
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `type` is radio, checkbox, select, text, lines, number or date."""

    name: str
    type: str
    label: str
    value: str = ""
    choices: tuple[Choice, ...] = ()


def fields(review: Review, asked: Question, today: date) -> tuple[Field, ...]:
    """The fields of a question, filled with the answer, or with what the description offers."""
    answer = review.answer(asked.id)
    offer = review.prefill(asked.id) if answer is None else None
    return tuple(_fields(review, asked, answer, offer, today))


def _fields(
    review: Review, asked: Question, answer: Answer | None, offer: Prefill | None, today: date
) -> Iterator[Field]:
    text = _text(answer, offer)
    picked = answer.picks if answer and not answer.not_applicable else offer.picks if offer else ()
    match asked.kind:
        case Kind.LINE:
            yield Field(asked.id, "lines", "In one sentence", text)
            return
        case Kind.MEASURE:
            yield from _measure(asked, text)
            return
        case Kind.DATE_PERSON:
            yield from _date_person(review, asked, answer, today)
            return
    kind = "checkbox" if asked.kind.many else "radio"
    yield Field(asked.id, kind, asked.ask, choices=_choices(asked.options, picked))
    match asked.kind:
        case Kind.SEGMENTS:
            yield Field(asked.id + LINE, "text", NAMED, text)
        case Kind.PICK_LINE:
            yield Field(asked.id + LINE, "lines", "In one sentence", text)
        case Kind.PICK_PERSON:
            yield Field(asked.id + LINE, "text", "Who?", text)
        case Kind.EVIDENCE:
            yield from _evidence(review, asked, text)


def _choices(options: Iterable[Option], picked: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(o.id, o.label, o.id in picked) for o in options)


def _text(answer: Answer | None, offer: Prefill | None) -> str:
    if answer is not None:
        return "" if answer.not_applicable else answer.text
    return offer.text if offer is not None else ""


def _evidence(review: Review, asked: Question, text: str) -> Iterator[Field]:
    yield Field(asked.id + LINE, "lines", "What they said or did, in their words", text)
    yield Field(asked.id + LINK, "text", "Where it is written (a link)")
    yield Field(asked.id + DAY, "date", "Heard on")
    who = next((q for q, _ in review.asked if q.kind is Kind.SEGMENTS), None)
    if who is not None:
        yield Field(asked.id + SEGMENT, "select", "Who said it?", choices=_choices(who.options, ()))
    left = (Choice("yes", "They left, or did not buy"),)
    yield Field(asked.id + FORMER, "checkbox", "An ex-customer?", choices=left)


def _measure(asked: Question, text: str) -> Iterator[Field]:
    metric, today, expected, sure = taken_apart(text)
    yield Field(asked.id, "text", "What we measure", metric)
    yield Field(asked.id + TODAY, "text", "Today", today)
    yield Field(asked.id + EXPECTED, "text", "Expected", expected)
    yield Field(asked.id + SURE, "number", "How sure are we, in %?", sure)


def _date_person(
    review: Review, asked: Question, answer: Answer | None, today: date
) -> Iterator[Field]:
    day, _, person = (answer.text if answer else "").partition(",")
    on = iso_date(day.strip()) or today + LOOK_BACK.get(review.tier, USUAL_LOOK_BACK)
    who = person.strip() or review.subject.author.login
    yield Field(asked.id, "date", "On", on.isoformat())
    yield Field(asked.id + LINE, "text", "Who looks?", who)


Form = Mapping[str, Sequence[str]]  # what was sent, by the name of the field
_KEY = {"radio": "selected_option", "select": "selected_option", "date": "selected_date"}


def values(review: Review, asked: Question, form: Form, today: date) -> Mapping[str, object]:
    """What was put into the fields of a question. A day that is none is an empty one."""
    return {
        field.name: {"page": _put_in(field, form.get(field.name) or ())}
        for field in fields(review, asked, today)
    }


def _put_in(field: Field, sent: Sequence[str]) -> Mapping[str, object]:
    known = {choice.id for choice in field.choices}
    picks = [{"value": each} for each in sent if each in known]
    if field.type == "checkbox":
        return {"selected_options": picks}
    if field.type in ("radio", "select"):
        return {"selected_option": picks[0] if picks else None}
    text = " ".join(sent[0].replace("\r", "").split()) if sent else ""
    if field.type == "date":
        on = iso_date(text)
        return {"selected_date": on.isoformat() if on else None}
    return {"value": text}
