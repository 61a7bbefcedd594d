"""What a customer said in a message is kept, and put where it matters."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.core.acts import Act, Tell
from bot.core.answers import Door
from bot.core.checklist import Kind
from bot.core.facts import Actor
from bot.core.grammar import Given, Piece
from bot.core.refs import read_ref
from bot.core.review import Review
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.record import record
from bot.flows.slack import facts
from bot.flows.slack.look import load
from bot.flows.slack.people import meet
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import voices
from bot.views.forms.heard import Kept


def keep_voice(world: World, who: facts.Who, kept: Kept, delivery: str, at: datetime) -> None:
    """Keep a piece once for each review that it goes to; for none, to be found later."""
    person = meet(world, who).actor
    found = [(ref, review) for ref in kept.refs if (review := _review(world, ref)) is not None]
    if not found:
        world.store.write(lambda tx: voices.keep(tx, kept.piece, person, at, None))
    for ref, review in found:
        voice = next((q for q in review.checklist.all_questions() if q.kind is Kind.EVIDENCE), None)
        if voice is None:
            continue
        told = Tell(voice.id, Given(piece=kept.piece))
        act = Act(key("slack", delivery, ref), person, at, Door.SLACK, (told,))
        keep = partial(_keep, piece=kept.piece, by=person, at=at, review=review.id)
        record(world, review, [act], keep)


def _keep(
    tx: Transaction, _changed: bool, piece: Piece, by: Actor, at: datetime, review: int
) -> None:
    voices.keep(tx, piece, by, at, review)


def _review(world: World, ref: str) -> Review | None:
    try:
        named = read_ref(ref)
    except UserError:
        return None
    with world.store.read() as connection:
        return load(connection, named)
