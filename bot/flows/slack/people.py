"""Who somebody in Slack is, and what they may do with a proposal."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from bot.core.deciding import own
from bot.core.facts import Actor
from bot.core.organisation import Organisation, Reviewers
from bot.core.review import Review
from bot.core.rights import Who, anybody_named, named_reviewer
from bot.errors import Rejected, Transient
from bot.flows.slack import facts
from bot.flows.slack.link_people import link_by_table
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import slack_people
from bot.store.slack_people import Person


def known(connection: Connection, who: facts.Who) -> Person:
    """Somebody as the record knows them; one whom it never met has no id yet."""
    found = slack_people.find(connection, who.team, who.user)
    return found or Person(0, who.team, who.user, who.name)


def meet(world: World, who: facts.Who) -> Person:
    """The same, met now if never before. No name is asked for: what Slack sent along will do."""
    with world.store.read() as connection:
        found = known(connection, who)
    if not found.id or (who.name and found.name != who.name):
        name = who.name or found.name
        world.store.write(partial(_note, world, who, name, new=not found.id))
        with world.store.read() as connection:
            found = known(connection, who)
    return link_by_table(world, found)


def _note(world: World, who: facts.Who, name: str, tx: Transaction, new: bool) -> None:
    slack_people.meet(tx, who.team, who.user, name)
    if new and world.match_email:
        args = {"team": who.team, "user": who.user}
        world.jobs.enqueue(tx, "link_by_email", args, lock=f"person:{who.user}")


def meet_user(world: World, team: str, user: str) -> Person:
    """Somebody of whom we only have the id: Slack is asked for their name, and goes without it."""
    with world.store.read() as connection:
        found = slack_people.find(connection, team, user)
    if found is not None and found.name:
        return found
    try:
        name = world.slack.profile(user).name
    except (Rejected, Transient):
        name = ""
    return meet(world, facts.Who(team, user, name))


def rights(organisation: Organisation, person: Person, review: Review) -> Who:
    """What somebody may do with a proposal. A reviewer is who the organisation names, by member id
    or as the login that they are linked to; while it names nobody, everybody is. Author, owner and
    reviewers answer."""
    reviewers = organisation.reviewers
    author = any(own(review, actor) for actor in _aliases(person))
    open_to_all = not named(organisation)
    reviews = open_to_all or named_person(reviewers, person)
    return Who(person.actor, author or reviews, reviews, author, open_to_all)


def named(organisation: Organisation) -> bool:
    """Whether the organisation names any reviewer."""
    return anybody_named(organisation.reviewers) or bool(organisation.reviewers.slack)


def named_person(reviewers: Reviewers, person: Person) -> bool:
    """Whether the organisation names this person a reviewer."""
    by_login = person.github is not None and named_reviewer(reviewers, person.github.login)
    return person.user in reviewers.slack or by_login


def works_with_customers(organisation: Organisation, person: Person) -> bool:
    """Whether they work with customers; so does everybody while the organisation names nobody."""
    listed = {name.casefold() for name in organisation.reviewers.customer_facing}
    called = {person.user.casefold()}
    if person.github is not None:
        called.add(person.github.login.casefold())
    return not listed or bool(listed & called)


def _aliases(person: Person) -> list[Actor]:
    own_actor = Person(person.id, person.team, person.user, person.name).actor
    return [own_actor, person.github] if person.github else [own_actor]
