"""The ledger: whoever changes, removes or swaps a row is found out; erasing a person is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update

from bot.core.answers import Door
from bot.core.events import Event
from bot.core.facts import Actor
from bot.core.gate import settle
from bot.store import ledger, reviews
from bot.store import tables as t
from bot.store.store import Store
from tests import examples
from tests.make import NOW

KEY = b"k" * 32
BY = Actor(12, "reviewer")


@pytest.fixture
def written(store: Store) -> Store:
    """A ledger of six rows, in three transactions, sealed."""
    saved = store.write(lambda tx: reviews.save(tx, examples.review()))
    events = (
        Event("review.opened", {"tier": "R1", "mode": "enforce"}),
        Event("answer.given", {"question": "who", "picks": ["new", "paying"]}, BY, Door.COMMENT),
    )
    for salt in (b"1" * 16, b"2" * 16, b"3" * 16):
        store.write(lambda tx, salt=salt: ledger.append(tx, saved.id, events, NOW, salt))  # type: ignore[misc]
    seal(store)
    return store


def seal(store: Store, most: int = 500) -> int:
    return store.write(lambda tx: ledger.seal_next(tx, KEY, most))


def more(store: Store, count: int = 1) -> None:
    """Rows that wait for their seal, about no review."""
    events = [Event("review.tiered", {"n": n}, BY) for n in range(count)]
    store.write(lambda tx: ledger.append(tx, None, events, NOW, b"4" * 16))


def first_broken(store: Store, key: bytes = KEY) -> int | None:
    with store.read() as connection:
        return ledger.first_broken(connection, key)


@contextmanager
def capture_statements(store: Store) -> Iterator[list[str]]:
    """What the database is told meanwhile."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        told.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield told
    event.remove(store.engine, "before_cursor_execute", note)


def change(store: Store, row: int, /, **values: object) -> None:
    store.write(
        lambda tx: tx.connection.execute(
            update(t.ledger).where(t.ledger.c.seq == row).values(**values)
        )
    )


def test_an_empty_ledger_and_a_written_one_hold(store: Store, written: Store) -> None:
    assert first_broken(written) is None
    with written.read() as connection:
        assert connection.execute(select(func.count()).select_from(t.ledger)).scalar() == 6


def test_a_row_says_what_happened_when_through_which_door_and_who(written: Store) -> None:
    with written.read() as connection:
        row = connection.execute(select(t.ledger).where(t.ledger.c.seq == 2)).mappings().one()
    assert (row["event"], row["door"], row["actor"]) == (
        "answer.given", "github comment", "12:reviewer",
    )  # fmt: skip
    assert row["data"] == {"question": "who", "picks": ["new", "paying"]}
    assert row["at"] == NOW
    assert row["actor_digest"] == hashlib.sha256(b"1" * 16 + b"12:reviewer").hexdigest()


def test_an_empty_ledger_holds(store: Store) -> None:
    assert first_broken(store) is None


