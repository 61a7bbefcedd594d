"""Find out what somebody may do, at no cost where that can be known, else by asking GitHub."""

from __future__ import annotations

import structlog

from bot.core.facts import Actor, PullRequest
from bot.core.rights import (
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
    named = named_reviewer(world.catalog.organisation.reviewers, actor.login)
    answers = author or named or writes(world, subject, actor, association)
    if not reviewing or author:
        return Who(actor, answers, False, author)
    reviewers = world.catalog.organisation.reviewers
    if not anybody_named(reviewers):
        return Who(actor, answers, answers, author, open_to_all=answers)
    screened = association is None or may_be_writer(association, subject.repository.private)
    in_team = not named and screened and _in_a_team(world, subject, actor)
    return Who(actor, answers or in_team, named or in_team, author)


def writes(world: World, subject: PullRequest, actor: Actor, association: str | None) -> bool:
    """Whether somebody has write access; for a stranger that is not asked."""
    if association is None:
        return True
    if not may_be_writer(association, subject.repository.private):
        return False
    world.wait_for(subject.repository.installation)
    return world.github.permission(subject.repository, actor.login) in WRITERS


def _in_a_team(world: World, subject: PullRequest, actor: Actor) -> bool:
    for team in world.catalog.organisation.reviewers.teams:
        world.wait_for(subject.repository.installation)
        try:
            if world.github.in_team(subject.repository, team, actor.login):
                return True
        except Rejected as error:
            hint = "The App needs members: read to know who is in a team of reviewers."
            log.error("github.team_unknown", team=team, error=str(error), hint=hint)
    return False
