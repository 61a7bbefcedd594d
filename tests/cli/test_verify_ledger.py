"""`emptychair verify-ledger`: whole, or the first row that is not; also beside a running bot."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import select

from bot.cli import cli
from bot.cli.pair import Pair, start_pair
from bot.sandbox.records import FileChange
from bot.store import checkpoints, keys
from bot.store import tables as t
from tests.make import wait_until

CSS = FileChange("web/theme.css", 3, 1, "@@ -1 +1,3 @@\n+a {}")


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """A bot that has been told of two pull requests."""
    with start_pair(tmp_path) as running:
        assert running.settings.secret_key is not None
        secret = running.settings.secret_key.get_secret_value()
        monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", running.settings.database_url)
        monkeypatch.setenv("EMPTYCHAIR_SECRET_KEY", secret)
        for title in ("Theme", "Another theme"):
            running.github.open_pull_request(title=title, files=[CSS])
            assert running.settle()
        yield running


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["verify-ledger", *arguments])


def change(pair: Pair, *statements: str) -> None:
    """As somebody who has the database and not the key."""
    with closing(sqlite3.connect(pair.folder / "emptychair.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def newest(pair: Pair) -> str:
    """The newest checkpoint, as the log told it."""
    pair.start_bot()
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        found = checkpoints.newest(connection)
    pair.stop_bot()
    return str(found)


def test_beside_a_running_bot_it_says_what_is_sealed_and_what_is_not_yet(pair: Pair) -> None:
    command = [sys.executable, "-m", "bot", "verify-ledger"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Whole: 2 rows, ")
    change(pair, "UPDATE ledger SET previous = NULL, hash = NULL", "DELETE FROM checkpoint")
    assert "2 rows, 0 sealed, 2 not sealed yet (since 20" in verify().output
    assert "no checkpoint yet.\n" in verify().output


def test_a_bot_that_was_stopped_has_sealed_and_signed_everything(pair: Pair) -> None:
    pair.stop_bot()
    said = verify().output
    assert said.startswith("Whole: 2 rows, 2 sealed, last checkpoint over row 2 of 20")


def test_the_first_broken_row_is_named_with_event_place_time_and_what_is_wrong(
    pair: Pair,
) -> None:
    pair.stop_bot()
    change(pair, "UPDATE ledger SET event = 'review.decided' WHERE seq = 2")
    found = verify()
    assert found.exit_code == 1
    assert found.output.startswith("Error: The ledger is broken at row 2 (review.decided, acme/")
    assert "#2, 20" in found.output
    assert (
        "it is not what was sealed: what it says or its seal was changed. The row before it holds."
        in (found.output)
    )


def test_a_ledger_that_was_cut_off_is_told_by_a_checkpoint_that_was_kept_elsewhere(
    pair: Pair,
) -> None:
    pair.stop_bot()
    kept = newest(pair)
    assert verify("--checkpoint", kept).exit_code == 0
    change(pair, "DELETE FROM ledger WHERE seq = 2", "DELETE FROM checkpoint")
    assert verify().output == "Whole: 1 row, 1 sealed, no checkpoint yet.\n"
    found = verify("--checkpoint", kept)
    assert found.exit_code == 1
    assert "broken at row 2: it is not there, but a checkpoint of 20" in found.output


def test_a_forged_checkpoint_is_refused(pair: Pair) -> None:
    pair.stop_bot()
    seq, rest = newest(pair).split(":", 1)
    found = verify("--checkpoint", f"{int(seq) - 1}:{rest}")
    assert found.exit_code == 1
    assert "its checkpoint was not signed with the key of this record" in found.output
    assert verify("--checkpoint", "2:nonsense").exit_code == 2


def test_another_key_is_told_from_a_changed_ledger(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.stop_bot()
    change(pair, "DELETE FROM checkpoint")
    monkeypatch.setenv("EMPTYCHAIR_SECRET_KEY", "another key, of somebody else")
    found = verify()
    assert found.exit_code == 1
    assert "was it sealed with another key?" in found.output


def test_a_ledger_that_could_not_be_read_is_not_called_broken(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.stop_bot()
    monkeypatch.setattr("bot.store.engine.open_engine.__defaults__", (0.05,))  # seconds
    with closing(sqlite3.connect(pair.folder / "emptychair.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        found = verify()
    assert found.exit_code == 1
    assert found.output.startswith("Error: The ledger could not be read: the database is locked")
    assert "broken" not in found.output
    assert verify().exit_code == 0


def test_without_a_key_none_is_made(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMPTYCHAIR_SECRET_KEY")
    found = verify()
    assert found.exit_code == 1
    assert "emptychair.db.key: is missing. Restore it" in found.output
    assert not keys.key_file(pair.folder / "emptychair.db").exists()


def test_the_public_key_is_printed_for_an_auditor_and_checks_the_signature(pair: Pair) -> None:
    pair.stop_bot()
    pem = verify("--public-key").output
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    public = load_pem_public_key(pem.encode())
    assert isinstance(public, Ed25519PublicKey)
    assert checkpoints.Checkpoint.read(newest(pair)).signed_by(public)


def test_a_bot_that_was_killed_seals_at_its_next_start(pair: Pair) -> None:
    pair.stop_bot()
    change(
        pair,
        "UPDATE ledger SET previous = NULL, hash = NULL WHERE seq = 2",
        "DELETE FROM checkpoint",
    )
    pair.start_bot()
    assert pair.bot is not None
    unsealed = select(t.ledger.c.seq).where(t.ledger.c.hash.is_(None))

    def none_left() -> bool:
        assert pair.bot is not None
        with pair.bot.store.read() as connection:
            return connection.execute(unsealed).first() is None

    wait_until(none_left)
    assert verify().exit_code == 0
