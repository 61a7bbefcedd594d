"""What was decided, what we expect of it, and when we look back."""

from __future__ import annotations

from datetime import timedelta

from bot.core.answers import is_text
from bot.core.checklist import Kind
from bot.core.course import Prediction, Resolution
from bot.core.course_deeds import Decide
from bot.core.gate import Gate, standing
from bot.core.tier import Tier
from bot.views import words
from bot.views.forms import form
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.refusals import only_says, unless_part_of_it
from bot.views.forms.wizard_fields import taken_apart
from bot.views.slack_blocks import context, input_block, modal, section
from bot.views.slack_card_lines import consents
from bot.views.slack_inputs import (
    checkboxes,
    date_input,
    number_input,
    option,
    radio,
    text_input,
)
from bot.views.slack_limits import Block
from bot.views.slack_names import Window
from bot.views.slack_text import mrkdwn

HOW, SENTENCE, CONDITIONS, WHAT, TODAY, EXPECTED, SURE, BACK, ALREADY = (
    *("how", "sentence", "conditions", "what", "today", "expected", "sure"),
    *("back", "already"),
)
TITLE = "Decide"
LEAST = 15  # characters of a decision
LOOK_BACK = {Tier.R2: timedelta(days=60), Tier.R3: timedelta(days=90)}


def show(asked: Asked) -> Block:
    """The decision; where something is missing, that first."""
    if why := unless_part_of_it(asked):
        return only_says(TITLE, why)
    review, made = asked.review, asked.review.course.decision
    options = [option(each, str(each).capitalize()) for each in Resolution]
    back = made.look_back if made else None
    if back is None and review.tier in LOOK_BACK:
        back = asked.now.date() + LOOK_BACK[review.tier]
    blocks = [
        *_lacking(asked),
        *_objections(asked),
        input_block("How?", radio(HOW, options, made.resolution if made else ""), HOW),
        input_block(
            "What was decided, in one sentence",
            text_input(SENTENCE, multiline=True, initial=made.sentence if made else "", most=500),
            SENTENCE,
            "This one line goes into the thread.",
        ),
        input_block(
            "Conditions",
            text_input(CONDITIONS, True, made.conditions if made else _conditions(asked)),
            CONDITIONS,
            optional=True,
        ),
        *_prediction(asked),
        input_block("When do we look back?", date_input(BACK, back), BACK, optional=True),
    ]
    return modal(
        TITLE, blocks, Window.DECIDE, submit="Decide", close="Cancel",
        private_metadata=asked.metadata(),
    )  # fmt: skip


def _lacking(asked: Asked) -> list[Block]:
    stands = standing(asked.review)
    if stands.gate is not Gate.PENDING:
        return []
    left = [mrkdwn(gap.question.short) for gap in stands.missing[:8]]
    more = len(stands.missing) - len(left)
    left += [f"{more} more"] if more > 0 else []
    left += [words.count(stands.consents, "consent")] if stands.consents else []
    text = f"*Still missing:* {words.names(left)}. *Answer* on the card takes you there."
    box = checkboxes(ALREADY, [option("yes", "We decided already, without it")])
    hint = "It is counted as a decision without review, and you can answer afterwards."
    return [section(text), input_block("Decide all the same?", box, ALREADY, hint, optional=True)]


def _objections(asked: Asked) -> list[Block]:
    if not asked.review.course.objections:
        return []
    return [
        context("They stand in the decision:\n" + "\n".join(consents(asked.review, asked.slack)))
    ]


def _conditions(asked: Asked) -> str:
    """What reviewers made a condition, to begin with."""
    said = [c.reason for c in asked.review.course.consents if c.stance.consents and c.reason]
    return "; ".join(said)


def _prediction(asked: Asked) -> list[Block]:
    made = asked.review.course.decision
    expected = made.prediction if made else None
    if expected is not None:
        parts = (
            expected.measure,
            expected.baseline,
            expected.expected,
            str(expected.confidence),
        )
    else:
        measure = next((q for q, _ in asked.review.asked if q.kind is Kind.MEASURE), None)
        answer = asked.review.answer(measure.id) if measure else None
        parts = taken_apart(answer.text if answer else "")
    hint = (
        "What customers do or say: exports per week. Leave all four empty if nothing is expected."
    )
    return [
        input_block("We expect: what?", text_input(WHAT, initial=parts[0]), WHAT, hint, True),
        input_block("Today", text_input(TODAY, initial=parts[1]), TODAY, optional=True),
        input_block("Expected", text_input(EXPECTED, initial=parts[2]), EXPECTED, optional=True),
        input_block(
            "How sure are we, in %?",
            number_input(SURE, int(parts[3]) if parts[3] else None, 0, 100),
            SURE,
            optional=True,
        ),
    ]


def read(asked: Asked, values: Values) -> Read:
    """The decision, or what it lacks, each at its field."""
    if why := unless_part_of_it(asked):
        return Read(errors={HOW: why})
    how, sentence = form.pick(values, HOW), form.text(values, SENTENCE)
    conditions, back = form.text(values, CONDITIONS), form.day(values, BACK)
    pending = standing(asked.review).gate is Gate.PENDING
    already = "yes" in form.picks(values, ALREADY)
    errors: dict[str, str] = {}
    if not how:
        errors[HOW] = "Please pick one."
    if not is_text(sentence, LEAST):
        errors[SENTENCE] = f"Please say what was decided, in {LEAST} characters or more."
    if how == Resolution.CONDITIONS and not conditions:
        errors[CONDITIONS] = "Please name the conditions, or approve without any."
    if back is not None and back <= asked.now.date():
        errors[BACK] = "Please pick a day to come."
    withdrawn = how in (Resolution.WITHDRAWN, Resolution.REJECTED)
    if pending and not already and not withdrawn:
        where = ALREADY if form.has(values, ALREADY) else SENTENCE
        errors[where] = "Something is missing. Answer it first, or tick that you decided already."
    prediction, wrong = _predicted(values)
    errors |= wrong
    if errors:
        return Read(errors=errors)
    made = Decide(
        Resolution(how), sentence, conditions, prediction, back, pending and not withdrawn
    )
    return Read((made,))


def _predicted(values: Values) -> tuple[Prediction | None, dict[str, str]]:
    """All four parts, or none of them."""
    parts = {block: form.text(values, block) for block in (WHAT, TODAY, EXPECTED, SURE)}
    if not any(parts.values()):
        return None, {}
    empty = [block for block, part in parts.items() if not part]
    if empty:
        text = "Please fill this in too, or leave all four empty."
        return None, dict.fromkeys(empty, text)
    if not parts[SURE].isdecimal() or int(parts[SURE]) > 100:
        return None, {SURE: "Please give a whole number from 0 to 100."}
    return Prediction(parts[WHAT], parts[TODAY], parts[EXPECTED], int(parts[SURE])), {}
