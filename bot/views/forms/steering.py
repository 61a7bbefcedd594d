"""Windows that steer a review: who answers for it, who reviews, how much is asked, until when."""

from __future__ import annotations

from datetime import date

from bot.core import commands as c
from bot.core.course_deeds import AskReviewer, Assign, SetDue
from bot.core.deciding import own, owner
from bot.core.facts import NOBODY
from bot.core.missing import required
from bot.core.tier import Tier
from bot.views import words
from bot.views.forms import form
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.refusals import only_says, ordered, thin, unless_part_of_it
from bot.views.slack_blocks import input_block, modal, section
from bot.views.slack_inputs import date_input, option, radio, text_input, users_select
from bot.views.slack_limits import Block
from bot.views.slack_names import Window

PERSON, TIER, REASON, DUE = "person", "tier", "reason", "due"
ASKS = {
    Tier.R0: "R0: customers would not notice; nothing is asked",
    Tier.R1: "R1: customers may notice; five short questions",
    Tier.R2: "R2: a habit, a setting or a flow of theirs changes",
    Tier.R3: "R3: money, data, access or something they rely on",
}


def _window(asked: Asked, title: str, kind: Window, submit: str, *blocks: Block) -> Block:
    return modal(
        title, blocks, kind, submit=submit, close="Cancel", private_metadata=asked.metadata()
    )


class NewOwner:
    """Whom the card waits for."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Change the owner", why)
        now = asked.slack.get(owner(asked.review).id, "")
        picker = users_select(PERSON, now)
        asks = input_block("Who answers for the customer here?", picker, PERSON)
        return _window(asked, "Change the owner", Window.ASSIGN, "Change", asks)

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        picked = form.user(values, PERSON)
        if why := unless_part_of_it(asked):
            return Read(errors={PERSON: why})
        if not picked:
            return Read(errors={PERSON: "Please pick somebody."})
        person = asked.actor(picked)
        return Read(() if person == owner(asked.review) else (Assign(person),))


class Reviewer:
    """Who is asked to consent or object."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Ask a reviewer", why)
        asks = input_block(
            "Who?",
            users_select(PERSON),
            PERSON,
            "The card names them, and their App Home lists it. They get no message of their own.",
        )
        return _window(asked, "Ask a reviewer", Window.REVIEWER, "Ask", asks)

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        picked = form.user(values, PERSON)
        if why := unless_part_of_it(asked):
            return Read(errors={PERSON: why})
        if not picked:
            return Read(errors={PERSON: "Please pick somebody."})
        person = asked.actor(picked)
        if asked.review.tier >= Tier.R2 and person != NOBODY and own(asked.review, person):
            text = "From R2 up nobody reviews their own proposal. Please pick somebody else."
            return Read(errors={PERSON: text})
        return Read((AskReviewer(person),))


class Asking:
    """How much is asked: more by anybody who answers, less by a reviewer."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Ask more, or less", why)
        now = words.count(len(required(asked.review)), "question")
        options = [option(str(tier), text) for tier, text in ASKS.items()]
        return _window(
            asked,
            "Ask more, or less",
            Window.TIER,
            "Change",
            section(f"It is {asked.review.tier}: {now}. Less is for a reviewer to say."),
            input_block("How much?", radio(TIER, options, str(asked.review.tier)), TIER),
            input_block("Why?", text_input(REASON, multiline=True, most=500), REASON),
        )

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        picked, reason = form.pick(values, TIER), form.text(values, REASON)
        if why := unless_part_of_it(asked):
            return Read(errors={TIER: why})
        if not picked:
            return Read(errors={TIER: "Please pick one."})
        if text := thin(asked, reason):
            return Read(errors={REASON: text})
        tier = Tier[picked]
        attests = tier is Tier.R0 and asked.review.tier is Tier.R1 and asked.who.is_author
        command = c.Attest(reason) if attests else c.TierTo(tier, reason)
        return ordered(asked, command, TIER)


class Until:
    """The day until which the checklist should be answered."""

    @staticmethod
    def show(asked: Asked) -> Block:
        if why := unless_part_of_it(asked):
            return only_says("Change the due date", why)
        picker = date_input(DUE, asked.review.course.due)
        asks = input_block("Answered by when?", picker, DUE, "Empty: no date.", optional=True)
        return _window(asked, "Change the due date", Window.DUE, "Change", asks)

    @staticmethod
    def read(asked: Asked, values: Values) -> Read:
        due: date | None = form.day(values, DUE)
        if why := unless_part_of_it(asked):
            return Read(errors={DUE: why})
        if due is not None and due < asked.now.date():
            return Read(errors={DUE: "Please pick a day to come."})
        return Read(() if due == asked.review.course.due else (SetDue(due),))
