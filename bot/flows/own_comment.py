"""News of our own comment that is not an edit: it arrived, or somebody deleted it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.core.facts import CommentCreated, CommentDeleted, CommentEdited
from bot.errors import Transient
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import installations, reviews, surfaces
from bot.store.surfaces import COMMENT
from bot.views.github_comment import MARKER


def comment_arrived(world: World, fact: CommentCreated) -> None:
    """GitHub tells us of our own new comment: good where its answer to us was lost."""
    if MARKER not in fact.body or fact.app != world.app_id:
        return
    at = (COMMENT, fact.repository.id, str(fact.number))
    with world.store.read() as connection:
        surface = surfaces.load(connection, *at)
    if surface.external_id is not None or not surface.begun:
        return

    def work(tx: Transaction) -> None:
        surfaces.done(tx, *at, fact.comment_id, fact.body, fact.at)
        installations.learn_bot_user(tx, fact.repository.installation, fact.by.id)

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
        surfaces.gone(tx, COMMENT, repository, number)
        world.publish(tx, review)

    world.store.write(work)
    return True


def our_comment(connection: Connection, fact: CommentEdited | CommentDeleted) -> str | None:
    """The number of the pull request whose comment of ours this is; None if it is not ours.

    Raises Transient while ours was sent and GitHub has not told us its id: people are quick.
    """
    key = surfaces.comment_key(connection, fact.repository.id, fact.comment_id)
    if key is None and isinstance(fact, CommentEdited) and _marked(fact):
        surface = surfaces.load(connection, COMMENT, fact.repository.id, str(fact.number))
        if surface.begun and surface.external_id is None:
            raise Transient("Our own comment is on its way; its id is not known yet.")
    return key


def _marked(fact: CommentEdited) -> bool:
    return MARKER in fact.after or MARKER in (fact.before or "")
