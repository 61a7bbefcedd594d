"""Make the comment equal to the record. Safe to run at any time, again and again."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.core.acts import Act
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.organisation import Mode
from bot.core.pace import Rank
from bot.core.review import Review, State
from bot.errors import Rejected
from bot.flows.identity import comment_text, key
from bot.flows.look_first import creating, not_found, wait_to_show
from bot.flows.own_comment import find_ours, first_version, is_foreign
from bot.flows.world import World
from bot.ports import Closing, Transaction
from bot.store import acts, installations, reviews, surfaces
from bot.store.surfaces import COMMENT, Surface
from bot.views.github_comment import MARKER, comment, same, wanted

log = structlog.get_logger()


def publish_comment(
    world: World, repository: int, number: int, anew: bool = False
) -> Closing | None:
    """Post or edit the one comment, if its text changed and nobody is at it right now.

    `anew`: it stood there before, and comes back whether or not anything is asked. Gives what to
    note once it is written.
    """
    name = str(number)
    with world.store.read() as connection:
        review = reviews.load(connection, repository, number)
        surface = surfaces.load(connection, COMMENT, repository, name)
    if review is None:
        return None
    if review.mode is Mode.SHADOW:
        return _none(repository, name) if surface.begun else None
    asked = anew or wanted(review)
    if surface.external_id is None and not (asked or surface.begun):
        return None
    text = comment(review, world.pages)
    if surface.live is not None and same(surface.live, text):
        return None
    # An edit in the future means that the clock was set back: nobody is at it for that long.
    if surface.edited_at and surface.edited_at <= world.clock() < surface.edited_at + world.quiet:
        return _later(world, repository, number, surface.edited_at + world.quiet, anew)
    world.may_write(review.pull_request.repository, Rank.COMMENT, f"comment:{number}")
    if surface.external_id is None:
        return _create(world, review, surface, text, asked)
    return _edit(world, review, surface, surface.external_id, text)


def _later(world: World, repository: int, number: int, run_at: datetime, anew: bool) -> Closing:
    return lambda tx: world.publish_comment(tx, repository, number, run_at, anew)


def _none(repository: int, key: str) -> Closing:
    return lambda tx: surfaces.not_made(tx, COMMENT, repository, key)


def _create(
    world: World, review: Review, surface: Surface, text: str, asked: bool = True
) -> Closing | None:
    """Look for one that was begun, then write a new one. Not `asked`: none is written, and what
    people say in one that was begun waits no longer once it is known not to be there."""
    subject = review.pull_request
    at = (COMMENT, subject.repository.id, str(subject.number))
    unsent = surface.begun and world.unsent.take(*at)
    if surface.begun and not unsent:
        found = find_ours(world, subject.repository, subject.number, MARKER)
        if found is not None and same(found.body, text):
            return _done(world, review, surface, found.id, found.body, found.at)
        if found is not None:
            return _edit(world, review, surface, found.id, text)
        wait_to_show(world, surface)
    if not asked:
        return _none(subject.repository.id, str(subject.number))
    with creating(world, *at, surface, unsent):
        posted = world.github.create_comment(subject.repository, subject.number, text)
    return _done(world, review, surface, posted.id, text, posted.at, posted.author_id)


def _edit(
    world: World, review: Review, surface: Surface, comment_id: int, text: str
) -> Closing | None:
    subject = review.pull_request
    try:
        at = world.github.edit_comment(subject.repository, subject.number, comment_id, text)
    except Rejected as error:
        foreign = error.status == 403 and is_foreign(
            world, subject.repository, subject.number, comment_id, MARKER
        )
        if error.status not in (404, 410) and not foreign:
            raise
        where = (COMMENT, subject.repository.id, str(subject.number))
        if review.state is State.OPEN and not foreign:
            raise not_found(world, *where, comment_id) from error
        world.store.write(lambda tx: surfaces.gone(tx, *where, comment_id))
        return _create(world, review, Surface(), text) if review.state is State.OPEN else None
    return _done(world, review, surface, comment_id, text, at)


def _done(
    world: World,
    review: Review,
    surface: Surface,
    comment_id: int,
    text: str,
    written_at: datetime,
    author: int | None = None,
) -> Closing:
    """Notes what stands there; where a person wrote at the same time, has it looked at again."""
    subject = review.pull_request
    at = (COMMENT, subject.repository.id, str(subject.number))

    def work(tx: Transaction) -> None:
        if not surfaces.done(tx, *at, comment_id, text, written_at, surface.edited_at):
            world.publish(tx, review)
        if author is not None:
            installations.learn_bot_user(tx, subject.repository.installation, author)
            acts.add(tx, review.id, [first_version(comment_id, text, written_at, author)])
        elif surface.external_id != comment_id:
            acts.add(tx, review.id, [_found(comment_id, written_at)])

    log.info("comment.published", review=review.id, subject=subject.name, comment=comment_id)
    return work


def _found(comment_id: int, at: datetime) -> Act:
    """A comment that we found to be ours; how it began is for its own delivery to tell."""
    name = comment_text(comment_id)
    return Act(key("ours", comment_id), Actor(0, "", True), at, Door.COMMENT, (), name)
