"""What people did is kept act by act; answers learn where they came from"""

import json
from typing import Any

from alembic import op
import sqlalchemy as sa


revision = "0002"
down_revision = "0001"

Row = dict[str, Any]
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("by_login", sa.String(length=100), nullable=False),
        sa.Column("by_bot", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("door", sa.String(length=30), nullable=False),
        sa.Column("deeds", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(length=40), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=False),
        sa.Column("after_hash", sa.String(length=64), nullable=False),
        sa.Column("comment_id", ID, nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_act_review_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_act_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("key", name=op.f("uq_act_key")),
    )
    with op.batch_alter_table("act") as batch_op:
        batch_op.create_index(batch_op.f("ix_act_review_id"), ["review_id"], unique=False)
    _keep_what_was_answered()
    op.drop_table("comment_fact")
    _add(
        "answer",
        sa.Column("not_applicable", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("again", sa.Text(), nullable=False, server_default=""),
        sa.Column("comment_id", ID, nullable=True),
        sa.Column("fate", sa.String(length=10), nullable=False, server_default=""),
    )
    _add(
        "evidence",
        sa.Column("comment_id", ID, nullable=True),
        sa.Column("fate", sa.String(length=10), nullable=False, server_default=""),
    )
    _add(
        "review",
        sa.Column("triaged", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("offered", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("suggestions", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("waivers", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("rulings", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("attested", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("waived_until", sa.DateTime(), nullable=True),
    )
    _add("surface", sa.Column("live_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE review SET triaged = tier")
    with op.batch_alter_table("review") as batch_op:
        batch_op.create_index(batch_op.f("ix_review_waived_until"), ["waived_until"], unique=False)


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Columns that the rows of today need a value for, and new rows bring along."""
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            batch_op.add_column(column)
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            if column.server_default is not None:
                batch_op.alter_column(column.name, server_default=None)


def _keep_what_was_answered() -> None:
    """Answers of before become one act of their review, so that nothing is lost when it is made
    anew from its acts."""
    connection = op.get_bind()
    answers, pieces = _rows(connection, "answer"), _rows(connection, "evidence")
    for review, now in connection.execute(
        sa.text("SELECT id, COALESCE(first_answer_at, opened_at) FROM review ORDER BY id")
    ).all():
        if review not in answers and review not in pieces:
            continue
        deed = {
            "deed": "take over",
            "source": "",
            "answers": [
                {
                    "question": row["question"],
                    "picks": json.loads(row["picks"]),
                    **{key: row[key] for key in ("text", "source", "door")},
                    **_who(row),
                }
                for row in answers.get(review, ())
            ],
            "evidence": [
                {
                    **{key: row[key] for key in ("kind", "text", "link", "segment", "source")},
                    "on": row["heard_on"],
                    "door": row["door"],
                    **_who(row),
                }
                for row in pieces.get(review, ())
            ],
        }
        connection.execute(
            sa.text(
                "INSERT INTO act (key, review_id, by_id, by_login, by_bot, at, door, deeds, text,"
                " before_hash, after_hash, tenant_id)"
                " VALUES (:key, :review, 0, '', 1, :now, 'record', :deeds, '', '', '', 1)"
            ),
            {
                "key": f"before-acts:{review}",
                "review": review,
                "now": now,
                "deeds": json.dumps([deed]),
            },
        )


def _rows(connection: sa.Connection, table: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings():
        found.setdefault(row["review_id"], []).append(dict(row))
    return found


def _who(row: Row) -> Row:
    at = f"{row['at'].replace(' ', 'T')}+00:00"
    return {"by": {"id": row["by_id"], "login": row["by_login"], "is_bot": False}, "at": at}
