"""The window that was opened at once gets what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.core.checklist import Kind, Option
from bot.core.masking import mask
from bot.core.refs import ref
from bot.core.review import Review
from bot.errors import Refused, UserError
from bot.flows.slack import facts
from bot.flows.slack.channels import seen_channel
from bot.flows.slack.look import look, remembered
from bot.flows.slack.people import known, meet
from bot.flows.slack.take_window import take_deeds
from bot.flows.world import World
from bot.store import proposals, voices
from bot.views.forms import heard, link, propose, wizard
from bot.views.forms.form import Asked
from bot.views.forms.registry import FORMS
from bot.views.slack_limits import Block
from bot.views.slack_names import Press, Shortcut, Window
from bot.views.slack_says import WHY_NOT, said
from bot.views.slack_text import mrkdwn, unescape
from bot.views.words import day

MOST_OPEN = 60
log = structlog.get_logger()


def fill_window(world: World, name: str, make: Any) -> None:
    """Show in the window of that name what `make` gives, or in words why it cannot be shown."""
    if not world.windows.stands(name):
        return
    try:
        view = make()
    except UserError as error:
        view = said(mrkdwn(str(error)))
    except Refused as error:
        view = said(WHY_NOT.get(error.reason, f"Slack says no: {mrkdwn(error.reason)}."))
    try:
        world.slack.update_view(name, {**view, "external_id": name})
    except Refused as error:
        log.info("window.gone", window=name, reason=error.reason)


def of_chosen(world: World, chosen: facts.Chosen, delivery: str) -> Block:
    """What an entry of a menu opens."""
    meet(world, chosen.by)
    message = chosen.message
    if chosen.name == Shortcut.EVIDENCE and message is not None:
        return _heard(world, chosen.by, message)
    if message is None:
        return _draft(world, propose.Draft("", "", "", "", chosen.by.user, chosen.answer_to))
    return of_message(world, chosen.by, message, chosen.answer_to, delivery)


def of_message(
    world: World, who: facts.Who, message: facts.Message, answer_to: str, told_by: str = ""
) -> Block:
    """The review of a message: the one that it has, or a new one. `told_by` is the delivery that
    holds the message; without one Slack is asked for it."""
    seen_channel(world, message.channel, who.team)
    with world.store.read() as connection:
        review = proposals.load(connection, message.channel, message.ts)
    if review is not None:
        return wizard.show(look(world, who, str(ref(review.subject)), {}))
    author = message.user or who.user
    draft = (message.channel, message.ts, message.thread, message.text, author, answer_to, told_by)
    return _draft(world, propose.Draft(*draft))


def of_nothing(world: World, who: facts.Who, channel: str) -> Block:
    """A proposal that nobody wrote down yet."""
    meet(world, who)
    return _draft(world, propose.Draft(channel, "", "", "", who.user))


def _draft(world: World, draft: propose.Draft) -> Block:
    state = propose.draft_state(draft, world.catalog)
    return propose.show(state, world.catalog, world.clock(), draft.text)


def of_press(world: World, pressed: facts.Pressed, kind: str) -> Block:
    """The window of that kind about the review that was pressed."""
    meet(world, pressed.by)
    named = pressed.block if pressed.action == Press.MORE else pressed.value
    asked = look(world, pressed.by, named, {})
    return _window(asked, kind)


def _window(asked: Asked, kind: str) -> Block:
    if kind == Window.LINK:
        return link.show(asked)
    form = FORMS.get(kind)
    if form is None:
        raise UserError("That button is not known any more. Use another one on the card.")
    return form.show(asked)


# -- what is pressed in a window ------------------------------------------------------------------


def refresh(world: World, pressed: facts.Pressed, delivery: str, at: datetime) -> Block | None:
    """The window after something was pressed in it; None leaves it as it is."""
    window = pressed.window
    assert window is not None
    state = dict(remembered(window.metadata))
    if pressed.action in (Press.SWITCHES, Press.OVERLAYS):
        state[propose.SWITCHES], state[propose.OVERLAYS] = propose.ticked(window.values)
        title = propose.title_in(window.values)
        return propose.show(state, world.catalog, world.clock(), title)
    if pressed.action == Press.STEP:
        return _step(world, pressed, window, state, delivery, at)
    if pressed.action in (Press.OPTIONAL, Press.EXAMPLES):
        state[pressed.action] = pressed.value == "on"
        return wizard.show(look(world, pressed.by, str(state.get("ref")), state))
    return None


def _step(
    world: World,
    pressed: facts.Pressed,
    window: facts.Window,
    state: Mapping[str, Any],
    delivery: str,
    at: datetime,
) -> Block:
    """Another step of the wizard. What stands in this one is saved, unless something is wrong or
    would ask for more: then it stays to be sent."""
    name = str(state.get("ref"))
    asked = look(world, pressed.by, name, state)
    if asked.who.answers:
        read = wizard.read(asked, window.values)
        if not read.errors:
            take_deeds(world, pressed.by, name, read.deeds, delivery, at)
    return wizard.show(look(world, pressed.by, name, {**state, "step": pressed.value}))


# -- what a customer said -------------------------------------------------------------------------


def _heard(world: World, who: facts.Who, message: facts.Message) -> Block:
    channel = seen_channel(world, message.channel, who.team)
    url = world.slack.permalink(message.channel, message.ts)
    text = mask(unescape(message.text)).text
    with world.store.read() as connection:
        reviews = _open_for(connection, who, message)
        known = voices.same_words(connection, text) if text else []
        named = {review.id: review.subject.title for review in reviews}
    before = [
        f"by {each.by.login} on {day(each.at.date())}, "
        + (f"for “{named[each.review]}”" if each.review in named else "for later")
        for each in known
    ]
    attach = [str(ref(r.subject)) for r in reviews if r.proposal.thread == message.thread]
    found = heard.Heard(
        channel=message.channel,
        ts=message.ts,
        text=text,
        url=url,
        day=_day_of(message.ts),
        private_to=channel.id if channel.private else "",
        open_reviews=[(str(ref(r.subject)), r.subject.title) for r in reviews],
        known=before,
        attach=attach,
    )
    return heard.show(found, _segments(world))


def _open_for(connection: Connection, who: facts.Who, message: facts.Message) -> list[Review]:
    """The open reviews of this channel and of this person; no other's titles are shown."""
    ids = list(known(connection, who).ids)
    found = proposals.open_in(connection, message.channel, MOST_OPEN)
    for kind in (proposals.OWNER, proposals.REVIEWER):
        found += proposals.open_of(connection, ids, kind, MOST_OPEN)
    return proposals.load_all(connection, list(dict.fromkeys(found))[:MOST_OPEN])


def _segments(world: World) -> tuple[Option, ...]:
    questions = world.catalog.checklist.all_questions()
    return next((q.options for q in questions if q.kind is Kind.SEGMENTS), ())


def _day_of(ts: str) -> Any:
    return datetime.fromtimestamp(float(ts), UTC).date()
