"""Installations of the GitHub App, and who we are on GitHub."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ports import Transaction
from bot.store import tables as t

_BOT_USER = select(t.installation.c.bot_user_id).where(t.installation.c.id == bindparam("of"))


def save(tx: Transaction, id: int, account: str, removed_at: datetime | None) -> None:
    """Note an installation, or that it was removed."""
    row = {"account": account, "removed_at": removed_at}
    tx.connection.execute(
        upsert(t.installation)
        .values(id=id, **row)
        .on_conflict_do_update(index_elements=["id"], set_=row)
    )


def bot_user(connection: Connection, id: int) -> int | None:
    """Our own user id in an installation; None until we posted a first comment."""
    return connection.execute(_BOT_USER, {"of": id}).scalar()


def learn_bot_user(tx: Transaction, id: int, user_id: int) -> None:
    """Remember our own user id."""
    if bot_user(tx.connection, id) == user_id:
        return
    tx.connection.execute(
        update(t.installation).where(t.installation.c.id == id).values(bot_user_id=user_id)
    )
