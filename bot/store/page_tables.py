"""The tables of the pages: what each review comes to in numbers, and who is signed in."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, SmallInteger, String, Text

from bot.store.columns import Id, UTCDateTime, table

# Derived from the reviews, and made again from them at any time. `seq` rises with every change, so
# that whoever counts reads only what is new. The columns are those of `bot/core/columns.py`.
numbers = table(
    "numbers",
    Column("review_id", Id, ForeignKey("review.id"), primary_key=True, autoincrement=False),
    Column("seq", Id, nullable=False),
    Column("place", String(40), nullable=False),  # r<repository> | c<channel>
    Column("owner", String(60), nullable=False, server_default=""),  # whose the changed files are
    Column("spot", SmallInteger, nullable=False),  # where it is counted, were it not R0
    Column("tier", SmallInteger, nullable=False),  # the highest so far
    Column("opened", Id, nullable=False),
    Column("decided", Id, nullable=False),
    Column("first", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("overlays", String(200), nullable=False),
    Column("affected", Text, nullable=False),
    Column("heard", Text, nullable=False),
    Column("kinds", SmallInteger, nullable=False),
    Column("age", SmallInteger, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("percent", SmallInteger, nullable=False),
    Column("waivers", SmallInteger, nullable=False),
    Column("ran_out", SmallInteger, nullable=False),
    Column("flags", Integer, nullable=False),
    Index(None, "seq"),
)

# Who is signed in on which browser: only a digest of what the browser holds is kept.
session = table(
    "session",
    Column("digest", String(64), primary_key=True),
    Column("data", JSON, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False, index=True),
)
