"""Somebody in Slack and somebody on GitHub are one person: by a code, a table, or an address."""

from __future__ import annotations

import structlog

from bot.core.facts import Actor, CommentCreated
from bot.core.links import code_in
from bot.flows.react import DONE
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import repositories, slack_people

log = structlog.get_logger()


def take_code(world: World, fact: CommentCreated) -> None:
    """A code that Slack showed to one person was posted on GitHub: both are the same one.

    A code that is unknown, used or too old does nothing: nobody is told whether it was one.
    """
    code = code_in(fact.body)
    if not code or fact.by.is_bot:
        return
    now = world.clock()

    def work(tx: Transaction) -> bool:
        person = slack_people.take_code(tx, code, now)
        if person is None:
            return False
        slack_people.link(tx, person, Actor(fact.by.id, fact.by.login), "code")
        world.react(tx, fact.repository.id, fact.number, fact.comment_id, DONE)
        return True

    if world.store.write(work):
        log.info("person.linked", by="code")


def link_by_email(world: World, team: str, user: str) -> None:
    """Link somebody to the one person who shows the same address on GitHub, where that is switched
    on and both services say so. What a table or a code said stays."""
    with world.store.read() as connection:
        person = slack_people.find(connection, team, user)
        repository = repositories.newest(connection)
    if person is None or person.github is not None or repository is None:
        return
    email = world.slack.profile(user).email
    found = world.github.with_email(repository, email) if email else None
    if found is not None:
        world.store.write(lambda tx: slack_people.link(tx, person.id, found, "e-mail"))
        log.info("person.linked", by="e-mail")


def link_by_table(world: World, person: slack_people.Person) -> slack_people.Person:
    """The same person, linked where the organisation says who they are and GitHub told us of that
    login before."""
    if person.github is not None or not person.id:
        return person
    table = {known.slack: known.github for known in world.catalog.organisation.people}
    login = table.get(person.user)
    if login is None:
        return person
    with world.store.read() as connection:
        found = slack_people.actor_called(connection, login)
    if found is None:
        return person
    world.store.write(lambda tx: slack_people.link(tx, person.id, found, "table"))
    with world.store.read() as connection:
        return slack_people.find(connection, person.team, person.user) or person
