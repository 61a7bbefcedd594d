"""A reviewer consents, makes a condition, or objects."""

from __future__ import annotations

from bot.core.answers import is_text
from bot.core.course import Stance
from bot.core.course_deeds import GiveConsent
from bot.core.deciding import own
from bot.core.missing import required
from bot.core.tier import Tier
from bot.views import words
from bot.views.forms import form
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.refusals import NO_REVIEWER, only_says
from bot.views.slack_blocks import context, input_block, modal, section
from bot.views.slack_card_lines import consents
from bot.views.slack_inputs import option, radio, text_input
from bot.views.slack_limits import Block
from bot.views.slack_names import Window
from bot.views.slack_text import mrkdwn

STANCE, REASON = "stance", "reason"
TITLE = "Consent or object"
LABELS = {
    Stance.CONSENT: "I consent",
    Stance.CONDITION: "I consent, on a condition",
    Stance.OBJECT: "I object",
}
LEAST = 10  # characters of a condition or an objection
OWN = (
    "It is your own proposal, so from R2 up your own consent does not count. "
    "Ask somebody: *More* → *Ask a reviewer*."
)


def show(asked: Asked) -> Block:
    """What was answered, in short, and the three things that a reviewer can say."""
    if why := _why_not(asked):
        return only_says(TITLE, why)
    before = next((c for c in asked.review.course.consents if c.by.id == asked.who.actor.id), None)
    options = [option(stance, text) for stance, text in LABELS.items()]
    said = "\n".join(_answers(asked))
    return modal(
        TITLE,
        [
            section(said or "Nothing was answered yet."),
            *([context("\n".join(lines))] if (lines := list(_others(asked))) else []),
            input_block(
                "What do you say, for the customer?",
                radio(STANCE, options, before.stance if before else ""),
                STANCE,
                "An objection stops nothing; it stands in the decision.",
            ),
            input_block(
                "Which condition, or why not?",
                text_input(REASON, multiline=True, initial=before.reason if before else ""),
                REASON,
                "Needed for a condition and for an objection.",
                optional=True,
            ),
        ],
        Window.CONSENT,
        submit="Say so",
        close="Cancel",
        private_metadata=asked.metadata(),
    )


def _why_not(asked: Asked) -> str:
    if asked.review.tier >= Tier.R2 and own(asked.review, asked.who.actor):
        return OWN
    if asked.review.tier >= Tier.R2 and asked.who.is_author:
        return OWN
    return "" if asked.who.reviews or asked.review.tier < Tier.R2 else NO_REVIEWER


def _answers(asked: Asked) -> list[str]:
    found = []
    for question, _ in required(asked.review):
        said = words.said(asked.review, question)
        if said:
            found.append(f"*{mrkdwn(question.short)}*: {mrkdwn(said[:300])}")
    return found


def _others(asked: Asked) -> list[str]:
    return list(consents(asked.review, asked.slack))


def read(asked: Asked, values: Values) -> Read:
    """The reviewer's word; a condition and an objection say why."""
    if why := _why_not(asked):
        return Read(errors={STANCE: why.replace("*", "").replace("`", "")})
    picked, reason = form.pick(values, STANCE), form.text(values, REASON)
    if not picked:
        return Read(errors={STANCE: "Please pick one."})
    stance = Stance(picked)
    if stance is not Stance.CONSENT and not is_text(reason, LEAST):
        what = "the condition" if stance is Stance.CONDITION else "why"
        return Read(errors={REASON: f"Please say {what}, in {LEAST} characters or more."})
    said = GiveConsent(stance, reason, asked.customer_facing, asked.who.open_to_all)
    return Read((said,))
