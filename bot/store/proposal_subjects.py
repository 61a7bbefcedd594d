"""Proposals as they were last seen, and the channels in which they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.core.facts import Actor
from bot.core.proposal import Channel, Proposal
from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

OF_CHANNEL = tuple(
    t.channel.c[name].label(f"channel_{name}") for name in ("id", "team", "name", "private")
)
COLUMNS = (
    *(c.label(f"subject_{c.name}") for c in t.subject.c if c.name != "files"),
    *OF_CHANNEL,
)

_SEE = upsert(t.channel, ("id",), ("team", "name", "private", "seen_at"))
_CHANNEL: Select[Any] = select(*OF_CHANNEL, t.channel.c.seen_at).where(
    t.channel.c.id == bindparam("of")
)
_SAVE = upsert(
    t.subject,
    ("channel_id", "ts"),
    ("thread", "title", "body", "author_id", "author", "open", "updated_at", "url", "switches",
     "overlays"),
).returning(t.subject.c.id)  # fmt: skip


def see_channel(tx: Transaction, channel: Channel, now: datetime) -> None:
    """Note what Slack says of a channel now."""
    row = {"id": channel.id, "team": channel.team, "name": channel.name, "private": channel.private}
    tx.connection.execute(_SEE, {**row, "seen_at": now})


def channel(connection: Connection, id: str) -> tuple[Channel, datetime | None] | None:
    """A channel, and when Slack last told of it; None if it was never seen."""
    row = connection.execute(_CHANNEL, {"of": id}).first()
    return (read_channel(row), row.seen_at) if row else None


def save(tx: Transaction, proposal: Proposal) -> int:
    """Note a proposal as it is now; gives the number of its row. Its channel was seen before."""
    author = proposal.author
    row = {
        "kind": "proposal",
        "channel_id": proposal.channel.id,
        "ts": proposal.ts,
        "thread": proposal.thread,
        "title": proposal.title,
        "body": proposal.body,
        "author_id": author.id,
        "author": author.login,
        "author_is_bot": author.is_bot,
        "open": proposal.open,
        "updated_at": proposal.updated_at,
        "url": proposal.url,
        "switches": list(proposal.switches),
        "overlays": list(proposal.overlays),
    }
    return int(tx.connection.execute(_SAVE, row).scalar_one())


def read(row: Row[Any]) -> Proposal:
    """The proposal in a row that holds `COLUMNS`."""
    return Proposal(
        channel=read_channel(row),
        ts=row.subject_ts,
        thread=row.subject_thread,
        title=row.subject_title,
        body=row.subject_body,
        author=Actor(row.subject_author_id, row.subject_author, row.subject_author_is_bot),
        url=row.subject_url,
        updated_at=row.subject_updated_at,
        open=row.subject_open,
        switches=tuple(row.subject_switches),
        overlays=tuple(row.subject_overlays),
    )


def read_channel(row: Row[Any]) -> Channel:
    """The channel in a row that holds `OF_CHANNEL`."""
    return Channel(row.channel_id, row.channel_team, row.channel_name, row.channel_private)
