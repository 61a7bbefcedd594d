"""A repository was made public, or private again: what its comments show follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from bot.core.acts import Accept, AcceptWaiting, Act, Suggest, TakeOver, Tell, Tick
from bot.core.facts import Repository
from bot.core.pace import Rank
from bot.errors import Rejected
from bot.flows.install import pace
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts, repositories, reviews, surfaces
from bot.store.surfaces import COMMENT


def visibility_changed(world: World, repository: Repository) -> None:
    """GitHub says that a repository shows itself, or hides: its comments follow, come what may.

    That it shows itself counts at once; that it hides only once GitHub is asked.
    """
    world.store.write(lambda tx: note(world, tx, repository, changed=True))


def note(world: World, tx: Transaction, repository: Repository, changed: bool = False) -> None:
    """Keep what a repository is called and whether it is public.

    One that is known to be public stays so until GitHub is asked: this may be old news.
    """
    known = repositories.load(tx.connection, repository.id)
    shows_itself = known is not None and known.private and not repository.private
    if known is not None and not known.private:
        repository = replace(repository, private=False)
    repositories.save(tx, repository)
    if changed or shows_itself:
        args = {"repository": repository.id, "repost": shows_itself}
        world.jobs.enqueue(tx, "republish", args)


def republish(world: World, repository: int, repost: bool = False) -> None:
    """Ask GitHub what the repository is now, for events may come in any order, and have each
    comment there written as that wants it, newest first.

    `repost`: it was private until now. What was said then stays in the history of an edited
    comment, so such a comment is posted anew.
    """
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
    if known is None:
        return
    world.wait_for(known.installation)
    found = world.github.repository(known.installation, known.full_name)
    with world.store.read() as connection:
        numbers = reviews.with_comment(connection, repository)
        told = {n: _told_in_private(_acts(connection, repository, n)) for n in numbers}
    now = world.clock()

    def work(tx: Transaction) -> None:
        repositories.save(tx, found)
        for index, number in enumerate(numbers):
            at = now + pace(index, world.pacer.on)
            if repost and told[number] and not found.private:
                world.repost_comment(tx, repository, number, at)
            else:
                world.publish_comment(tx, repository, number, at)

    world.store.write(work)


def _acts(connection: Connection, repository: int, number: int) -> list[Act]:
    review = reviews.load(connection, repository, number)
    return acts.load(connection, review.id) if review else []


def _told_in_private(known: Iterable[Act]) -> bool:
    """Whether anything was ever said that may not show in the open."""
    for deed in (deed for act in known for deed in act.deeds):
        match deed:
            case TakeOver(source=source) if source:
                return True
            case Tell(given=given) | Suggest(given=given) if given.piece is not None:
                return True
            case Tick(offer=offer) | Accept(offer=offer) | AcceptWaiting(offer=offer) if (
                offer is not None and offer.pieces
            ):
                return True
    return False


def repost_comment(world: World, repository: int, number: int) -> None:
    """Delete our comment, and have it posted anew."""
    at = (COMMENT, repository, str(number))
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
        surface = surfaces.load(connection, *at)
    if known is None or surface.external_id is None:
        return
    world.may_write(known, Rank.COMMENT, f"repost:{number}")
    try:
        world.github.delete_comment(known, number, surface.external_id)
    except Rejected as error:
        if error.status not in (404, 410):
            raise

    def work(tx: Transaction) -> None:
        surfaces.gone(tx, *at)
        world.publish_comment(tx, repository, number, anew=True)

    world.store.write(work)
