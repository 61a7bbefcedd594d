"""Whose a repository and a change is, and what took its place"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ownership",
        sa.Column("repository_id", ID, autoincrement=False, nullable=False),
        sa.Column("codeowners", sa.Text(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_ownership_repository_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_ownership_tenant_id")),
        sa.PrimaryKeyConstraint("repository_id", name=op.f("pk_ownership")),
    )
    for table in ("review", "numbers"):
        owner = sa.Column("owner", sa.String(length=60), nullable=False, server_default="")
        op.add_column(table, owner)
    by = sa.Column("superseded_by", sa.Integer(), nullable=False, server_default="0")
    op.add_column("review", by)
    op.create_index(op.f("ix_review_superseded_by"), "review", ["superseded_by"], unique=False)
