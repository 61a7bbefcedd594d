"""Somebody edited our comment: what they ticked is their answer, what they destroyed comes back."""

from __future__ import annotations

import hashlib

from bot.core.facts import CommentEdited
from bot.core.gate import settle
from bot.core.review import tick
from bot.flows.own_comment import our_comment
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import comment_facts, installations, reviews, surfaces
from bot.store.surfaces import COMMENT
from bot.views.github_comment import ticks_between


def take_ticks(world: World, fact: CommentEdited) -> None:
    """Merge three texts: the one before, the one after, and the record.

    Only boxes that this edit changed count. Bots answer nothing. The same edit, delivered twice,
    counts once.
    """
    repository = fact.repository.id
    with world.store.read() as connection:
        number = our_comment(connection, fact)
        if number is None:
            return
        ours = installations.bot_user(connection, fact.repository.installation)
        surface = surfaces.load(connection, COMMENT, repository, number)
        old = reviews.load(connection, repository, int(number))
    if old is None or fact.by.id == ours:
        return
    before = fact.before if fact.before is not None else surface.live or ""
    ticks = {} if fact.by.is_bot else ticks_between(before, fact.after)
    now = world.clock()
    review, events = tick(old, ticks, fact.by, now)
    review, more = settle(old, review, now)
    key = _key(fact)

    def work(tx: Transaction) -> None:
        if not comment_facts.add(tx, key, old.id, fact, _hash(before), _hash(fact.after)):
            return
        surfaces.touched(tx, COMMENT, repository, number, fact.after, now)
        if review != old:
            world.save(tx, review, (*events, *more))
        else:
            world.publish(tx, old)

    world.store.write(work)


def _key(fact: CommentEdited) -> str:
    """What makes an edit the same edit, whatever delivery brought it."""
    parts = (fact.comment_id, fact.at.isoformat(), fact.by.id, fact.before, fact.after)
    return _hash(repr(parts))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
