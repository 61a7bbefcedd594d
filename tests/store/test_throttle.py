"""What GitHub counts against us is kept over a restart."""

from __future__ import annotations

from datetime import timedelta

from bot.store import throttle
from bot.store.store import Store
from tests.make import NOW


def test_a_longer_rest_is_not_shortened_by_a_shorter_one(store: Store) -> None:
    def block(minutes: int) -> None:
        until = NOW + timedelta(minutes=minutes)
        store.write(lambda tx: throttle.block(tx, "github:7", until))

    for minutes, stands in ((10, 10), (1, 10), (40, 40)):
        block(minutes)
        with store.read() as connection:
            assert throttle.blocked(connection) == {7: NOW + timedelta(minutes=stands)}


def test_the_writes_of_the_last_hour_are_known_and_older_ones_go(store: Store) -> None:
    times = [NOW - timedelta(minutes=age) for age in (90, 61, 59, 1)]
    for at in times:
        store.write(lambda tx, at=at: throttle.note_write(tx, 7, at))  # type: ignore[misc]
    store.write(lambda tx: throttle.note_write(tx, 8, NOW))
    with store.read() as connection:
        assert throttle.writes(connection, NOW) == {7: times[2:], 8: [NOW]}
    store.write(lambda tx: throttle.forget_writes(tx, NOW))
    with store.read() as connection:
        left = throttle.writes(connection, NOW - timedelta(hours=1))
    assert left == {7: times[2:], 8: [NOW]}
