"""Whatever Slack told us becomes the verb that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.core.course_deeds import Reinstate
from bot.core.review import Review
from bot.errors import Refused, UserError
from bot.flows.slack import facts
from bot.flows.slack.command import command
from bot.flows.slack.fill_window import (
    fill_window,
    of_chosen,
    of_message,
    of_nothing,
    of_press,
    refresh,
)
from bot.flows.slack.link_pull_request import answer_link
from bot.flows.slack.look import look
from bot.flows.slack.people import meet
from bot.flows.slack.publish_home import publish_home
from bot.flows.slack.take_window import take_deeds, take_window
from bot.flows.world import World
from bot.store import cards, proposals, slack_people
from bot.views import slack_says as says
from bot.views.slack_limits import Block
from bot.views.slack_names import Press, Window

# What is pressed on a card or the App Home, and the window that it opens.
OPENS: Mapping[str, str] = {
    Press.ANSWER: Window.ANSWER,
    Press.EVIDENCE: Window.EVIDENCE,
    Press.CONSENT: Window.CONSENT,
    Press.DECIDE: Window.DECIDE,
}


def opens(fact: facts.Fact) -> str:
    """The kind of window that this opens at once; empty where none opens."""
    match fact:
        case facts.Chosen():
            return Window.HEARD if fact.name == "customer_evidence" else Window.PROPOSE
        case facts.Commanded():
            return Window.PROPOSE if fact.text.partition(" ")[0].lower() == "new" else ""
        case facts.Pressed(window=None):
            if fact.action == Press.NEW:
                return Window.PROPOSE
            return fact.value if fact.action == Press.MORE else OPENS.get(fact.action, "")
    return ""


def take(world: World, fact: facts.Fact, name: str, delivery: str, at: datetime) -> None:
    """Do what was asked; `name` is that of the window which was opened for it."""
    match fact:
        case facts.Sent():
            take_window(world, fact, delivery, at)
        case facts.Chosen():
            fill_window(world, name, partial(of_chosen, world, fact, delivery))
        case facts.Commanded():
            _commanded(world, fact, name)
        case facts.Pressed():
            _pressed(world, fact, name, delivery, at)
        case facts.Mentioned():
            _mentioned(world, fact)
        case facts.AtHome():
            _at_home(world, fact.by)


def _commanded(world: World, told: facts.Commanded, name: str) -> None:
    if opens(told):
        fill_window(world, name, partial(of_nothing, world, told.by, told.channel))
    else:
        command(world, told)


def _pressed(world: World, pressed: facts.Pressed, name: str, delivery: str, at: datetime) -> None:
    if pressed.window is not None:
        _in_window(world, pressed, delivery, at)
    elif pressed.action == Press.NEW:
        fill_window(world, name, partial(_new, world, pressed))
    elif kind := opens(pressed):
        fill_window(world, name, partial(of_press, world, pressed, kind))
    elif pressed.action == Press.PAGE:
        publish_home(world, pressed.by.team, pressed.by.user, int(pressed.value or 0))
    else:
        try:
            _done_at_once(world, pressed, delivery, at)
        except UserError as error:
            if pressed.answer_to:
                world.slack.respond(pressed.answer_to, says.wrong(str(error)))


def _done_at_once(world: World, pressed: facts.Pressed, delivery: str, at: datetime) -> None:
    if pressed.action in (Press.LINK_YES, Press.LINK_NO):
        answer_link(world, pressed.by, pressed.value, pressed.action == Press.LINK_YES, at)
    elif pressed.action == Press.REINSTATE:
        asked = look(world, pressed.by, pressed.value, {})
        if not asked.who.answers:
            raise UserError("That is for its owner, its author or a reviewer.")
        take_deeds(world, pressed.by, pressed.value, (Reinstate(),), delivery, at)


def _new(world: World, pressed: facts.Pressed) -> Block:
    """A proposal of one's own; or of the message that an earlier mention was about."""
    kind, _, rest = pressed.value.partition(":")
    channel, _, ts = rest.partition(":")
    if kind != "m":
        return of_nothing(world, pressed.by, pressed.channel)
    written = world.slack.message(channel, ts)
    if written is None:
        raise UserError("That message is gone. Start from another one.")
    message = facts.Message(channel, ts, written.thread, written.user, written.text)
    return of_message(world, pressed.by, message, pressed.answer_to)


def _in_window(world: World, pressed: facts.Pressed, delivery: str, at: datetime) -> None:
    window = pressed.window
    assert window is not None
    if not window.name:
        return
    try:
        view = refresh(world, pressed, delivery, at)
    except UserError as error:
        view = says.said(says.plain(str(error)))
    if view is None:
        return
    try:
        world.slack.update_view(window.name, {**view, "external_id": window.name})
    except Refused as error:
        if error.reason not in ("not_found", "hash_conflict", "view_not_found"):
            raise


def _mentioned(world: World, told: facts.Mentioned) -> None:
    """Who mentions us is shown a button that only they see: without one no window may open."""
    message = told.message
    meet(world, told.by)
    with world.store.read() as connection:
        review = proposals.load(connection, message.channel, message.thread)
        review = review or proposals.in_thread(connection, message.channel, message.thread)
        card = _card_of(connection, review) if review else ""
    if review is not None:
        url = world.slack.permalink(message.channel, card) if card else ""
        answer = says.stands_already(url)
    else:
        answer = says.invite(f"m:{message.channel}:{message.thread}")
    thread = message.thread if message.thread != message.ts else ""
    try:
        world.slack.whisper(message.channel, told.by.user, thread, answer)
    except Refused as error:
        if error.reason not in ("user_not_in_channel", "channel_not_found", "is_archived"):
            raise


def _card_of(connection: Connection, review: Review) -> str:
    return cards.load(connection, cards.subject_of(connection, review.id), cards.CARD).ts


def _at_home(world: World, who: facts.Who) -> None:
    meet(world, who)
    now = world.clock()
    world.store.write(lambda tx: slack_people.at_home(tx, who.team, who.user, now))
    publish_home(world, who.team, who.user)
