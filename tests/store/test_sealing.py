"""Sealing in batches, signed checkpoints, and an audit that finds what a chain alone cannot say."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from structlog.typing import EventDict

from bot.core.events import Event
from bot.core.facts import Actor
from bot.flows import seal as flow
from bot.flows.seal import Notary, look, seal
from bot.ports import Transaction
from bot.store import checkpoints, ledger
from bot.store import tables as t
from bot.store.audit import Audit, audit
from bot.store.checkpoints import Checkpoint
from bot.store.store import Store
from tests.make import NOW

KEY, SIGNING = b"k" * 32, b"s" * 32
PUBLIC = checkpoints.public_key(SIGNING)


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notary(store: Store, clock: Clock) -> Notary:
    return Notary(store, clock, KEY, SIGNING)


def happened(store: Store, count: int = 1) -> None:
    """So many rows that wait for their seal."""
    events = [Event("review.tiered", {"n": n}, Actor(12, "ada")) for n in range(count)]
    store.write(lambda tx: ledger.append(tx, None, events, NOW, b"1" * 16))


def checked(store: Store, given: Checkpoint | None = None) -> Audit:
    with store.read() as connection:
        return audit(connection, KEY, PUBLIC, given)


def broken(store: Store, given: Checkpoint | None = None) -> tuple[int, str] | None:
    found = checked(store, given).broken
    return (found.seq, found.why) if found else None


def signed(store: Store) -> list[Checkpoint]:
    with store.read() as connection:
        return list(checkpoints.in_order(connection))


def run(store: Store, statement: object) -> None:
    store.write(lambda tx: tx.connection.execute(statement))  # type: ignore[call-overload]


def cut_after(store: Store, seq: int) -> None:
    run(store, delete(t.ledger).where(t.ledger.c.seq > seq))


# -- sealing ---------------------------------------------------------------------------------------


def test_what_waits_is_sealed_in_batches_and_a_second_time_changes_nothing(
    store: Store, notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "BATCH", 4)
    happened(store, 11)
    seal(notary)
    with store.read() as connection:
        before = connection.execute(select(t.ledger).order_by(t.ledger.c.seq)).all()
    seal(notary)
    with store.read() as connection:
        assert connection.execute(select(t.ledger).order_by(t.ledger.c.seq)).all() == before
    found = checked(store)
    assert (found.rows, found.sealed, found.broken) == (11, 11, None)


def test_with_nothing_to_do_nothing_is_written(store: Store, notary: Notary) -> None:
    seal(notary)
    happened(store)
    seal(notary, closing=True)
    writes: list[object] = []
    store.write = writes.append  # type: ignore[method-assign, assignment]
    seal(notary)
    seal(notary, closing=True)
    assert writes == []


def test_a_crash_between_two_batches_costs_nothing(
    store: Store, notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(store, 5)
    seal_next = ledger.seal_next

    def second_fails(tx: Transaction, key: bytes, most: int) -> int:
        done = seal_next(tx, key, most)
        if done and checked(store).sealed:
            raise OSError("the machine is gone")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(flow, "BATCH", 2)
        patched.setattr(ledger, "seal_next", second_fails)
        with pytest.raises(OSError, match="gone"):
            seal(notary)
    found = checked(store)
    assert (found.sealed, found.rows, found.broken) == (2, 5, None)
    happened(store)
    seal(Notary(store, notary.clock, KEY, SIGNING))
    found = checked(store)
    assert (found.sealed, found.rows, found.broken) == (6, 6, None)


def test_rows_that_wait_are_told_apart_and_since_when(store: Store, notary: Notary) -> None:
    happened(store, 2)
    seal(notary)
    happened(store, 3)
    found = checked(store)
    assert (found.rows, found.sealed, found.unsealed_since) == (5, 2, NOW)
    assert found.broken is None


def test_an_empty_ledger_is_whole(store: Store, notary: Notary) -> None:
    seal(notary, closing=True)
    assert checked(store) == Audit()
    assert signed(store) == []


# -- checkpoints -----------------------------------------------------------------------------------


def test_the_first_seals_are_signed_at_once_and_then_every_hour_in_which_there_were_any(
    store: Store, notary: Notary, clock: Clock
) -> None:
    for minutes, rows, expected in [
        (0, 2, [2]), (30, 1, [2]), (29, 1, [2]), (1, 0, [2, 4]), (300, 0, [2, 4]), (0, 1, [2, 4, 5])
    ]:  # fmt: skip
        clock.now += timedelta(minutes=minutes)
        happened(store, rows)
        seal(notary)
        assert [each.seq for each in signed(store)] == expected, (minutes, rows)
    assert checked(store).last == signed(store)[-1]


def test_many_rows_are_signed_before_the_hour_is_over(store: Store, notary: Notary) -> None:
    happened(store)
    seal(notary)
    happened(store, 999)
    seal(notary)
    assert len(signed(store)) == 1
    happened(store, 1200)
    seal(notary)
    assert [each.seq for each in signed(store)] == [1, 1500]
    seal(notary, closing=True)
    assert [each.seq for each in signed(store)] == [1, 1500, 2200]
    happened(store, 900)
    seal(notary, closing=True)
    assert [each.seq for each in signed(store)] == [1, 1500, 2200, 3100]
    assert checked(store).broken is None


def test_each_checkpoint_goes_to_the_log_as_a_text_that_can_be_read_back(
    store: Store, notary: Notary, logs: list[EventDict]
) -> None:
    happened(store)
    seal(notary)
    line = next(line for line in logs if line["event"] == "ledger.checkpoint")
    assert [Checkpoint.read(line["checkpoint"])] == signed(store)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1:a:b", "x:a:2026-03-02T09:30:00+00:00:c", "1:a:2026-03-02T09:30:00:c", "1:a:now:c"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Checkpoint.read(text)


def test_whoever_has_the_public_key_can_check_one_with_openssl(tmp_path: Path) -> None:
    one = checkpoints.sign(SIGNING, 7, "a" * 64, NOW)
    (tmp_path / "key.pem").write_text(checkpoints.as_pem(PUBLIC))
    said, _, signature = str(one).rpartition(":")
    (tmp_path / "said").write_text(said)
    (tmp_path / "signature").write_text(signature)
    script = (
        "openssl base64 -d -A -in signature -out raw && "
        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in said -sigfile raw"
    )
    for expected in (0, 1):
        done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == expected, done.stderr
        (tmp_path / "said").write_text(said.replace("7:", "8:"))


# -- what only a checkpoint can tell ---------------------------------------------------------------


@pytest.fixture
def sealed(store: Store, notary: Notary) -> Store:
    """Five rows; checkpoints over the third and the last."""
    happened(store, 3)
    seal(notary)
    happened(store, 2)
    seal(notary, closing=True)
    assert [each.seq for each in signed(store)] == [3, 5]
    assert broken(store) is None
    return store


def test_rows_cut_off_the_end_are_missed(sealed: Store) -> None:
    cut_after(sealed, 4)
    seq, why = broken(sealed) or (0, "")
    assert seq == 5
    assert why == "it is not there, but a checkpoint of 2026-03-02 09:30 UTC was signed over it"


def test_they_are_missed_also_when_new_ones_take_their_numbers(
    sealed: Store, notary: Notary
) -> None:
    cut_after(sealed, 4)
    run(sealed, text("UPDATE sqlite_sequence SET seq = 4 WHERE name = 'ledger'"))
    happened(sealed, 3)
    seal(notary)
    assert broken(sealed) == (5, ledger.Wrong.CHECKPOINT)


def test_a_checkpoint_that_was_kept_elsewhere_tells_when_the_others_are_gone_too(
    sealed: Store,
) -> None:
    kept = signed(sealed)[-1]
    cut_after(sealed, 2)
    run(sealed, delete(t.checkpoint))
    assert broken(sealed) is None
    assert (broken(sealed, kept) or (0, ""))[0] == 5


def test_a_ledger_written_anew_without_seals_is_told_from_the_old_one(
    sealed: Store, notary: Notary
) -> None:
    kept = signed(sealed)
    run(sealed, update(t.ledger).values(previous=None, hash=None, event="review.opened"))
    assert broken(sealed) == (3, ledger.Wrong.CHECKPOINT)
    seal(notary)
    assert broken(sealed) == (3, ledger.Wrong.CHECKPOINT)
    run(sealed, delete(t.checkpoint))
    assert broken(sealed) is None
    assert broken(sealed, kept[1]) == (5, ledger.Wrong.CHECKPOINT)


def test_a_forged_checkpoint_is_refused(sealed: Store) -> None:
    real = signed(sealed)[-1]
    with sealed.read() as connection:
        other = ledger.seal_of(connection, 4) or ""
    for forged in (
        replace(real, seq=4, hash=other),
        replace(real, hash="0" * 64),
        replace(real, at=NOW + timedelta(seconds=1)),
        replace(real, signature="A" * 86 + "=="),
        replace(real, signature="no signature"),
        checkpoints.sign(b"x" * 32, real.seq, real.hash, real.at),
    ):
        seq, why = broken(sealed, forged) or (0, "")
        assert seq == forged.seq
        assert why == "its checkpoint was not signed with the key of this record"
    run(sealed, update(t.checkpoint).where(t.checkpoint.c.seq == 5).values(signature="AA=="))
    assert (broken(sealed) or (0, ""))[0] == 5


def test_the_first_row_that_does_not_hold_is_named(sealed: Store) -> None:
    cut_after(sealed, 4)
    run(sealed, update(t.ledger).where(t.ledger.c.seq == 2).values(data={"n": 9}))
    found = checked(sealed)
    assert found.broken is not None
    assert found.broken.row is not None
    assert (found.rows, found.broken.seq, found.broken.row.event) == (1, 2, "review.tiered")
    assert found.broken.why == ledger.Wrong.CHANGED


@pytest.mark.parametrize("column", ["data", "at"])
def test_what_cannot_even_be_read_is_named_too(sealed: Store, column: str) -> None:
    run(sealed, text(f"UPDATE ledger SET {column} = 'nonsense' WHERE seq = 2"))
    seq, why = broken(sealed) or (0, "")
    assert seq in (1, 2)
    assert "no program of ours wrote" in why


def test_a_text_that_is_none_is_named_too(sealed: Store) -> None:
    run(sealed, text("UPDATE ledger SET event = CAST(x'ff' AS TEXT) WHERE seq = 2"))
    assert "no program of ours wrote" in (broken(sealed) or (0, ""))[1]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR_READ])
def test_what_the_machine_does_not_let_us_read_is_not_called_broken(
    sealed: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    chain = ledger.chain

    def fails(connection: Connection, key: bytes) -> Iterator[ledger.Link]:
        yield next(chain(connection, key))
        error = sqlite3.OperationalError("not now")
        error.sqlite_errorcode = code
        raise OperationalError("SELECT", {}, error)

    monkeypatch.setattr(ledger, "chain", fails)
    with pytest.raises(OperationalError):
        broken(sealed)


def test_the_bot_says_at_once_when_what_it_sealed_last_is_not_there_any_more(
    sealed: Store, notary: Notary, logs: list[EventDict]
) -> None:
    run(
        sealed, update(t.ledger).where(t.ledger.c.seq > 3).values(previous=None, hash=None, data={})
    )
    logs.clear()
    seal(notary)
    assert [line["row"] for line in logs if line["event"] == "ledger.broken"] == [5]


def test_the_bot_says_at_its_start_when_the_last_checkpoint_does_not_fit(
    sealed: Store, notary: Notary, logs: list[EventDict]
) -> None:
    look(notary)
    assert not [line for line in logs if line["event"] == "ledger.broken"]
    cut_after(sealed, 4)
    look(notary)
    line = next(line for line in logs if line["event"] == "ledger.broken")
    assert re.search("verify-ledger", line["hint"])


def plant(store: Store, seq: int, **changes: object) -> None:
    """A checkpoint by somebody who has the database and not the key."""
    row = {"seq": seq, "hash": "a" * 64, "at": NOW, "signature": signed(store)[0].signature}
    run(store, insert(t.checkpoint).values(row | changes))


def told(logs: list[EventDict]) -> list[int]:
    return [line["row"] for line in logs if line["event"] == "ledger.broken"]


def test_a_planted_checkpoint_ends_no_signing_and_is_said_once(
    sealed: Store, notary: Notary, clock: Clock, logs: list[EventDict]
) -> None:
    plant(sealed, 9_000_000, at=NOW + timedelta(days=365))
    for _ in range(2):
        happened(sealed, 2)
        clock.now += timedelta(hours=1)
        seal(notary)
        seal(notary)
    assert [each.seq for each in signed(sealed)] == [3, 5, 7, 9, 9_000_000]
    assert told(logs) == [9_000_000]
    assert broken(sealed) == (
        9_000_000,
        "its checkpoint was not signed with the key of this record",
    )


def test_a_planted_checkpoint_over_a_row_that_is_there_makes_room_for_ours(
    sealed: Store, notary: Notary, logs: list[EventDict]
) -> None:
    happened(sealed)
    seal(notary)
    plant(sealed, 6)
    seal(notary, closing=True)
    seal(notary, closing=True)
    assert [each.seq for each in signed(sealed)] == [3, 5, 6]
    assert told(logs) == [6]
    assert broken(sealed) is None


def test_a_planted_checkpoint_hides_nothing_from_the_look_at_the_start(
    sealed: Store, notary: Notary, logs: list[EventDict]
) -> None:
    plant(sealed, 9)
    run(sealed, update(t.ledger).where(t.ledger.c.seq == 5).values(hash="0" * 64))
    look(notary)
    assert told(logs) == [9, 5]


def test_a_long_ledger_is_read_as_it_goes(store: Store, notary: Notary) -> None:
    happened(store, 3500)
    seal(notary)
    seen: list[int] = []
    with store.read() as connection:
        found = audit(connection, KEY, PUBLIC, None, lambda: seen.append(1))
        assert connection.execute(select(func.count()).select_from(t.ledger)).scalar() == 3500
    assert (found.rows, len(seen), found.broken) == (3500, 3500, None)
