"""Somebody signs in: who they are on record, what they may do, and for how long."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from bot.core.facts import Actor
from bot.core.roles import Identity, User, roles_of
from bot.errors import UserError
from bot.flows.world import World
from bot.store import sessions, slack_people

HOLDS = timedelta(hours=12)
WAYS = {"github": "GitHub", "slack": "Slack", "oidc": "your sign-in provider"}
_IDENTITY = TypeAdapter(Identity)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and the word that every form of theirs carries."""

    user: User
    csrf: str


def sign_in(world: World, who: Identity, old: str = "") -> str:
    """Begin a session of a new name, which is given back; the old one ends. Raises UserError for
    whom the organisation does not name."""
    if not roles_of(world.catalog.organisation, who):
        raise UserError(_not_named(who))
    name = secrets.token_urlsafe(32)
    data = {"who": asdict(who), "actor": _actor(world, who), "csrf": secrets.token_urlsafe(24)}
    now = world.clock()

    def work(tx: Any) -> None:
        if old:
            sessions.end(tx, old)
        sessions.begin(tx, name, data, now, now + HOLDS)

    world.store.write(work)
    return name


def session(world: World, name: str) -> Session | None:
    """The session of that name; None where nobody is signed in, or may not look any more.

    Roles are read anew each time: who is taken out of the organisation's file is out.
    """
    if not name:
        return None
    with world.store.read() as connection:
        data = sessions.find(connection, name, world.clock())
    return _read(world, data) if data else None


def sign_out(world: World, name: str) -> None:
    """End the session of that name."""
    world.store.write(partial(sessions.end, name=name))


def _read(world: World, data: Mapping[str, Any]) -> Session | None:
    if "who" not in data:
        return None
    who = _IDENTITY.validate_python(data["who"])
    roles = roles_of(world.catalog.organisation, who)
    if not roles:
        return None
    id, login = data["actor"]
    return Session(User(who, Actor(id, login), roles), str(data["csrf"]))


def _actor(world: World, who: Identity) -> tuple[int, str]:
    """Somebody on GitHub by GitHub's id; anybody else as a person whom we met, linked or not."""
    if who.provider == "github":
        return int(who.subject), who.login
    team = who.team or who.provider
    world.store.write(lambda tx: slack_people.meet(tx, team, who.subject, who.name))
    with world.store.read() as connection:
        found = slack_people.find(connection, team, who.subject)
    assert found is not None
    return found.actor.id, found.actor.login


def _not_named(who: Identity) -> str:
    known = who.login or who.email or who.subject
    return (
        f"{WAYS.get(who.provider, who.provider)} says that you are {known}, and organisation.yaml "
        "does not name you. Ask who runs Empty Chair to add you under `roles: member:`."
    )