@pytest.mark.parametrize(
    "values",
    [
        {"event": "answer.undone"},
        {"data": {"question": "who", "picks": ["new"]}},
        {"door": "github description"},
        {"actor_digest": "0" * 64},
        {"at": NOW.replace(microsecond=1)},
        {"hash": "0" * 64},
        {"hash": "é"},
        {"previous": "0" * 64},
        {"actor": "13:somebody"},
        {"salt": "no number"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_row_is_named(written: Store, values: Mapping[str, object]) -> None:
    change(written, 4, **values)
    assert first_broken(written) == 4


def test_rows_that_wait_for_their_seal_hold_and_are_sealed_in_order(written: Store) -> None:
    more(written, 3)
    assert first_broken(written) is None
    assert [seal(written, 2), seal(written, 2), seal(written, 2)] == [2, 1, 0]
    assert first_broken(written) is None
    with written.read() as connection:
        rows = connection.execute(select(t.ledger).order_by(t.ledger.c.seq)).all()
    assert [row.previous for row in rows] == [ledger.START, *(row.hash for row in rows[:-1])]


def test_a_seal_of_earlier_versions_is_the_seal_of_today(written: Store) -> None:
    with written.read() as connection:
        row = connection.execute(select(t.ledger).where(t.ledger.c.seq == 2)).mappings().one()
    assert ledger.seal(KEY, ledger.START, row) == (
        "9eedd881af9afefafe94721d3dead9fe9b0331c43506880526bbb68be434fd34"
    )


def test_a_row_whose_seal_was_taken_away_is_named_and_not_sealed_again(written: Store) -> None:
    more(written)
    change(written, 4, previous=None, hash=None)
    assert seal(written) == 1
    assert first_broken(written) == 4


def test_what_was_changed_before_it_was_sealed_over_is_still_named(written: Store) -> None:
    change(written, 6, event="answer.undone")
    more(written)
    seal(written)
    assert first_broken(written) == 6


def test_to_append_needs_no_key_and_one_statement_for_all_rows(written: Store) -> None:
    with capture_statements(written) as statements:
        more(written, 5)
    assert [statement.split()[0] for statement in statements] == ["BEGIN", "INSERT"]


def test_a_row_given_to_another_review_is_named(written: Store) -> None:
    other = written.write(lambda tx: reviews.save(tx, examples.review(number=13)))
    change(written, 3, review_id=other.id)
    assert first_broken(written) == 3


def test_the_row_after_a_removed_one_is_named(written: Store) -> None:
    for removed, broken in ((5, 6), (1, 2)):
        gone = delete(t.ledger).where(t.ledger.c.seq == removed)
        written.write(lambda tx, gone=gone: tx.connection.execute(gone))  # type: ignore[misc]
        assert first_broken(written) == broken


def test_the_first_of_two_swapped_rows_is_named(written: Store) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        change(written, old, seq=new)
    assert first_broken(written) == 3


def test_a_row_that_was_sealed_anew_without_the_key_is_named(written: Store) -> None:
    with written.read() as connection:
        row = connection.execute(select(t.ledger).where(t.ledger.c.seq == 6)).mappings().one()
    names = ("review_id", "at", "event", "data", "door", "actor_digest")
    forged = {name: row[name] for name in names} | {"event": "answer.undone"}
    guess = ledger.seal(b"guess", row["previous"], forged)
    change(written, 6, event="answer.undone", hash=guess)
    assert first_broken(written) == 6


def test_another_key_does_not_fit(written: Store) -> None:
    assert first_broken(written, b"other") == 1


def test_erasing_who_acted_keeps_the_chain_whole(written: Store) -> None:
    change(written, 2, actor=None, salt=None)
    assert first_broken(written) is None
    with written.read() as connection:
        rows = connection.execute(select(t.ledger.c.actor).order_by(t.ledger.c.seq)).scalars()
        assert list(rows) == [None, None, None, "12:reviewer", None, "12:reviewer"]


def test_the_same_person_has_another_digest_in_each_transaction(written: Store) -> None:
    with written.read() as connection:
        digests = connection.execute(
            select(t.ledger.c.actor_digest).where(t.ledger.c.actor_digest.is_not(None))
        ).scalars()
        assert len(set(digests)) == 3


def test_nothing_that_people_wrote_or_are_called_stands_in_the_chain(store: Store) -> None:
    opened = examples.examples()["hostile_text"]
    review = store.write(lambda tx: reviews.save(tx, opened))
    boxes = ("feeling=relieved", "who=new", "effect=better", "voice=signal")
    ticked, events = examples.taken(review, *(examples.ticked(review, box) for box in boxes), by=BY)
    _, more = settle(review, ticked, NOW)
    assert len(events) >= 3
    store.write(lambda tx: ledger.append(tx, review.id, (*events, *more), NOW, b"s" * 16))
    with store.read() as connection:
        chain = str(connection.execute(select(t.ledger.c.event, t.ledger.c.data)).all())
    for typed in ("everyone", "evil", "reviewer", opened.subject.title[:10]):
        assert typed not in chain
