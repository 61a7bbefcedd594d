"""Customers' voice from exports, and the words to find it by"""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for column in (
        sa.Column("source", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("source_id", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("customer", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("weight", sa.Float(), nullable=False, server_default="1"),
        sa.Column("keep_until", sa.Date(), nullable=True),
    ):
        op.add_column("voice", column)
    op.create_index(
        op.f("ix_voice_source_source_id"),
        "voice",
        ["source", "source_id"],
        unique=True,
        sqlite_where=sa.text("source_id != ''"),
    )
    op.create_index(op.f("ix_voice_customer"), "voice", ["customer"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE voice_text USING fts5("
        "text, tenant, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    for name in ("quotes", "drafted"):
        empty = sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
        op.add_column("review", empty)
