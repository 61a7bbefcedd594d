"""People of Slack, and who they are on GitHub."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from bot.core.facts import Actor
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

CODE_HOLDS = timedelta(minutes=15)

_MEET = upsert(t.slack_person, ("team", "user"), ("name",)).returning(t.slack_person.c.id)
_BY_USER = select(t.slack_person).where(
    t.slack_person.c.team == bindparam("of"), t.slack_person.c.user == bindparam("who")
)
_BY_IDS = select(t.slack_person).where(t.slack_person.c.id.in_(bindparam("ids", expanding=True)))
_BY_GITHUB_IDS = select(t.slack_person).where(
    t.slack_person.c.github_id.in_(bindparam("ids", expanding=True))
)
_RECENT = select(t.slack_person.c.team, t.slack_person.c.user).where(
    t.slack_person.c.home_at >= bindparam("since"),
    t.slack_person.c.id.in_(bindparam("ids", expanding=True))
    | t.slack_person.c.github_id.in_(bindparam("linked", expanding=True)),
)
_CALLED = (
    select(t.subject.c.author_id, t.subject.c.author)
    .where(func.lower(t.subject.c.author) == bindparam("of"), t.subject.c.author_id > 0)
    .order_by(t.subject.c.id.desc())
    .limit(1),
    select(t.act.c.by_id, t.act.c.by_login)
    .where(func.lower(t.act.c.by_login) == bindparam("of"), t.act.c.by_id > 0)
    .order_by(t.act.c.id.desc())
    .limit(1),
)
_SHOW_CODE = insert(t.link_code)
_TAKE_CODE = (
    delete(t.link_code)
    .where(t.link_code.c.digest == bindparam("of"), t.link_code.c.ends_at > bindparam("now"))
    .returning(t.link_code.c.person_id)
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `github` is who they are on GitHub; None while nobody said so."""

    id: int
    team: str
    user: str
    name: str
    github: Actor | None = None

    @property
    def actor(self) -> Actor:
        """Who they are on record: the person on GitHub where that is known."""
        return self.github or Actor(-self.id, self.name or self.user)

    @property
    def ids(self) -> tuple[int, ...]:
        """All ids under which the record may know them."""
        return (-self.id, self.github.id) if self.github else (-self.id,)


def find(connection: Connection, team: str, user: str) -> Person | None:
    """Somebody in Slack; None if we never met them."""
    row = connection.execute(_BY_USER, {"of": team, "who": user}).first()
    return _read(row) if row else None


def meet(tx: Transaction, team: str, user: str, name: str) -> None:
    """Know somebody from now on, or by a new name."""
    tx.connection.execute(_MEET, {"team": team, "user": user, "name": name[:100]})


def actor_called(connection: Connection, login: str) -> Actor | None:
    """Somebody on GitHub who goes by that login, as far as we ever met them."""
    for statement in _CALLED:
        row = connection.execute(statement, {"of": login.lower()}).first()
        if row is not None:
            return Actor(row[0], row[1])
    return None


def users_of(connection: Connection, actors: Collection[int]) -> dict[int, str]:
    """The Slack ids of people on record, by their actor's id; who is not in Slack is left out."""
    own = [-id for id in actors if id < 0]
    linked = [id for id in actors if id > 0]
    found: dict[int, str] = {}
    if own:
        rows = connection.execute(_BY_IDS, {"ids": own}).all()
        found |= {-row.id: row.user for row in rows}
    if linked:
        rows = connection.execute(_BY_GITHUB_IDS, {"ids": linked}).all()
        found |= {row.github_id: row.user for row in rows}
    return found


def link(tx: Transaction, person: int, github: Actor, by: str) -> None:
    """Note who somebody is on GitHub; nobody else in Slack is that person any more."""
    table = t.slack_person
    tx.connection.execute(
        update(table)
        .where(table.c.github_id == github.id, table.c.id != person)
        .values(github_id=None, github_login="", linked_by="")
    )
    row = {"github_id": github.id, "github_login": github.login, "linked_by": by}
    tx.connection.execute(update(table).where(table.c.id == person).values(**row))


def show_code(tx: Transaction, person: int, code: str, now: datetime) -> None:
    """Keep the hash of a code that was shown to somebody, for a quarter of an hour."""
    row = {"digest": _digest(code), "person_id": person, "ends_at": now + CODE_HOLDS}
    tx.connection.execute(_SHOW_CODE, row)


def take_code(tx: Transaction, code: str, now: datetime) -> int | None:
    """Whose code this is; it is used up then. None for one that is unknown or too old."""
    key = {"of": _digest(code), "now": now}
    return tx.connection.execute(_TAKE_CODE, key).scalar()


def at_home(tx: Transaction, team: str, user: str, now: datetime) -> None:
    """Note that somebody looked at the App Home."""
    here = (t.slack_person.c.team == team) & (t.slack_person.c.user == user)
    tx.connection.execute(update(t.slack_person).where(here).values(home_at=now))


def recently_home(
    connection: Connection, actors: Collection[int], since: datetime
) -> list[tuple[str, str]]:
    """(workspace, Slack id) of those of these people who looked at the App Home since then."""
    key = {
        "ids": [-id for id in actors if id < 0],
        "linked": [id for id in actors if id > 0],
        "since": since,
    }
    return [(row.team, row.user) for row in connection.execute(_RECENT, key)]


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def _read(row: Row[Any]) -> Person:
    r = row
    github = Actor(r.github_id, r.github_login) if r.github_id is not None else None
    return Person(r.id, r.team, r.user, r.name, github)
