"""News of our own comment that is not an edit: it arrived, or somebody deleted it."""

from __future__ import annotations

from bot.core.facts import CommentCreated, CommentDeleted
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import installations, reviews, surfaces
from bot.store.surfaces import COMMENT
from bot.views.github_comment import MARKER


def comment_arrived(world: World, fact: CommentCreated) -> None:
    """GitHub tells us of our own new comment: good where its answer to us was lost."""
    if MARKER not in fact.body or not fact.by_our_app:
        return
    at = (COMMENT, fact.repository.id, str(fact.number))
    with world.store.read() as connection:
        surface = surfaces.load(connection, *at)
    if surface.external_id is not None or not surface.begun:
        return

    def work(tx: Transaction) -> None:
        surfaces.done(tx, *at, fact.comment_id, fact.body)
        installations.learn_bot_user(tx, fact.repository.installation, fact.by.id)

    world.store.write(work)


def comment_deleted(world: World, fact: CommentDeleted) -> None:
    """Somebody deleted our comment: it comes back, with all that was answered."""
    repository = fact.repository.id
    with world.store.read() as connection:
        number = surfaces.comment_key(connection, repository, fact.comment_id)
        review = reviews.load(connection, repository, int(number)) if number else None
    if number is None or review is None:
        return

    def work(tx: Transaction) -> None:
        surfaces.gone(tx, COMMENT, repository, number)
        world.publish(tx, review)

    world.store.write(work)
