"""A window was sent: what the person is told at once, and what goes on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.acts import Act, Deed, Tell
from bot.core.answers import Door
from bot.core.grammar import Piece
from bot.core.refs import read_ref
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.record import record
from bot.flows.slack import facts
from bot.flows.slack.keep_voice import keep_voice
from bot.flows.slack.link_pull_request import link_pull_request, not_linkable
from bot.flows.slack.look import load, look, remembered
from bot.flows.slack.open_proposal import open_proposal
from bot.flows.slack.people import meet, meet_user
from bot.flows.world import World
from bot.views.forms import heard, link, propose
from bot.views.forms.form import Read
from bot.views.forms.registry import FORMS
from bot.views.slack_names import Window


def answer_window(world: World, sent: facts.Sent) -> Read:
    """What the person is told: what is wrong, or the window that follows. Nothing is written."""
    window = sent.window
    state, today = remembered(window.metadata), world.clock().date()
    match window.kind:
        case Window.PROPOSE:
            return Read(errors=propose.read(window.values, state)[1])
        case Window.HEARD:
            return Read(errors=heard.read(window.values, state, today)[1])
        case Window.LINK:
            return Read(errors=_linkable(world, sent))
    form = FORMS.get(window.kind)
    if form is None:
        return Read()
    try:
        asked = look(world, sent.by, str(state.get("ref")), state, picked(window.values))
    except UserError as error:
        return Read(errors={first_block(window.values): str(error)})
    return form.read(asked, window.values)


def take_window(world: World, sent: facts.Sent, delivery: str, at: datetime) -> None:
    """Put on record what a window says; once, whatever happens meanwhile."""
    window = sent.window
    state = remembered(window.metadata)
    match window.kind:
        case Window.PROPOSE:
            opening, _ = propose.read(window.values, state)
            if opening is not None:
                open_proposal(world, sent.by, opening, delivery, at)
            return
        case Window.HEARD:
            kept, _ = heard.read(window.values, state, at.date())
            if kept is not None:
                keep_voice(world, sent.by, kept, delivery, at)
            return
        case Window.LINK:
            wish, _ = link.read(window.values)
            if wish is not None:
                link_pull_request(world, sent.by, str(state.get("ref")), wish, at)
            return
    form = FORMS.get(window.kind)
    if form is None:
        return
    meet(world, sent.by)
    for user in picked(window.values):
        meet_user(world, sent.by.team, user)
    try:
        asked = look(world, sent.by, str(state.get("ref")), state, picked(window.values))
    except UserError:
        return
    take_deeds(world, sent.by, str(asked.ref), form.read(asked, window.values).deeds, delivery, at)


def take_deeds(
    world: World,
    who: facts.Who,
    ref: str,
    deeds: tuple[Deed, ...],
    delivery: str,
    at: datetime,
) -> None:
    """Put what somebody did in Slack on record, as one act."""
    if not deeds:
        return
    person = meet(world, who)
    with world.store.read() as connection:
        review = load(connection, read_ref(ref))
    if review is None:
        return
    in_channel = review.proposal.channel
    deeds = tuple(_kept_in(deed, in_channel.id if in_channel.private else "") for deed in deeds)
    record(world, review, [Act(key("slack", delivery, ref), person.actor, at, Door.SLACK, deeds)])


def _kept_in(deed: Deed, private_to: str) -> Deed:
    """A piece that was written in a private channel stays there, as all that is said in one."""
    if not private_to or not isinstance(deed, Tell) or deed.given.piece is None:
        return deed
    piece: Piece = replace(deed.given.piece, private_to=deed.given.piece.private_to or private_to)
    return replace(deed, given=replace(deed.given, piece=piece))


def _linkable(world: World, sent: facts.Sent) -> dict[str, str]:
    wish, errors = link.read(sent.window.values)
    if wish is None:
        return errors
    wrong = not_linkable(world, wish)
    return {link.WHICH: wrong} if wrong else {}


def picked(values: Any) -> tuple[str, ...]:
    """The users that were picked in a window."""
    return tuple(dict.fromkeys(_users(values)))


def _users(values: Any) -> Iterator[str]:
    for elements in values.values():
        for element in elements.values():
            if isinstance(element, dict) and element.get("selected_user"):
                yield str(element["selected_user"])


def first_block(values: Any) -> str:
    """The first field of a window: where to say what concerns no other."""
    return next(iter(values), "")
