"""What was filled into the fields of a question, and what that does to the record."""

from __future__ import annotations

from bot.core.acts import Accept, Confirm, Deed, Refuse, Tell, Undo
from bot.core.answers import Answer, is_text
from bot.core.checklist import Kind, Need, Question
from bot.core.grammar import Given, Piece
from bot.core.review import Review
from bot.views.forms import form
from bot.views.forms.form import Values
from bot.views.forms.wizard_fields import (
    DAY,
    EXPECTED,
    FORMER,
    LINE,
    LINK,
    QUOTES,
    SEGMENT,
    SURE,
    TODAY,
)
from bot.views.slack_text import safe_url


class Wrong(Exception):
    """What was put in is no answer; `block` is where to say so."""

    def __init__(self, block: str, text: str) -> None:
        super().__init__(text)
        self.block, self.text = block, text


def deeds(review: Review, asked: Question, need: Need, values: Values) -> list[Deed]:
    """What a window did to one question; nothing where it says what is known. Raises Wrong."""
    if not form.has(values, asked.id):
        return []
    taken = _attached(review, asked, values)
    given = _given(review, asked, need, values)
    old, draft = review.answer(asked.id), review.draft(asked.id)
    if taken and given is None:
        return taken
    if draft is not None and old is None and asked.kind is not Kind.EVIDENCE:
        if given is None:
            return [Refuse(asked.id, draft.digest)]
        if given.text == draft.text:  # as it stood; what was picked beside it is their own
            picked: list[Deed] = [Tell(asked.id, Given(given.picks))] if given.picks else []
            return [Accept(asked.id, draft), *picked]
    if given is None:
        emptied = old is not None and not old.not_applicable and asked.kind is not Kind.EVIDENCE
        return [Undo(asked.id)] if emptied else []
    if old is not None and _says(old, given):
        return [Confirm(asked.id)] if old.again else []
    return [*taken, Tell(asked.id, given)]


def _attached(review: Review, asked: Question, values: Values) -> list[Deed]:
    """The pieces on file whose boxes are ticked."""
    if asked.kind is not Kind.EVIDENCE:
        return []
    digests = form.picks(values, asked.id + QUOTES)
    offers = (review.offer(asked.id, digest) for digest in digests)
    return [Accept(asked.id, offer) for offer in offers if offer is not None]


def _says(old: Answer, given: Given) -> bool:
    same = (set(old.picks), old.text) == (set(given.picks), given.text)
    return given.piece is None and same and not old.not_applicable


def _given(review: Review, asked: Question, need: Need, values: Values) -> Given | None:
    """The answer in the fields; None where they are empty."""
    match asked.kind:
        case Kind.EVIDENCE:
            return _evidence(asked, values)
        case Kind.MEASURE:
            return _measure(asked, values)
        case Kind.DATE_PERSON:
            return _date_person(asked, values)
        case Kind.LINE:
            text = form.text(values, asked.id)
            return Given(text=_enough(review, asked.id, text)) if text else None
    picks = form.picks(values, asked.id) if asked.kind.many else _one(values, asked.id)
    text = form.text(values, asked.id + LINE)
    if text and asked.kind is Kind.SEGMENTS:
        _enough(review, asked.id + LINE, text, review.thresholds.segment_characters)
    elif text and asked.kind is Kind.PICK_LINE:
        if not picks:
            raise Wrong(asked.id, "Please pick one, too.")
        if need is Need.REQUIRED:
            _enough(review, asked.id + LINE, text)
    elif text and not picks:
        raise Wrong(asked.id, "Please pick one, too.")
    return Given(picks, text) if picks or text else None


def _one(values: Values, block: str) -> tuple[str, ...]:
    found = form.pick(values, block)
    return (found,) if found else ()


def _enough(review: Review, block: str, text: str, least: int = 0) -> str:
    least = least or review.thresholds.text_characters
    if not is_text(text, least):
        raise Wrong(block, f"Please say a little more, in {least} characters or more.")
    return text


def _evidence(asked: Question, values: Values) -> Given | None:
    kind = form.pick(values, asked.id)
    text, link = form.text(values, asked.id + LINE), form.text(values, asked.id + LINK)
    if not kind:
        if text or link:
            raise Wrong(asked.id, "Please say how we know it: asked, watched, or a signal.")
        return None
    if link and not safe_url(link):
        raise Wrong(asked.id + LINK, "Please give a web address, such as https://example.com/7.")
    if kind == "assumed" or not (text or link):
        return Given((kind,), text)
    heard = form.day(values, asked.id + DAY)
    segment = form.pick(values, asked.id + SEGMENT)
    former = "yes" in form.picks(values, asked.id + FORMER)
    return Given(piece=Piece(kind, text, link, heard, segment, former))


def _measure(asked: Question, values: Values) -> Given | None:
    parts = {
        asked.id: form.text(values, asked.id),
        asked.id + TODAY: form.text(values, asked.id + TODAY),
        asked.id + EXPECTED: form.text(values, asked.id + EXPECTED),
        asked.id + SURE: form.text(values, asked.id + SURE),
    }
    if not any(parts.values()):
        return None
    for block, part in parts.items():
        if not part:
            raise Wrong(block, "Please fill this in too: a measure needs all four.")
    metric, today, expected, sure = parts.values()
    if not sure.isdecimal() or int(sure) > 100:
        raise Wrong(asked.id + SURE, "Please give a whole number from 0 to 100.")
    return Given(text=f"{metric}, {today} → {expected}, {int(sure)} %")


def _date_person(asked: Question, values: Values) -> Given | None:
    on, who = form.day(values, asked.id), form.text(values, asked.id + LINE)
    if on is None:
        return None
    return Given(text=", ".join(part for part in (on.isoformat(), who) if part))
