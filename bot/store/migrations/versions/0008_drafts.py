"""Drafts: what calls of a model cost, and what it answered"""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    small = sa.String(length=16)
    op.create_table(
        "llm_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("review_id", ID, nullable=True),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("model_returned", sa.String(length=100), nullable=False),
        sa.Column("prompt_hash", small, nullable=False),
        sa.Column("schema_hash", small, nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        *(sa.Column(n, sa.Integer(), nullable=False) for n in ("tokens_in", "cached", "tokens_out")),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("prices_as_of", sa.Date(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_llm_call_review_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_llm_call_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_call")),
    )
    for column in ("at", "review_id", "input_hash"):
        op.create_index(op.f(f"ix_llm_call_{column}"), "llm_call", [column], unique=False)
    op.create_table(
        "draft_answer",
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answered", sa.JSON(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_draft_answer_tenant_id")),
        sa.PrimaryKeyConstraint("input_hash", name=op.f("pk_draft_answer")),
    )
    op.create_index(op.f("ix_draft_answer_at"), "draft_answer", ["at"], unique=False)
