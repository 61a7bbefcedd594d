"""Make the comment equal to the record. Safe to run at any time, again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from bot.core.acts import Act
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.organisation import Mode
from bot.core.review import Review, State
from bot.errors import Rejected
from bot.flows.identity import comment_text, key
from bot.flows.look_first import creating, wait_to_show
from bot.flows.own_comment import find_ours, first_version
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts, installations, reviews, surfaces
from bot.store.surfaces import COMMENT, Surface
from bot.views.github_comment import MARKER, comment, same, wanted

log = structlog.get_logger()


def publish_comment(world: World, repository: int, number: int, anew: bool = False) -> None:
    """Post or edit the one comment, if its text changed and nobody is at it right now.

    `anew`: it stood there before, and comes back whether or not anything is asked.
    """
    name = str(number)
    with world.store.read() as connection:
        review = reviews.load(connection, repository, number)
        surface = surfaces.load(connection, COMMENT, repository, name)
    if review is None or review.mode is Mode.SHADOW:
        return
    if surface.external_id is None and not (anew or wanted(review)):
        return
    text = comment(review)
    if surface.live is not None and same(surface.live, text):
        return
    # An edit in the future means that the clock was set back: nobody is at it for that long.
    if surface.edited_at and surface.edited_at <= world.clock() < surface.edited_at + world.quiet:
        _later(world, repository, number, surface)
        return
    world.wait_for(review.subject.repository.installation)
    if surface.external_id is None:
        _create(world, review, surface, text)
    else:
        _edit(world, review, surface, surface.external_id, text)


def _later(world: World, repository: int, number: int, surface: Surface) -> None:
    assert surface.edited_at is not None
    run_at = surface.edited_at + world.quiet
    world.store.write(lambda tx: world.publish_comment(tx, repository, number, run_at))


def _create(world: World, review: Review, surface: Surface, text: str) -> None:
    subject = review.subject
    at = (COMMENT, subject.repository.id, str(subject.number))
    found = find_ours(world, subject.repository, subject.number, MARKER) if surface.begun else None
    if found is not None:
        if same(found.body, text):
            _done(world, review, surface, found.id, found.body, found.at)
        else:
            _edit(world, review, surface, found.id, text)
        return
    wait_to_show(world, surface)
    with creating(world, *at, surface):
        posted = world.github.create_comment(subject.repository, subject.number, text)
    _done(world, review, surface, posted.id, text, posted.at, posted.author_id)


def _edit(world: World, review: Review, surface: Surface, comment_id: int, text: str) -> None:
    subject = review.subject
    try:
        at = world.github.edit_comment(subject.repository, subject.number, comment_id, text)
    except Rejected as error:
        if error.status not in (404, 410):
            raise
        where = (COMMENT, subject.repository.id, str(subject.number))
        world.store.write(lambda tx: surfaces.gone(tx, *where, comment_id))
        if review.state is State.OPEN:
            _create(world, review, replace(surface, begun=True), text)
        return
    _done(world, review, surface, comment_id, text, at)


def _done(
    world: World,
    review: Review,
    surface: Surface,
    comment_id: int,
    text: str,
    written_at: datetime,
    author: int | None = None,
) -> None:
    """Note what stands there; where a person wrote at the same time, look again."""
    subject = review.subject
    at = (COMMENT, subject.repository.id, str(subject.number))

    def work(tx: Transaction) -> None:
        if not surfaces.done(tx, *at, comment_id, text, written_at, surface.edited_at):
            world.publish(tx, review)
        if author is not None:
            installations.learn_bot_user(tx, subject.repository.installation, author)
            acts.add(tx, review.id, [first_version(comment_id, text, written_at, author)])
        elif surface.external_id != comment_id:
            acts.add(tx, review.id, [_found(comment_id, written_at)])

    world.store.write(work)
    log.info("comment.published", review=review.id, subject=subject.name, comment=comment_id)


def _found(comment_id: int, at: datetime) -> Act:
    """A comment that we found to be ours; how it began is for its own delivery to tell."""
    name = comment_text(comment_id)
    return Act(key("ours", comment_id), Actor(0, "", True), at, Door.COMMENT, (), name)
