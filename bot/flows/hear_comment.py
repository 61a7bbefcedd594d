"""A comment that no delivery told us of: what was ticked or commanded in it counts all the same."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.core.answers import Door
from bot.core.facts import CommentCreated, Repository, Version
from bot.core.review import Review
from bot.flows.explain import PATIENCE, acts_of_history, asked
from bot.flows.identity import comment_text, text_hash
from bot.flows.ourselves import OURS, our_users
from bot.flows.record import record
from bot.flows.take_commands import WORD, take_commands
from bot.flows.take_edit import deeds_of_edit
from bot.flows.world import World
from bot.ports import Said, Transaction
from bot.store import acts, repositories, reviews, surfaces
from bot.store.surfaces import COMMENT


def unheard(connection: Connection, repository: Repository, said: Said) -> bool:
    """Whether a comment says something that no act of the record left there: our own one in any
    case, another's where it may hold commands, and nobody changed it since."""
    name, review = comment_text(said.id), reviews.id_of(connection, repository.id, said.number)
    if surfaces.comment_key(connection, repository.id, said.id) is not None:
        at = text_hash(said.body), said.updated_at
        return review is not None and not acts.left(connection, review, name, *at)
    nothing = said.by.is_bot or OURS in said.body or WORD not in said.body.lower()
    edited = said.updated_at != said.created_at
    known = review is not None and acts.about(connection, review, name)
    return not (nothing or edited or known)


def hear_comment(world: World, repository: int, number: int, comment: int) -> None:
    """Ask GitHub what a comment says, and take from it what was not told; known acts count once."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
        ours = surfaces.comment_key(connection, repository, comment)
        review = reviews.load(connection, repository, number)
    if known is None:
        return
    world.wait_for(known.installation)
    said = world.github.comment(known, comment)
    if said is None:
        return
    if ours is not None:
        if review is not None:
            _hear_ours(world, known, review, said)
    elif said.updated_at == said.created_at:
        at, by = said.created_at, said.by
        fact = CommentCreated(known, number, comment, by, at, said.body, said.app, said.association)
        take_commands(world, fact)


def _hear_ours(world: World, repository: Repository, review: Review, said: Said) -> None:
    """Each edit in its history becomes the act that its delivery would have been."""
    name, now = comment_text(said.id), text_hash(said.body)

    def history() -> tuple[Version, ...]:
        world.wait_for(repository.installation)
        found = world.github.history(repository, said.id, said.node)
        return our_users(world, repository.installation).below(said.by).versions(found)

    patient = world.patience.left(f"{name} {now}", world.clock(), PATIENCE)
    versions = asked(history, now, patient)
    found = acts_of_history(
        versions, name, Door.COMMENT, lambda old, new, by: deeds_of_edit(review, old, new, by)
    )

    def touch(tx: Transaction, changed: bool) -> None:
        at = (COMMENT, repository.id, str(review.pull_request.number))
        stands = surfaces.load(tx.connection, *at)
        if stands.live_at is None or stands.live_at <= said.updated_at:
            here = replace(stands, live=said.body, live_at=said.updated_at)
            surfaces.heard(tx, *at, said.id, here, None)
        if not changed:
            world.publish_comment(tx, repository.id, review.pull_request.number)

    if found:
        record(world, review, found, touch)
