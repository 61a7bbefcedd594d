"""The tables of what stands in Slack: channels, cards, people, links, what customers said."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, UTCDateTime, table

channel = table(
    "channel",
    Column("id", String(30), primary_key=True),  # Slack's own id
    Column("team", String(30), nullable=False),  # the workspace
    Column("name", String(100), nullable=False, default=""),
    Column("private", Boolean, nullable=False, default=True),
    Column("seen_at", UTCDateTime),  # when Slack last told us of it
)

# What we posted below a proposal: its card, and the one line of its decision.
card = table(
    "card",
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    Column("kind", String(10), primary_key=True),  # card | decision
    Column("ts", String(40), nullable=False, default=""),  # empty until the first post is known
    Column("intent_at", UTCDateTime),  # a post was begun and is not known to be done
    Column("live", LargeBinary),  # zlib of what stands there, as far as we know
    Column("live_at", UTCDateTime),  # when we wrote that
)

# People of Slack. To the record they are actors with the negative of this id, until they are
# linked to somebody on GitHub.
slack_person = table(
    "slack_person",
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("team", String(30), nullable=False),
    Column("user", String(30), nullable=False),
    Column("name", String(100), nullable=False, default=""),
    Column("github_id", Id, index=True),  # null: not linked
    Column("github_login", String(100), nullable=False, default=""),
    Column("linked_by", String(10), nullable=False, default=""),  # code | table | e-mail
    Column("home_at", UTCDateTime, index=True),  # when they last looked at the App Home
    UniqueConstraint("team", "user"),
)

# A code that somebody was shown in Slack, to be posted on GitHub. Only its hash is kept.
link_code = table(
    "link_code",
    Column("digest", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("slack_person.id"), nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
)

# Who has a part in a proposal, for what they are shown of it: one look at an index, however
# many there are.
part = table(
    "part",
    Column("review_id", Id, ForeignKey("review.id"), primary_key=True),
    Column("person_id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(10), primary_key=True),  # owner | reviewer
    Column("open", Boolean, nullable=False),  # as the review
    Column("decided_at", UTCDateTime),  # of the review
    Index(None, "person_id", "kind", "open", "review_id"),
    Index(None, "person_id", "decided_at"),
)

# A proposal and a pull request that carries it out; counts once it is confirmed.
proposal_link = table(
    "proposal_link",
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    Column("repository_id", Id, ForeignKey("repository.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("by_id", Id, nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("confirmed_by_id", Id),
    Column("confirmed_by_name", String(100), nullable=False, default=""),
    Column("confirmed_at", UTCDateTime),
    Column("refused", Boolean, nullable=False, default=False),
    Index(None, "repository_id", "number"),
)

# What customers said, kept from messages; attached to reviews, or waiting to be.
voice = table(
    "voice",
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, index=True),  # of its words, to know it again
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", Text, nullable=False, default=""),
    Column("heard_on", Date),
    Column("segment", String(60), nullable=False, default=""),
    Column("former", Boolean, nullable=False, default=False),
    Column("private_to", String(30), nullable=False, default=""),
    Column("by_id", Id, nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("review_id", Id, ForeignKey("review.id"), index=True),  # null: kept for later
    Column("source", String(80), nullable=False, server_default=""),  # the system it came from
    Column("source_id", String(200), nullable=False, server_default=""),  # its name there
    Column("customer", String(64), nullable=False, server_default="", index=True),  # a digest
    Column("weight", Float, nullable=False, server_default="1"),
    Column("keep_until", Date),
    Index(None, "source", "source_id", unique=True, sqlite_where=text("source_id != ''")),
)

# What a piece means, as 384 numbers of half precision: only where the extra `semantic` is there.
voice_vector = table(
    "voice_vector",
    Column("voice_id", Id, ForeignKey("voice.id"), primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),  # of the words that were read
    Column("vector", LargeBinary, nullable=False),
)
