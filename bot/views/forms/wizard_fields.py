"""One question as fields of a window: what each kind of answer is filled into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.core.answers import Answer
from bot.core.checklist import Kind, Need, Question
from bot.core.grammar import ARROW, PERCENT, iso_date
from bot.core.offers import accepted
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.tier import Tier
from bot.views import words
from bot.views.slack_blocks import context, input_block
from bot.views.slack_inputs import (
    checkboxes,
    choices,
    date_input,
    number_input,
    option,
    select,
    text_input,
)
from bot.views.slack_limits import Block
from bot.views.slack_text import mrkdwn

LINE, LINK, DAY, SEGMENT, FORMER, TODAY, EXPECTED, SURE, QUOTES = (
    *(".line", ".link", ".day", ".segment", ".former"),
    *(".today", ".expected", ".sure", ".quotes"),
)
LONGEST = 1000  # characters of a line
LOOK_BACK = {Tier.R3: timedelta(days=90)}
USUAL_LOOK_BACK = timedelta(days=60)
DRAFT = (
    "A draft by a model ({basis}), nobody confirmed it: leave it to accept it, change it, or empty "
    "it to reject it."
)
NAMED = "Name the group, if it is none of these"
MEASURE = re.compile(r"(?P<metric>.*), (?P<change>.*), (?P<sure>\d+ %)", re.DOTALL)


def fields(review: Review, asked: Question, need: Need, today: date) -> list[Block]:
    """The fields of a question, filled with the answer, or with what the message offers."""
    answer = review.answer(asked.id)
    if answer is not None and answer.not_applicable:
        need = Need.OPTIONAL
    offer = (review.prefill(asked.id) or review.draft(asked.id)) if answer is None else None
    hint = _hint(asked, offer, answer)
    match asked.kind:
        case Kind.EVIDENCE:
            return _evidence(review, asked, answer, hint, need)
        case Kind.MEASURE:
            return _measure(asked, _text(answer, offer), hint, need)
        case Kind.DATE_PERSON:
            return _date_person(review, asked, answer, hint, today)
        case Kind.LINE:
            return [_line(asked.ask, asked.id, _text(answer, offer), hint, need)]
    picked = answer.picks if answer and not answer.not_applicable else offer.picks if offer else ()
    blocks = [_pick(asked, picked, hint, need)]
    if asked.kind is Kind.SEGMENTS:
        text = _text(answer, offer)
        blocks.append(_line(NAMED, asked.id + LINE, text, need=Need.OPTIONAL))
    elif asked.kind in (Kind.PICK_LINE, Kind.PICK_PERSON):
        label = "Who?" if asked.kind is Kind.PICK_PERSON else "In one sentence"
        must = need if asked.kind is Kind.PICK_LINE and need is Need.REQUIRED else Need.OPTIONAL
        blocks.append(_line(label, asked.id + LINE, _text(answer, offer), need=must))
    return blocks


def _text(answer: Answer | None, offer: Prefill | None) -> str:
    if answer is not None:
        return "" if answer.not_applicable else answer.text
    return offer.text if offer is not None else ""


def _hint(asked: Question, offer: Prefill | None, answer: Answer | None) -> str:
    parts = [asked.help]
    if offer is not None and (offer.text or offer.picks):
        told = f"Filled in from {offer.source}: please look at it."
        parts.append(DRAFT.format(basis=offer.basis) if offer.basis else told)
    if answer is not None and answer.not_applicable:
        parts.append(f"Said not to apply: {answer.text}")
    if answer is not None and answer.again:
        parts.append(f"Asked again, because {answer.again}. Leave it if it still holds.")
    return " ".join(parts)


def _pick(asked: Question, picked: Iterable[str], hint: str, need: Need) -> Block:
    options = [option(each.id, each.label) for each in asked.options]
    made = choices(asked.id, options, many=asked.kind.many, initial=tuple(picked))
    return input_block(asked.ask, made, asked.id, hint, optional=not need.must)


def _line(
    label: str,
    block: str,
    text: str,
    hint: str = "",
    need: Need = Need.REQUIRED,
) -> Block:
    field = text_input(block, multiline=True, initial=text, most=LONGEST)
    return input_block(label, field, block, hint, optional=not need.must)


def _evidence(
    review: Review, asked: Question, answer: Answer | None, hint: str, need: Need
) -> list[Block]:
    """What is known, and room for one more piece."""
    blocks: list[Block] = []
    if review.evidence:
        known = "\n".join(f"• {mrkdwn(words.piece(piece))}" for piece in review.evidence[-5:])
        more = len(review.evidence) - 5
        blocks.append(
            context(f"Heard so far:\n{known}" + (f"\n… and {more} more" if more > 0 else ""))
        )
    blocks += (quotes := _quotes(review, asked))
    may_be_empty = bool(review.evidence or quotes) or not need.must
    picked = answer.picks if answer else ()
    label = "Add one more?" if review.evidence else asked.ask
    options = [option(each.id, each.label) for each in asked.options]
    kind = choices(asked.id, options, many=False, initial=picked)
    said = _text(answer, None)
    blocks += [
        input_block(label, kind, asked.id, hint, optional=may_be_empty),
        input_block(
            "What they said or did, in their words",
            text_input(asked.id + LINE, multiline=True, initial=said, most=LONGEST),
            asked.id + LINE,
            "Where we are assuming: whom we will ask.",
            optional=True,
        ),
        input_block(
            "Where it is written (a link)",
            text_input(asked.id + LINK, most=LONGEST),
            asked.id + LINK,
            optional=True,
        ),
        input_block("Heard on", date_input(asked.id + DAY), asked.id + DAY, optional=True),
    ]
    return [*blocks, *_segment(review, asked.id), former(asked.id)]


def _quotes(review: Review, asked: Question) -> list[Block]:
    """What customers said and may fit, with a box each."""
    open_to_take = [o for o in review.quotes if not accepted(review, asked, o)]
    if not open_to_take:
        return []
    said = "\n".join(
        f"{number}. {mrkdwn(words.piece(offer.pieces[0]))} ({mrkdwn(offer.source)})"
        for number, offer in enumerate(open_to_take, 1)
    )
    boxes = checkboxes(
        asked.id + QUOTES,
        [option(o.digest, f"Attach {number}") for number, o in enumerate(open_to_take, 1)],
    )
    label = "Attach what fits"
    return [
        context(f"Customers said:\n{said}"),
        input_block(label, boxes, asked.id + QUOTES, optional=True),
    ]


def _segment(review: Review, of: str) -> list[Block]:
    who = next((q for q, _ in review.asked if q.kind is Kind.SEGMENTS), None)
    if who is None or not who.options:
        return []
    options = [option(each.id, each.label) for each in who.options]
    return [input_block("Who said it?", select(of + SEGMENT, options), of + SEGMENT, optional=True)]


def former(of: str) -> Block:
    """Whether they left, or did not buy."""
    box = checkboxes(of + FORMER, [option("yes", "They left, or did not buy")])
    return input_block("An ex-customer?", box, of + FORMER, optional=True)


def _measure(asked: Question, text: str, hint: str, need: Need) -> list[Block]:
    metric, today, expected, sure = taken_apart(text)
    name, left = asked.id, not need.must
    what = text_input(name, initial=metric, most=200, placeholder="Exports per week")
    now = text_input(name + TODAY, initial=today, most=60, placeholder="120")
    then = text_input(name + EXPECTED, initial=expected, most=60, placeholder="150")
    percent = number_input(name + SURE, int(sure) if sure else None, 0, 100)
    return [
        input_block(asked.ask, what, name, hint, left),
        input_block("Today", now, name + TODAY, optional=left),
        input_block("Expected", then, name + EXPECTED, optional=left),
        input_block("How sure are we, in %?", percent, name + SURE, optional=left),
    ]


def taken_apart(text: str) -> tuple[str, str, str, str]:
    """What a measure says: what, today's value, the expected one, how sure in percent."""
    found = MEASURE.fullmatch(text)
    if found is None:
        return "", "", "", ""
    values = [value.strip() for value in ARROW.split(found["change"], maxsplit=1)]
    sure = PERCENT.fullmatch(found["sure"])
    if len(values) != 2 or sure is None:
        return "", "", "", ""
    return found["metric"], values[0], values[1], sure[1]


def _date_person(
    review: Review, asked: Question, answer: Answer | None, hint: str, today: date
) -> list[Block]:
    """Filled with the usual day, so that one look is enough."""
    day, _, person = (answer.text if answer else "").partition(",")
    on = iso_date(day.strip()) or today + LOOK_BACK.get(review.tier, USUAL_LOOK_BACK)
    who = person.strip() or (review.course.owner.login or review.subject.author.login)
    if review.course.owner.id == 0 and not person.strip():
        who = review.subject.author.login
    return [
        input_block(asked.ask, date_input(asked.id, on), asked.id, hint, optional=True),
        input_block(
            "Who looks?",
            text_input(asked.id + LINE, initial=who, most=100),
            asked.id + LINE,
            optional=True,
        ),
    ]
