"""Putting the bot together: what it touches, and when it keeps its hands off."""

from __future__ import annotations

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from bot.cli import cli
from bot.errors import ConfigError
from bot.jobs.hold import AlreadyRunning, hold
from bot.main import build
from bot.sandbox.app_key import make_app_key
from bot.sandbox.server import Server
from bot.settings import Settings
from bot.store.engine import open_engine, schema_version

NOWHERE = "http://127.0.0.1:9"


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


@pytest.mark.parametrize(
    ("github", "told"),
    [
        ({}, {"github": "off"}),
        ({"token": "ghp_0123456789"}, {"token": True}),
        ({"app_id": 7, "private_key": make_app_key().private}, {"app": 7}),
    ],
)
def test_the_log_says_as_whom_the_bot_faces_github_and_where_it_listens(
    tmp_path: Path, github: dict[str, object], told: dict[str, object]
) -> None:
    door = {"webhook_secret": "0123456789", "base_url": NOWHERE, **github} if github else {}
    built = build(Settings(database_url=f"sqlite:///{tmp_path / 'record.db'}", github=door))
    with capture_logs() as logs:
        built.start("0.0.0.0:4711")
    built.stop()
    started = next(line for line in logs if line["event"] == "bot.started")
    assert started["address"] == "0.0.0.0:4711"
    assert {name: started[name] for name in ("app", "token", "github") if name in started} == told


def test_a_webhook_is_told_that_github_is_not_set_up_here(tmp_path: Path) -> None:
    built = build(settings(tmp_path))
    server = Server(built.web, "127.0.0.1", 0)
    server.start()
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server.url}/github/webhooks", b"{}", timeout=5)
    server.stop()
    built.stop()
    assert caught.value.code == 503
    assert b"GitHub is not set up here: set EMPTYCHAIR_GITHUB__APP_ID" in caught.value.read()
    caught.value.close()
