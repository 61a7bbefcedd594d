"""The tables of drafts: what each call of a model cost, and what it answered, for a while."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
)  # fmt: skip

from bot.store.columns import Id, UTCDateTime, table

# One row a call, whatever came of it. No word of what was sent or answered.
llm_call = table(
    "llm_call",
    Column("id", Id, primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("review_id", Id, ForeignKey("review.id"), index=True),  # null: of no review
    Column("model", String(100), nullable=False),  # as we asked for it
    Column("model_returned", String(100), nullable=False),
    Column("prompt_hash", String(16), nullable=False),
    Column("schema_hash", String(16), nullable=False),
    Column("input_hash", String(64), nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("cached", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("counted", Boolean, nullable=False),  # by the server; else estimated by us
    Column("cost", Float, nullable=False),
    Column("prices_as_of", Date),
    Column("milliseconds", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),  # calls of this input so far, this one included
    Column("outcome", String(20), nullable=False),
    Column("counts", JSON, nullable=False),  # claims by what they rest on, lowered, dropped
    Index(None, "input_hash"),
)

# What a model answered to an input that may come again: its claims, and nothing of the input.
draft_answer = table(
    "draft_answer",
    Column("input_hash", String(64), primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("answered", JSON, nullable=False),
)
