"""Which pull requests carry a proposal out, as far as people said so, and whether that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.facts import Actor
from bot.core.proposal import Proposal
from bot.ports import Transaction
from bot.store import tables as t

_TABLES = t.proposal_link.join(t.repository)
_PULL = t.subject.alias()
_LINES = (
    select(t.proposal_link, t.repository.c.full_name, _PULL.c.url)
    .select_from(
        _TABLES.outerjoin(
            _PULL,
            (_PULL.c.repository_id == t.proposal_link.c.repository_id)
            & (_PULL.c.number == t.proposal_link.c.number),
        )
    )
    .where(t.proposal_link.c.subject_id == bindparam("of"), t.proposal_link.c.refused.is_(False))
    .order_by(t.proposal_link.c.at)
)
_HERE = (
    (t.proposal_link.c.subject_id == bindparam("of"))
    & (t.proposal_link.c.repository_id == bindparam("repository"))
    & (t.proposal_link.c.number == bindparam("pull"))
)
_SUBJECT = select(t.subject.c.id).where(
    t.subject.c.channel_id == bindparam("of"), t.subject.c.ts == bindparam("message")
)
_ADD = insert(t.proposal_link).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Link:
    """One pull request that somebody linked: its repository, number, and whether it counts."""

    repository: int
    full_name: str
    number: int
    by: Actor
    confirmed: bool
    url: str = ""


def of_proposal(connection: Connection, subject: int) -> list[Link]:
    """The pull requests linked to a proposal, in the order in which they were named."""
    return [
        Link(
            row.repository_id,
            row.full_name,
            row.number,
            Actor(row.by_id, row.by_name),
            row.confirmed_at is not None,
            row.url or "",
        )
        for row in connection.execute(_LINES, {"of": subject})
    ]


def counting(connection: Connection, proposal: Proposal) -> bool:
    """Whether any pull request carries this proposal out."""
    subject = subject_of(connection, proposal)
    return subject is not None and any(each.confirmed for each in of_proposal(connection, subject))


def subject_of(connection: Connection, proposal: Proposal) -> int | None:
    """The number of the row of a proposal."""
    key = {"of": proposal.channel.id, "message": proposal.ts}
    return connection.execute(_SUBJECT, key).scalar()


def add(
    tx: Transaction, subject: int, repository: int, number: int, by: Actor, now: datetime
) -> bool:
    """Note that somebody linked them; False where that was noted before."""
    row: dict[str, object] = {"subject_id": subject, "repository_id": repository, "number": number}
    row |= {"by_id": by.id, "by_name": by.login, "at": now, "confirmed_by_name": ""}
    return tx.connection.execute(_ADD, {**row, "refused": False}).rowcount == 1


def confirm(
    tx: Transaction, subject: int, repository: int, number: int, by: Actor, now: datetime
) -> bool:
    """Note that it counts; False where it is not linked, or counts already."""
    row = {"confirmed_by_id": by.id, "confirmed_by_name": by.login, "confirmed_at": now}
    where = _HERE & t.proposal_link.c.confirmed_at.is_(None)
    key = {"of": subject, "repository": repository, "pull": number}
    done = update(t.proposal_link).where(where).values(**row, refused=False)
    return tx.connection.execute(done, key).rowcount == 1


def refuse(tx: Transaction, subject: int, repository: int, number: int) -> bool:
    """Note that it is none of the proposal's; one that counts stays."""
    where = _HERE & t.proposal_link.c.confirmed_at.is_(None)
    key = {"of": subject, "repository": repository, "pull": number}
    return (
        tx.connection.execute(
            update(t.proposal_link).where(where).values(refused=True), key
        ).rowcount
        == 1
    )
