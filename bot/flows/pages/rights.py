"""What somebody may do with a review on its page: the same as at its own door."""

from __future__ import annotations

from bot.core.proposal import Proposal
from bot.core.review import Review
from bot.core.rights import Who, is_author
from bot.core.roles import User
from bot.errors import Rejected, Transient
from bot.flows import people
from bot.flows.pages.seeing import member_id
from bot.flows.slack import people as slack
from bot.flows.world import World
from bot.store.slack_people import Person


def rights(world: World, user: User, review: Review) -> Who:
    """On a pull request what GitHub would let them do, on a proposal what Slack would; whom the
    organisation made a reviewer on the pages may answer anywhere, and review but their own."""
    found = _rights(world, user, review)
    if not user.reviewer:
        return found
    return Who(found.actor, True, not found.is_author, found.is_author, found.open_to_all)


def _rights(world: World, user: User, review: Review) -> Who:
    subject = review.subject
    if isinstance(subject, Proposal):
        github = user.actor if user.actor.id > 0 else None
        team = user.identity.team or user.identity.provider
        person = Person(
            max(0, -user.actor.id), team, member_id(world, user), user.identity.name, github
        )
        return slack.rights(world.catalog.organisation, person, review)
    author = is_author(subject, user.actor)
    if user.actor.id <= 0:
        return Who(user.actor, author, False, author)
    try:
        return people.who(world, subject, user.actor, "CONTRIBUTOR", reviewing=True)
    except (Rejected, Transient):
        return Who(user.actor, author, False, author)
