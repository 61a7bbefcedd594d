"""The root key: made once, kept, and never silently another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.pair import start_pair
from bot.errors import ConfigError
from bot.main import build
from bot.sandbox.records import FileChange
from bot.settings import Settings
from bot.store import keys


def test_a_key_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    database = tmp_path / "record.db"
    first = keys.root_key(None, database)
    assert keys.root_key(None, database) == first
    assert keys.key_file(database).stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["record.db.key"]


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    keys.key_file(tmp_path / "record.db").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        keys.root_key(None, tmp_path / "record.db")


def test_a_record_that_was_sealed_with_another_key_is_not_continued(tmp_path: Path) -> None:
    with start_pair(tmp_path) as pair:
        pair.github.open_pull_request(title="Theme", files=[FileChange("web/a.css", 1, 0, "+a")])
        assert pair.settle()
    with pytest.raises(ConfigError, match="sealed with another one"):
        build(Settings(database_url=f"sqlite:///{tmp_path / 'emptychair.db'}"))
