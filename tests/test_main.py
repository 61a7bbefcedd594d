"""Putting the bot together: what it touches, and when it keeps its hands off."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from bot.cli import cli
from bot.errors import ConfigError
from bot.jobs.hold import AlreadyRunning, hold
from bot.main import build
from bot.settings import Settings
from bot.store.engine import open_engine, schema_version


def settings(folder: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'record.db'}")


def version(folder: Path) -> str | None:
    engine = open_engine(settings(folder).database_url)
    try:
        return schema_version(engine)
    finally:
        engine.dispose()


def test_nothing_is_migrated_while_another_process_works_on_the_database(tmp_path: Path) -> None:
    with hold(tmp_path / "record.db"), pytest.raises(AlreadyRunning):
        build(settings(tmp_path))
    assert version(tmp_path) is None


def test_migrate_too_waits_until_nobody_works_on_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", settings(tmp_path).database_url)
    with hold(tmp_path / "record.db"):
        found = CliRunner().invoke(cli, ["migrate"])
    assert (found.exit_code, "Stop it first" in found.output) == (1, True)
    assert version(tmp_path) is None


def test_a_bot_that_cannot_be_put_together_leaves_the_database_to_others(tmp_path: Path) -> None:
    (tmp_path / "record.db.key").write_text("")
    with pytest.raises(ConfigError, match="is empty"):
        build(settings(tmp_path))
    hold(tmp_path / "record.db").close()


def test_what_the_bot_makes_is_for_its_owner_only(tmp_path: Path) -> None:
    built = build(settings(tmp_path))
    built.store.write(lambda tx: None)
    made = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    built.stop()
    names = ("", "-wal", "-shm", ".key", ".lock")
    assert made == {f"record.db{name}": "0o600" for name in names}


def test_a_bot_that_is_stopped_leaves_the_database_to_others(tmp_path: Path) -> None:
    built = build(settings(tmp_path))
    with pytest.raises(AlreadyRunning):
        hold(tmp_path / "record.db")
    built.stop()
    hold(tmp_path / "record.db").close()


def test_a_file_that_nothing_reads_is_named_at_start_beside_the_address(tmp_path: Path) -> None:
    (tmp_path / "checklists").mkdir()
    (tmp_path / "checklists" / "organisation.yml").write_text("mode: []\n")
    built = build(settings(tmp_path).model_copy(update={"checklists_dir": tmp_path / "checklists"}))
    with capture_logs() as logs:
        built.start()
    built.stop()
    stray = next(line for line in logs if line["event"] == "checklists.unread")
    assert stray["file"].endswith("organisation.yml")
    started = next(line for line in logs if line["event"] == "bot.started")
    assert started["address"] == "127.0.0.1:8080"
