"""News of our own comment that is not an edit: it arrived, or somebody deleted it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.core.acts import Act
from bot.core.answers import Door
from bot.core.facts import Actor, CommentCreated, CommentDeleted, CommentEdited, Repository
from bot.core.review import State
from bot.errors import NotYet
from bot.flows.identity import comment_text, edit_key, text_hash
from bot.flows.ourselves import OurUsers, our_users
from bot.flows.world import World
from bot.ports import Posted, Transaction
from bot.store import acts, installations, reviews, surfaces
from bot.store.surfaces import COMMENT
from bot.views.github_comment import MARKER, wanted


def comment_arrived(world: World, fact: CommentCreated) -> None:
    """GitHub tells us of our own new comment: good where its answer to us was lost."""
    if MARKER not in fact.body or fact.app != world.app_id:
        return
    at = (COMMENT, fact.repository.id, str(fact.number))
    with world.store.read() as connection:
        surface = surfaces.load(connection, *at)
        review = reviews.load(connection, fact.repository.id, fact.number)

        first = first_version(fact.comment_id, fact.body, fact.at, fact.by.id)
        if surface.external_id is not None and acts.known(connection, first.key):
            return

    def work(tx: Transaction) -> None:
        if review is not None:
            acts.add(tx, review.id, [first])
        if surface.external_id is None and surface.begun:
            surfaces.done(tx, *at, fact.comment_id, fact.body, fact.at)
            installations.learn_bot_user(tx, fact.repository.installation, fact.by.id)
            if review is not None and not wanted(review):  # or a job of its own would see to it
                world.publish_comment(tx, fact.repository.id, fact.number)

    world.store.write(work)


def comment_deleted(world: World, fact: CommentDeleted) -> bool:
    """Somebody deleted our comment: it comes back, with all that was answered. False if it is not
    ours."""
    repository = fact.repository.id
    with world.store.read() as connection:
        number = our_comment(connection, fact)
        review = reviews.load(connection, repository, int(number)) if number else None
    if number is None or review is None:
        return False

    def work(tx: Transaction) -> None:
        surfaces.gone(tx, COMMENT, repository, number, fact.comment_id)
        world.publish_comment(tx, repository, int(number), anew=review.state is State.OPEN)

    world.store.write(work)
    return True


def first_version(comment_id: int, text: str, at: datetime, author: int) -> Act:
    """The comment as we wrote it: where the first edit of it begins."""
    name, after = comment_text(comment_id), text_hash(text)
    key = edit_key(name, at, author, "", after)
    return Act(key, Actor(author, "", True), at, Door.COMMENT, (), name, "", after)


def find_ours(world: World, repository: Repository, number: int, marker: str) -> Posted | None:
    """A comment of ours, by marker and author, after GitHub's answer was lost."""
    ours = our_users(world, repository.installation)
    found = world.github.find_comments(repository, number, marker)
    return next((posted for posted in found if _is_ours(world, posted, ours)), None)


def is_foreign(
    world: World, repository: Repository, number: int, comment_id: int, marker: str
) -> bool:
    """Whether somebody else wrote our comment, as it is once an App follows a token's owner."""
    with world.store.read() as connection:
        ours = installations.bot_user(connection, repository.installation)
    found = world.github.find_comments(repository, number, marker)
    wrote = next((posted for posted in found if posted.id == comment_id), None)
    return wrote is not None and not _is_ours(world, wrote, OurUsers(ours))


def _is_ours(world: World, posted: Posted, ours: OurUsers) -> bool:
    """By our user ids; while we do not know that of today, by our App's id, where GitHub tells."""
    if posted.author_id in ours:
        return True
    app = posted.app == world.app_id or (posted.app is None and posted.by_bot)
    return ours.now is None and app


def our_comment(connection: Connection, fact: CommentEdited | CommentDeleted) -> str | None:
    """The number of the pull request whose comment of ours this is; None if it is not ours.

    Raises NotYet while ours was sent and GitHub has not told us its id: people are quick.
    """
    key = surfaces.comment_key(connection, fact.repository.id, fact.comment_id)
    if key is None and isinstance(fact, CommentEdited) and fact.author.is_bot and _marked(fact):
        surface = surfaces.load(connection, COMMENT, fact.repository.id, str(fact.number))
        if surface.begun and surface.external_id is None:
            raise NotYet("Our own comment is on its way; its id is not known yet.", 1.0)
    return key


def was_ours(connection: Connection, fact: CommentEdited) -> bool:
    """Whether this was our comment before somebody deleted it: what was ticked in it counts, also
    where its deletion is heard of first."""
    review = reviews.load(connection, fact.repository.id, fact.number)
    text = comment_text(fact.comment_id)
    return review is not None and acts.ours_once(connection, review.id, text)


def _marked(fact: CommentEdited) -> bool:
    return MARKER in fact.after or MARKER in (fact.before or "")
