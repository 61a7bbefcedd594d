"""A stored delivery becomes the verb that it asks for."""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy import Connection

from bot.core.facts import (
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    HookAdded,
    Installed,
    MergeGroup,
    PullRequest,
    RecheckAsked,
    Repository,
    RepositoryChanged,
)
from bot.flows.answer_merge_group import answer_merge_group
from bot.flows.install import adopt, install
from bot.flows.own_comment import comment_arrived, comment_deleted
from bot.flows.recheck import recheck
from bot.flows.republish import note, visibility_changed
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.take_commands import take_changed_commands, take_commands, withdraw_commands
from bot.flows.take_edit import take_edit
from bot.flows.world import World
from bot.inbound.github_events import Fact, parse
from bot.inbound.github_without_app import as_heard
from bot.ports import Transaction
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
        fact = parse(*stored)
        known = _known(connection, fact)
    if fact is None:
        return
    fact = as_heard(world, fact, known)
    _note(world, fact, known)
    match fact:
        case PullRequest() as seen:
            sync_pull_request(world, seen.repository, seen.number, seen)
        case CommentCreated() | CommentEdited() | CommentDeleted() as fact:
            _comment(world, fact)
        case RecheckAsked() as fact:
            recheck(world, fact)
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


def _known(connection: Connection, fact: Fact | None) -> Repository | None:
    """The repository as it is on record; none for a fact that says itself what it is now."""
    if fact is None or isinstance(fact, Installed | RepositoryChanged):
        return None
    return repositories.load(connection, fact.repository.id)


def _note(world: World, fact: Fact, known: Repository | None) -> None:
    """A repository may have been renamed or moved: from here on it is asked for by its new name.

    Without an App nobody tells us of installations: whatever tells of a repository first does.
    """
    if isinstance(fact, Installed | RepositoryChanged):
        return
    repository, hooked = fact.repository, isinstance(fact, HookAdded)
    same = known and known == replace(repository, private=repository.private and known.private)
    if same and not hooked:
        return

    def work(tx: Transaction) -> None:
        new = repositories.load(tx.connection, repository.id) is None
        note(world, tx, repository)
        if world.by_token and (new or hooked):
            adopt(world, tx, repository.installation, [repository.full_name], 0, world.clock())

    world.store.write(work)
