"""Who may read the record reads it, and who may not is told so at once, with the file."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from bot.cli import COMMANDS, cli
from bot.store import tables as t
from bot.store.engine import database_file, open_engine
from bot.store.schema import migrate
from bot.store.store import Store
from tests.make import NOW

NOBODY = 65534
COMMAND_LINE = (f"bot.cli.{name.replace('-', '_')}" for name in COMMANDS)
LATE = (*COMMAND_LINE, "bot.main", "bot.store.audit", "bot.cli.jobs_text", "rich.table", "uvicorn")
READERS = [
    ("stats",),
    ("samples",),
    ("repositories",),
    ("verify-ledger",),
    ("jobs", "list"),
]
WRITERS = [("serve",), ("jobs", "retry", "all-parked")]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A record that nobody has open, in a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "record.db")
        url = f"sqlite:///{file}"
        migrate(url)
        monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", url)
        monkeypatch.setenv("EMPTYCHAIR_SECRET_KEY", "k" * 32)
        Path(folder).chmod(0o755)
        file.chmod(0o644)
        yield file


@contextmanager
def nobody() -> Iterator[None]:
    """Whoever runs the tests, from here on no rights but those that the mode gives."""
    for module in LATE:
        importlib.import_module(module)  # another user may not be able to read them
    before = os.geteuid()
    if before:
        pytest.skip("another user than root cannot become somebody else")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize("command", READERS)
def test_a_record_in_a_folder_that_cannot_be_written_is_read(
    record: Path, command: tuple[str, ...]
) -> None:
    before = sorted(record.parent.iterdir())
    with nobody():
        found = run(*command)
    assert found.exit_code == 0, found.output
    assert sorted(record.parent.iterdir()) == before


def test_it_is_read_there_with_what_a_running_bot_has_not_put_into_the_file_yet(
    record: Path,
) -> None:
    store = Store(open_engine(f"sqlite:///{record}"))
    try:
        row = {"name": "tidy", "args": {}, "run_at": NOW, "created_at": NOW}
        store.write(lambda tx: tx.connection.execute(insert(t.job), row))
        with nobody():
            found = run("jobs", "list")
    finally:
        store.close()
    assert found.exit_code == 0, found.output
    assert "tidy" in found.output


@pytest.mark.parametrize("command", [*READERS, *WRITERS, ("migrate",)])
def test_a_record_of_another_user_is_told_at_once(record: Path, command: tuple[str, ...]) -> None:
    record.chmod(0o600)
    with nobody():
        found = run(*command)
    assert (found.exit_code, f"{record}" in found.output) == (1, True)
    assert f"cannot be {'read' if command in READERS else ''}" in found.output
    assert f"by this user (uid {NOBODY})" in found.output
    assert "Run this as the user that the bot runs as" in found.output


@pytest.mark.parametrize("command", READERS)
def test_a_folder_of_another_user_is_told_at_once(record: Path, command: tuple[str, ...]) -> None:
    record.parent.chmod(0o700)
    with nobody():
        found = run(*command)
    assert found.exit_code == 1
    assert f"{record} cannot be read by this user (uid {NOBODY})" in found.output


@pytest.mark.parametrize("command", [*WRITERS, ("migrate",)])
def test_who_may_not_write_the_folder_is_told(record: Path, command: tuple[str, ...]) -> None:
    record.chmod(0o666)
    with nobody():
        found = run(*command)
    assert found.exit_code == 1
    assert f"{record}, or its folder, cannot be written by this user" in found.output


@pytest.mark.parametrize("command", [("serve",), ("migrate",)])
def test_a_new_record_where_none_can_be_made_is_told(
    record: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", "sqlite:////proc/record.db")
    assert "names /proc/record.db, which cannot be made" in run(*command).output
    new = record.with_name("new.db")
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{new}")
    with nobody():
        found = run(*command)
    assert f"{new}, or its folder, cannot be written by this user" in found.output


def test_a_lock_of_another_user_is_told(record: Path) -> None:
    record.with_name("record.db.lock").touch(0o600)
    record.parent.chmod(0o777)
    record.chmod(0o666)
    with nobody():
        found = run("serve")
    assert found.exit_code == 1
    assert "record.db.lock cannot be written by this user" in found.output


def test_a_key_that_this_user_may_not_read_is_told(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMPTYCHAIR_SECRET_KEY")
    key = record.with_name("record.db.key")
    key.write_text("k" * 64)
    key.chmod(0o600)
    with nobody():
        found = run("verify-ledger")
    assert found.exit_code == 1
    assert f"{key} cannot be read by this user (uid {NOBODY})" in found.output


def test_a_ledger_that_was_never_begun_needs_no_key(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMPTYCHAIR_SECRET_KEY")
    found = run("verify-ledger")
    assert (found.exit_code, "Nothing was ever sealed" in found.output) == (1, True)
    database_file(f"sqlite:///{record}").unlink()
    assert "There is no database at" in run("verify-ledger").output


@pytest.mark.parametrize("command", [("serve",), ("demo", "--exit")])
def test_a_port_that_cannot_be_is_a_mistake_of_the_command_line(command: tuple[str, ...]) -> None:
    found = run(*command, "--port", "80800")
    assert (found.exit_code, "0<=x<=65535" in found.output) == (2, True)
