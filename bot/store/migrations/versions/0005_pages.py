"""Pages: numbers, sessions, the words of decisions"""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    small, whole = sa.SmallInteger(), sa.Integer()
    op.create_table(
        "numbers",
        sa.Column("review_id", ID, autoincrement=False, nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        *(sa.Column(name, small, nullable=False) for name in ("spot", "tier")),
        *(sa.Column(name, ID, nullable=False) for name in ("opened", "decided")),
        *(sa.Column(name, whole, nullable=False) for name in ("first", "done")),
        sa.Column("overlays", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("affected", "heard")),
        *(
            sa.Column(name, small, nullable=False)
            for name in ("kinds", "age", "level", "percent", "waivers", "ran_out")
        ),
        sa.Column("flags", whole, nullable=False),
        sa.Column("tenant_id", whole, nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_numbers_review_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_numbers_tenant_id")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_numbers")),
    )
    op.create_index(op.f("ix_numbers_seq"), "numbers", ["seq"], unique=False)
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("tenant_id", whole, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_session_tenant_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_ends_at"), "session", ["ends_at"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE decision_text USING fts5("
        "title, said, tenant UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
