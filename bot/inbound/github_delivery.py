"""A stored delivery becomes the verb that it asks for."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.core.facts import (
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    ForeignCheck,
    Installed,
    MergeGroup,
    PullRequest,
    RecheckAsked,
    Repository,
    RepositoryChanged,
)
from bot.flows.answer_merge_group import answer_merge_group
from bot.flows.install import install
from bot.flows.note_forged import note_forged
from bot.flows.own_comment import comment_arrived, comment_deleted
from bot.flows.recheck import recheck
from bot.flows.republish import note, visibility_changed
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.take_commands import take_changed_commands, take_commands, withdraw_commands
from bot.flows.take_edit import take_edit
from bot.flows.world import World
from bot.inbound.github_events import parse
from bot.store import inbox, repositories

log = structlog.get_logger()


def deliver(world: World, delivery: str) -> None:
    """Deal with one accepted delivery; running it again changes nothing more."""
    structlog.contextvars.bind_contextvars(delivery=delivery)
    with world.store.read() as connection:
        stored = inbox.load(connection, delivery)
    if stored is None:
        log.error("delivery.lost", hint="its body is gone; a new push or edit makes up for it")
        return
    fact = parse(*stored, world.app_id)
    if fact is not None and not isinstance(fact, Installed | RepositoryChanged):
        _note(world, fact.repository)
    match fact:
        case PullRequest() as seen:
            sync_pull_request(world, seen.repository, seen.number, seen)
        case CommentCreated() | CommentEdited() | CommentDeleted() as fact:
            _comment(world, fact)
        case RecheckAsked() as fact:
            recheck(world, fact)
        case ForeignCheck() as fact:
            note_forged(world, fact)
        case MergeGroup() as group:
            answer_merge_group(world, group)
        case Installed() as fact:
            install(world, fact)
        case RepositoryChanged() as fact:
            visibility_changed(world, fact.repository)


def _comment(world: World, fact: CommentCreated | CommentEdited | CommentDeleted) -> None:
    """News of a comment: ours holds boxes, that of a person may hold commands."""
    match fact:
        case CommentEdited():
            if not take_edit(world, fact):
                take_changed_commands(world, fact)
        case CommentCreated():
            comment_arrived(world, fact)
            take_commands(world, fact)
        case CommentDeleted():
            if not comment_deleted(world, fact):
                withdraw_commands(world, fact)


def _note(world: World, repository: Repository) -> None:
    """A repository may have been renamed or moved: from here on it is asked for by its new name."""
    with world.store.read() as connection:
        known = repositories.load(connection, repository.id)
    if known is None or known != replace(repository, private=repository.private and known.private):
        world.store.write(lambda tx: note(world, tx, repository))
