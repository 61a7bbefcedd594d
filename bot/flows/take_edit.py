"""Somebody edited our comment: what they ticked is their answer, what they destroyed comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.acts import Act, Deed, Refuse, Tick
from bot.core.answers import Door
from bot.core.facts import Actor, CommentEdited, Version
from bot.core.review import Review
from bot.core.tiering import held_back
from bot.flows.explain import edits, second_of
from bot.flows.identity import comment_text, edit_key, text_hash
from bot.flows.ourselves import our_users
from bot.flows.own_comment import our_comment, was_ours
from bot.flows.record import record
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts, reviews, surfaces
from bot.store.surfaces import COMMENT, Surface
from bot.views.github_boxes import ticks_between


def take_edit(world: World, fact: CommentEdited) -> bool:
    """Merge three texts: the one before, the one after, and the record. False for a comment that is
    not ours.

    Only boxes that this edit changed count. Bots answer nothing. The same edit counts once. Where
    the text before is one that nobody told us of, GitHub is asked who wrote it: also our own edit
    may be the only witness of a tick that it overwrote.
    """
    repository = fact.repository.id
    ours = our_users(world, fact.repository.installation).below(fact.author)
    with world.store.read() as connection:
        number = our_comment(connection, fact)
        earlier = number is None and was_ours(connection, fact)
        if number is None and not earlier:
            return False
        number = number or str(fact.number)
        surface = surfaces.load(connection, COMMENT, repository, number)
        review = reviews.load(connection, repository, int(number))
        known = acts.load(connection, review.id) if review else []
    if review is None:
        return True
    if earlier:
        record(world, review, _acts(world, fact, review, Surface(), known))
        return True
    new = _acts(world, fact, review, surface, known)
    stands = _stands(surface, fact)
    own, now = fact.by.id in ours, world.clock()

    def touch(tx: Transaction, changed: bool) -> None:
        at = (COMMENT, repository, number)
        surfaces.heard(tx, *at, fact.comment_id, stands or surface, None if own else now)
        if not changed and (stands or not own):
            world.publish_comment(tx, repository, int(number))

    if stands or {act.key for act in new} - {act.key for act in known}:
        record(world, review, new, touch)
    return True


def _stands(surface: Surface, fact: CommentEdited) -> Surface | None:
    """What stands there after this edit; None if that is what we believe already.

    An edit that is older than what stands there changes nothing. Of two edits of one second that do
    not follow each other nobody can tell which came last, so the text counts as unknown.
    """
    live = None if surface.live is None else text_hash(surface.live)
    if text_hash(fact.after) == live or (surface.live_at and fact.at < surface.live_at):
        return None
    follows = fact.before is not None and text_hash(fact.before) == live
    newest = surface.live_at is None or fact.at > surface.live_at or follows
    return replace(surface, live=fact.after if newest else None, live_at=fact.at)


def _acts(
    world: World, fact: CommentEdited, review: Review, surface: Surface, known: Sequence[Act]
) -> list[Act]:
    text = comment_text(fact.comment_id)
    before = fact.before if fact.before is not None else surface.live or ""
    hashes = text_hash(before), text_hash(fact.after)
    key = edit_key(text, fact.at, fact.by.id, *hashes)
    deeds = deeds_of_edit(review, before, fact.after, fact.by)
    act = Act(key, fact.by, fact.at, Door.COMMENT, deeds, text, *hashes)

    def history() -> tuple[Version, ...]:
        world.wait_for(fact.repository.installation)
        found = world.github.history(fact.repository, fact.comment_id, fact.node)
        ours = our_users(world, fact.repository.installation).below(fact.author)
        return ours.versions(found)

    return edits(
        act,
        known,
        "" if surface.live is None else text_hash(surface.live),
        history,
        lambda old, new, by: deeds_of_edit(review, old, new, by),
        lambda longest: world.patience.left(second_of(act), world.clock(), longest),
    )


def deeds_of_edit(review: Review, before: str, after: str, by: Actor) -> tuple[Deed, ...]:
    """What somebody did to our comment; bots do nothing there."""
    if by.is_bot:
        return ()
    ticks = ticks_between(before, after)
    return tuple(held_back(review, _tick(review, box, on)) for box, on in ticks.items())


def _tick(review: Review, box: str, on: bool) -> Deed:
    question, _, option = box.partition("=")
    offered, _, digest = option.partition("-")
    if offered == "refuse" and on:
        return Refuse(question, digest)
    return Tick(box, on, review.offer(question, digest) if offered == "accept" else None)
