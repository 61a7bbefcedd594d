"""What every table is made of: its tenant, times in UTC, ids that fit SQLite."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger as _BigInteger
from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
)

TENANT = 1  # the one implicit tenant


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in time. Naive values are refused: they are a mistake."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


# SQLite counts rowids only in a column declared INTEGER.
Id = _BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *columns: Any, **options: Any) -> Table:
    """A table whose rows carry their tenant."""
    tenant_id = Column(
        "tenant_id", Integer, ForeignKey("tenant.id"), nullable=False, default=TENANT
    )
    return Table(name, metadata, *columns, tenant_id, **options)
