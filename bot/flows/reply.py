"""Answer somebody's comment with one comment of ours, which is edited when they edit theirs."""

from __future__ import annotations

from bot.core.facts import Repository
from bot.core.pace import Rank
from bot.errors import Rejected
from bot.flows.look_first import creating, not_found, wait_to_show
from bot.flows.own_comment import find_ours, is_foreign
from bot.flows.world import World
from bot.ports import Closing
from bot.store import repositories, surfaces
from bot.store.surfaces import REPLY, Surface
from bot.views.reply import marked, marker, open_ended


def reply(
    world: World, repository: int, number: int, comment: int, text: str, correcting: bool = False
) -> Closing | None:
    """Post the reply, or make the one that stands say this. Safe to run again and again.

    `correcting`: only in the place of one that says what was not taken, or waits. Gives what to
    note once it is written.
    """
    with world.store.read() as connection:
        known = repositories.load(connection, repository)
        surface = surfaces.load(connection, REPLY, repository, str(comment))
    text = marked(text, comment)
    if known is None or surface.live == text:
        return None
    if correcting and not (surface.live and open_ended(surface.live)):
        return None
    world.may_write(known, Rank.COURTESY, f"reply:{comment}")
    id = surface.external_id
    if id is None and surface.begun:
        posted = find_ours(world, known, number, marker(comment))
        id = posted.id if posted else None
        if id is None:
            wait_to_show(world, surface)
    if id is not None and not _edit(world, known, number, comment, id, text):
        id, surface = None, Surface()
    if id is None:
        with creating(world, REPLY, repository, str(comment), surface):
            id = world.github.create_comment(known, number, text).id
    done = id
    return lambda tx: surfaces.done(tx, REPLY, repository, str(comment), done, text)


def _edit(
    world: World, repository: Repository, number: int, comment: int, id: int, text: str
) -> bool:
    """False where we may not change it any more: somebody else wrote it."""
    try:
        world.github.edit_comment(repository, number, id, text)
    except Rejected as error:
        if error.status in (404, 410):
            raise not_found(world, REPLY, repository.id, str(comment), id) from error
        if error.status == 403 and is_foreign(world, repository, number, id, marker(comment)):
            return False
        raise
    return True
