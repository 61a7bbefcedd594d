"""What webhooks of repositories and organisations leave out: the installation, and who we are."""

from __future__ import annotations

from dataclasses import replace

from bot.core.facts import CommentCreated, CommentEdited, Installed, Repository
from bot.flows.ourselves import NO_APP, OURS, our_users
from bot.flows.world import World
from bot.inbound.github_events import Fact


def as_heard(world: World, fact: Fact, known: Repository | None) -> Fact:
    """The fact as an App would have been told it; `known` is its repository on record.

    What we post as a user carries a hidden line of ours. Without it even the token's owner is a
    person like any other, who may write commands.
    """
    fact = _installed(world, fact, known)
    match fact:
        case CommentCreated() if world.by_token and OURS in fact.body:
            ours = our_users(world, NO_APP)
            if fact.by.id in ours:
                return replace(fact, by=ours.bot(fact.by), app=world.app_id)
        case CommentEdited() if not fact.author.is_bot and OURS in fact.after + (fact.before or ""):
            ours = our_users(world, fact.repository.installation).below(fact.author)
            return replace(fact, by=ours.bot(fact.by), author=ours.bot(fact.author))
    return fact


def _installed(world: World, fact: Fact, known: Repository | None) -> Fact:
    """The fact with the installation that counts. An App knows it of what came before there was
    one, and without an App there is none."""
    if isinstance(fact, Installed):
        return fact
    repository = fact.repository
    installation = NO_APP if world.by_token else repository.installation
    if not world.by_token and installation == NO_APP and known is not None:
        installation = known.installation
    if installation == repository.installation:
        return fact
    return replace(fact, repository=replace(repository, installation=installation))
