"""Proposals in Slack beside pull requests on GitHub"""

from typing import Any

from alembic import op
import sqlalchemy as sa


revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _table(
        "channel",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("team", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        key=("id",),
    )
    _add(
        "subject",
        sa.Column("channel_id", sa.String(length=30), nullable=True),
        sa.Column("ts", sa.String(length=40), nullable=True),
        sa.Column("thread", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("switches", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("overlays", sa.JSON(), nullable=False, server_default="[]"),
    )
    with op.batch_alter_table("subject") as batch_op:
        batch_op.alter_column("repository_id", existing_type=ID, nullable=True)
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_subject_channel_id"), "channel", ["channel_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_subject_channel_id_ts"), ["channel_id", "ts"]
        )
        batch_op.create_index(batch_op.f("ix_subject_author_id"), ["author_id"], unique=False)
    _add(
        "review",
        sa.Column("course", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("without_review", sa.Boolean(), nullable=False, server_default="0"),
    )
    _add("answer", sa.Column("withheld", sa.Boolean(), nullable=False, server_default="0"))
    _add(
        "evidence",
        sa.Column("former", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("private_to", sa.String(length=30), nullable=False, server_default=""),
        sa.Column("withheld", sa.Boolean(), nullable=False, server_default="0"),
    )
    _table(
        "card",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("intent_at", sa.DateTime(), nullable=True),
        sa.Column("live", sa.LargeBinary(), nullable=True),
        sa.Column("live_at", sa.DateTime(), nullable=True),
        key=("subject_id", "kind"),
        to={"subject_id": "subject.id"},
    )
    _table(
        "slack_person",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("team", sa.String(length=30), nullable=False),
        sa.Column("user", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("github_id", ID, nullable=True),
        sa.Column("github_login", sa.String(length=100), nullable=False),
        sa.Column("linked_by", sa.String(length=10), nullable=False),
        sa.Column("home_at", sa.DateTime(), nullable=True),
        sa.UniqueConstraint("team", "user", name=op.f("uq_slack_person_team_user")),
        key=("id",),
    )
    _index("slack_person", "github_id")
    _index("slack_person", "home_at")
    _table(
        "link_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        key=("digest",),
        to={"person_id": "slack_person.id"},
    )
    _table(
        "part",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        key=("review_id", "person_id", "kind"),
        to={"review_id": "review.id"},
    )
    _index("part", "person_id", "kind", "open", "review_id")
    _index("part", "person_id", "decided_at")
    _table(
        "proposal_link",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by_id", ID, nullable=True),
        sa.Column("confirmed_by_name", sa.String(length=100), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        key=("subject_id", "repository_id", "number"),
        to={"subject_id": "subject.id", "repository_id": "repository.id"},
    )
    _index("proposal_link", "repository_id", "number")
    _table(
        "voice",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("segment", sa.String(length=60), nullable=False),
        sa.Column("former", sa.Boolean(), nullable=False),
        sa.Column("private_to", sa.String(length=30), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("review_id", ID, nullable=True),
        key=("id",),
        to={"review_id": "review.id"},
    )
    _index("voice", "digest")
    _index("voice", "review_id")


def _table(
    name: str, *parts: Any, key: tuple[str, ...], to: dict[str, str] | None = None
) -> None:
    """A table whose rows carry their tenant, like all. `to` says where its columns point."""
    pointing = {**(to or {}), "tenant_id": "tenant.id"}
    op.create_table(
        name,
        *parts,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [where], name=op.f(f"fk_{name}_{column}"))
            for column, where in pointing.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _index(table: str, *columns: str) -> None:
    name = op.f(f"ix_{table}_{'_'.join(columns)}")
    op.create_index(name, table, list(columns), unique=False)


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Columns that the rows of today need a value for, and new rows bring along."""
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            batch_op.add_column(column)
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            if column.server_default is not None:
                batch_op.alter_column(column.name, server_default=None)


def downgrade() -> None:
    raise NotImplementedError("restore the copy that you made before the upgrade")
