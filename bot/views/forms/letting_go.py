"""Windows that let something go: a question does not apply, a waiver, no decision at all."""

from __future__ import annotations

from datetime import timedelta

from bot.core import commands as c
from bot.core.course_deeds import Dismiss
from bot.core.missing import missing
from bot.core.waivers import ALL, LONGEST_DAYS
from bot.views.forms import form
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.refusals import only_says, ordered, thin, unless_part_of_it, unless_reviewer
from bot.views.slack_blocks import input_block, modal, section
from bot.views.slack_inputs import date_input, option, select, text_input
from bot.views.slack_limits import Block
from bot.views.slack_names import Window

QUESTION, REASON, SCOPE, UNTIL = "question", "reason", "scope", "until"
USUAL = timedelta(days=14)


def _reason(label: str, hint: str = "", optional: bool = False) -> Block:
    field = text_input(REASON, multiline=True, most=500)
    return input_block(label, field, REASON, hint, optional=optional)


class Inapplicable:
    """A question does not apply, and why. It is listed for the reviewer."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Does not apply", why)
        options = [option(q.id, q.ask) for q, _ in asked.review.asked]
        if not options:
            return only_says("Does not apply", "Nothing is asked here.")
        return modal(
            "Does not apply",
            [
                input_block("Which question?", select(QUESTION, options[:100]), QUESTION),
                _reason("Why not?", "Reviewers see this."),
            ],
            Window.INAPPLICABLE,
            submit="Say so",
            close="Cancel",
            private_metadata=asked.metadata(),
        )

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        question, reason = form.pick(values, QUESTION), form.text(values, REASON)
        if why := unless_part_of_it(asked):
            return Read(errors={QUESTION: why})
        if not question:
            return Read(errors={QUESTION: "Please pick the question."})
        if text := thin(asked, reason):
            return Read(errors={REASON: text})
        return ordered(asked, c.NotApplicable(question, reason), REASON)


class Waive:
    """A reviewer lets a question, or all of them, wait until a day."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_reviewer(asked):
            return only_says("Waive", why)
        options = [option(ALL, "All that is missing, and the consents")]
        options += [option(gap.question.id, gap.question.ask) for gap in missing(asked.review)]
        return modal(
            "Waive",
            [
                section(
                    "What is waived stays open to be answered, and everybody sees who and why."
                ),
                input_block("What?", select(SCOPE, options[:100], ALL), SCOPE),
                input_block("Until when?", date_input(UNTIL, asked.now.date() + USUAL), UNTIL),
                _reason("Why may this wait?"),
            ],
            Window.WAIVE,
            submit="Waive",
            close="Cancel",
            private_metadata=asked.metadata(),
        )

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        scope, until = form.pick(values, SCOPE), form.day(values, UNTIL)
        reason, today = form.text(values, REASON), asked.now.date()
        if why := unless_reviewer(asked):
            return Read(errors={SCOPE: why.replace("*", "").replace("`", "")})
        errors: dict[str, str] = {}
        if not scope:
            errors[SCOPE] = "Please pick what may wait."
        if until is None or not today <= until <= today + timedelta(days=LONGEST_DAYS):
            errors[UNTIL] = f"Please pick a day within the next {LONGEST_DAYS} days."
        if text := thin(asked, reason):
            errors[REASON] = text
        if errors or until is None:
            return Read(errors=errors)
        return ordered(asked, c.WaiveFor(scope, until, reason), SCOPE)


class NotADecision:
    """It is no decision: the card becomes one line, and it counts nowhere."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Not a decision", why)
        return modal(
            "Not a decision",
            [
                section("The card becomes one line, and the review counts nowhere."),
                _reason("Why? (if you like)", optional=True),
            ],
            Window.DISMISS,
            submit="Not a decision",
            close="Cancel",
            private_metadata=asked.metadata(),
        )

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        if why := unless_part_of_it(asked):
            return Read(errors={REASON: why})
        return Read((Dismiss(form.text(values, REASON)),))
