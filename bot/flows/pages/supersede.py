"""Somebody says on the page that another decision took the place of this one."""

from __future__ import annotations

import re

from bot.core.acts import Act
from bot.core.answers import Door
from bot.core.course_deeds import Supersede
from bot.core.links import proposal_named
from bot.core.review import Review, State
from bot.core.roles import User
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.pages.rights import rights
from bot.flows.pages.seeing import sees
from bot.flows.record import record
from bot.flows.world import World
from bot.store import listing, proposals, repositories, reviews

_PAGE = re.compile(r"(?:https?://\S+)?/?(?:reviews/)?(\d{1,18})(?:#\S*)?")
_PULL = re.compile(r"(?:https?://[^/\s]+/)?([\w.-]+/[\w.-]+)(?:/pull/|#)(\d{1,9})(?:[/?#]\S*)?")
HOW = "Write the address of its page here, of its pull request, or of its message in Slack."


def supersede(world: World, user: User, review: Review, written: str, id: str) -> Review:
    """Put on record which review took this one's place; nothing written takes it back. Raises
    UserError."""
    if not rights(world, user, review).answers:
        raise UserError("Only its author, people with write access and reviewers can say that.")
    by = 0
    if written.strip():
        if review.state is not State.DECIDED:
            raise UserError("It is not decided yet: what is still open can be withdrawn instead.")
        by = _found(world, user, review, written.strip())
    act = Act(key("page", id), user.actor, world.clock(), Door.PAGE, (Supersede(by),))
    return record(world, review, [act])


def _found(world: World, user: User, review: Review, written: str) -> int:
    found = _named(world, written.strip("<>"))
    if found is None or not sees(world, user, found):
        raise UserError(f"No review of that name is known. {HOW}")
    if found.id == review.id or found.course.superseded_by == review.id:
        raise UserError("That one came before this one.")
    return found.id


def _named(world: World, written: str) -> Review | None:
    with world.store.read() as connection:
        if pull := _PULL.fullmatch(written):
            repository = repositories.by_name(connection, pull[1])
            return reviews.load(connection, repository.id, int(pull[2])) if repository else None
        if proposal := proposal_named(written):
            return proposals.load(connection, proposal.channel, proposal.ts)
        if page := _PAGE.fullmatch(written):
            id = int(page[1])
            return reviews.by_id(connection, id) if listing.belongs(connection, id) else None
    return None
