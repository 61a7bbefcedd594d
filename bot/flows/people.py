"""Find out what somebody may do, at no cost where that can be known, else by asking GitHub."""

from __future__ import annotations

import structlog

from bot.core.facts import Actor, PullRequest
from bot.core.rights import (
    MEMBERS,
    WRITERS,
    Who,
    anybody_named,
    is_author,
    may_be_writer,
    named_reviewer,
)
from bot.errors import Rejected
from bot.flows.world import World

log = structlog.get_logger()


def who(
    world: World, subject: PullRequest, actor: Actor, association: str | None, reviewing: bool
) -> Who:
    """What this person may do on this pull request.

    `association` is what GitHub says of them; None for somebody who changed another one's text,
    which only people with write access can. `reviewing`: whether it matters if they review.
    """
    author = is_author(subject, actor)
    asked = _may_write(subject, association)
    named = _named(world, subject, actor, association)
    answers = author or named or (asked and _writes(world, subject, actor, association))
    if not named and asked and (reviewing or not answers):
        named = _in_a_team(world, subject, actor)
    answers = answers or named
    if not reviewing or author:
        return Who(actor, answers, False, author)
    if not anybody_named(world.catalog.organisation.reviewers):
        return Who(actor, answers, answers, author, open_to_all=answers)
    return Who(actor, answers, named, author)


def writes(world: World, subject: PullRequest, actor: Actor, association: str | None) -> bool:
    """Whether somebody has write access; for a stranger that is not asked."""
    return _may_write(subject, association) and _writes(world, subject, actor, association)


def _may_write(subject: PullRequest, association: str | None) -> bool:
    return association is None or may_be_writer(association, subject.repository.private)


def _writes(world: World, subject: PullRequest, actor: Actor, association: str | None) -> bool:
    return association is None or _permission(world, subject, actor) in WRITERS


def _named(world: World, subject: PullRequest, actor: Actor, association: str | None) -> bool:
    """Named a reviewer by login, and somebody of this repository: a login that its owner gave up
    may be anybody's today."""
    if not named_reviewer(world.catalog.organisation.reviewers, actor.login):
        return False
    known = association is None or association in MEMBERS
    least = {"read", *WRITERS} if subject.repository.private else WRITERS
    return known or _permission(world, subject, actor) in least


def _permission(world: World, subject: PullRequest, actor: Actor) -> str:
    world.wait_for(subject.repository.installation)
    return world.github.permission(subject.repository, actor)


def _in_a_team(world: World, subject: PullRequest, actor: Actor) -> bool:
    for team in world.catalog.organisation.reviewers.teams:
        world.wait_for(subject.repository.installation)
        try:
            if world.github.in_team(subject.repository, team, actor):
                return True
        except Rejected as error:
            hint = "The App needs members: read to know who is in a team of reviewers."
            log.error("github.team_unknown", team=team, error=str(error), hint=hint)
    return False
