"""The database as it is opened, and its one history."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.errors import ConfigError
from bot.store import schema
from bot.store import tables as t
from bot.store.engine import database_file, open_engine, schema_version
from bot.store.store import Store
from tests import make

MIGRATIONS = Path(schema.__file__).parent / "migrations"


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Of what is there only for full-text search, the engine keeps several tables of its own."""
    return kind != "table" or not str(name).startswith(("decision_text", "voice_text"))


def test_a_fresh_database_is_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, t.metadata) == []


def test_a_fresh_database_equals_one_made_from_the_tables_letter_by_letter(
    store: Store, tmp_path: Path
) -> None:
    def columns(connection: Connection) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for table in t.metadata.sorted_tables:
            for kind in ("table_xinfo", "foreign_key_list"):
                rows = connection.execute(text(f"PRAGMA {kind}({table.name})")).all()
                found += sorted((table.name, kind, *map(str, row[1:])) for row in rows)
        return found

    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    t.metadata.create_all(other)
    with store.engine.connect() as connection:
        migrated = columns(connection)
    with other.connect() as connection:
        assert columns(connection) == migrated
    other.dispose()


def test_the_head_is_the_newest_migration(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]
    assert schema_version(store.engine) == schema.HEAD


def test_migrating_twice_changes_nothing(store: Store) -> None:
    schema.migrate(str(store.engine.url))
    assert schema_version(store.engine) == schema.HEAD


def test_an_empty_database_has_no_version(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'deep' / 'down' / 'new.db'}")
    assert schema_version(engine) is None
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_in_words(store: Store) -> None:
    store.write(lambda tx: tx.connection.execute(text("UPDATE alembic_version SET version_num=99")))
    with pytest.raises(ConfigError, match=r"EMPTYCHAIR_DATABASE_URL.*cannot bring to its schema"):
        schema.migrate(str(store.engine.url))


def test_a_migration_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    (scripts / "versions" / "0001.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.create_table('half', sa.Column('id', sa.Integer()))\n    1 / 0\n"
    )
    url = f"sqlite:///{tmp_path / 'new.db'}"
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("sqlalchemy.url", url)
    with pytest.raises(ZeroDivisionError):
        command.upgrade(config, "head")
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master")).all() == []
    engine.dispose()


def test_two_processes_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    code = f"from bot.store.schema import migrate; migrate({url!r})"
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    engine = open_engine(url)
    assert schema_version(engine) == schema.HEAD
    engine.dispose()


def test_a_fresh_database_is_opened_also_while_another_process_writes_to_it(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        hasty = open_engine(f"sqlite:///{file}", busy_seconds=0.05)
        with pytest.raises(OperationalError, match="locked"):
            hasty.connect()
        patient = open_engine(f"sqlite:///{file}", busy_seconds=5)
        with ThreadPoolExecutor(1) as thread:
            opened = thread.submit(schema_version, patient)
            with pytest.raises(TimeoutError):
                opened.result(0.05)
            other.execute("ROLLBACK")
            assert opened.result(5) is None
    patient.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_connection_is_durable_and_checks_its_keys(
    store: Store, pragma: str, value: object
) -> None:
    with store.read() as one, store.read() as two:
        for connection in (one, two):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    assert store.write(lambda tx: tx.connection.execute(text(f"PRAGMA {pragma}")).scalar()) == value


def test_a_row_that_points_nowhere_is_refused(store: Store) -> None:
    row = {"id": 1, "installation_id": 99, "full_name": "acme/shop"}
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        store.write(lambda tx: tx.connection.execute(insert(t.repository).values(**row)))


def test_an_error_of_the_database_does_not_tell_what_people_wrote(store: Store) -> None:
    row = {"id": 1, "installation_id": 99, "full_name": "acme/secret-plan"}
    with pytest.raises(IntegrityError) as caught:
        store.write(lambda tx: tx.connection.execute(insert(t.repository).values(**row)))
    assert "secret-plan" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hidden@host/db",
        "mysql://localhost/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///var/x.db",
        "no url at all",
        "",
    ],
)
def test_a_database_that_we_cannot_use_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_DATABASE_URL") as caught:
        open_engine(url)
    assert "hidden" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="a folder that cannot be made"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'x.db'}")


def test_the_file_of_a_url_is_known(tmp_path: Path) -> None:
    url = make.database(tmp_path)
    assert database_file(url) == tmp_path / "emptychair.db"
    with closing(open_engine(url).raw_connection()) as connection:
        assert connection.cursor().execute("SELECT name FROM tenant").fetchall() == [("default",)]
