"""What keeps the record whole on a bad day: sealing off the hot path, pacing, sweeps"""

from typing import Any

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table(
        "ledger", table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        for name, kind in (("review_id", ID), ("previous", sa.String(64)), ("hash", sa.String(64))):
            batch_op.alter_column(name, existing_type=kind, nullable=True)
    _add(
        "repository",
        sa.Column("required", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("required_at", sa.DateTime(), nullable=True),
        sa.Column("swept_at", sa.DateTime(), nullable=True),
    )
    _add("job", sa.Column("passing", sa.Boolean(), nullable=False, server_default="0"))
    _table(
        "checkpoint",
        sa.Column("seq", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        key="seq",
    )
    _table(
        "recent_write",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        key="id",
    )
    with op.batch_alter_table("recent_write") as batch_op:
        batch_op.create_index(batch_op.f("ix_recent_write_at"), ["at"], unique=False)
    _table(
        "sweep",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        key="key",
    )


def _table(name: str, *columns: sa.Column[Any], key: str) -> None:
    """A table whose rows carry their tenant, like all."""
    op.create_table(
        name,
        *columns,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{name}_tenant_id")
        ),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
    )


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Columns that the rows of today need a value for, and new rows bring along."""
    kwargs = {"sqlite_autoincrement": True} if table == "job" else {}
    with op.batch_alter_table(table, table_kwargs=kwargs) as batch_op:
        for column in columns:
            batch_op.add_column(column)
    with op.batch_alter_table(table, table_kwargs=kwargs) as batch_op:
        for column in columns:
            if column.server_default is not None:
                batch_op.alter_column(column.name, server_default=None)


def downgrade() -> None:
    raise NotImplementedError("restore the copy that you made before the upgrade")
