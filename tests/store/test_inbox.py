"""The small tables: deliveries, surfaces, installations, comment edits, rests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.ports import Transaction
from bot.store import inbox, installations, queue, reviews, surfaces
from bot.store import tables as t
from bot.store.store import Store
from bot.store.surfaces import CHECK, COMMENT, Surface
from tests import examples
from tests.make import NOW

BODY = '{"title": "größer 🛒"}'.encode() * 200


def accept(store: Store, id: str, days_ago: float = 0) -> bool:
    packed, at = inbox.pack(BODY), NOW - timedelta(days=days_ago)
    return store.write(lambda tx: inbox.accept(tx, id, "pull_request", "Fact", packed, at))


def known(store: Store, id: str) -> tuple[str, bytes] | None:
    with store.read() as connection:
        return inbox.load(connection, id)


def test_a_delivery_is_kept_packed_and_comes_back_byte_by_byte(store: Store) -> None:
    assert accept(store, "d-1")
    assert known(store, "d-1") == ("pull_request", BODY)
    with store.read() as connection:
        stored = connection.execute(select(t.delivery.c.body)).scalar_one()
    assert len(stored) < len(BODY) / 8


def test_a_delivery_counts_once(store: Store) -> None:
    assert [accept(store, "d-1"), accept(store, "d-1"), accept(store, "d-2")] == [True, False, True]


def test_bodies_are_forgotten_after_a_week_and_ids_are_kept(store: Store) -> None:
    accept(store, "old", days_ago=7.01)
    accept(store, "young", days_ago=6.99)
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 1
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 0
    assert known(store, "old") is None
    assert known(store, "young") is not None
    assert known(store, "never seen") is None
    assert not accept(store, "old")


@pytest.mark.parametrize("state", ["ready", "parked"])
def test_the_body_of_a_delivery_that_is_still_to_be_done_is_kept(store: Store, state: str) -> None:
    accept(store, "old", days_ago=30)

    def promise(tx: Transaction) -> int:
        queue.add(tx, "tidy", {}, None, NOW, NOW)
        return queue.add(tx, "deliver", {"delivery": "old"}, "pr:501:12", NOW, NOW).id

    job = store.write(promise)
    if state == "parked":
        store.write(lambda tx: queue.park(tx, job, 3, "Rejected"))
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 0
    assert known(store, "old") == ("pull_request", BODY)
    store.write(lambda tx: queue.remove(tx, job))
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 1


def test_bodies_are_forgotten_at_most_five_hundred_at_a_time(store: Store) -> None:
    def work(tx: Transaction) -> None:
        for number in range(501):
            inbox.accept(tx, str(number), "ping", "", b"", NOW - timedelta(days=8))

    store.write(work)
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 500
    assert store.write(lambda tx: inbox.forget_bodies(tx, NOW)) == 1


def surface(store: Store, kind: str = COMMENT, key: str = "12") -> Surface:
    with store.read() as connection:
        return surfaces.load(connection, kind, 501, key)


def test_a_surface_is_begun_then_done_then_touched_then_gone(store: Store) -> None:
    store.write(lambda tx: reviews.save(tx, examples.review()))
    at, live = (COMMENT, 501, "12"), "größer 🛒 " * 50
    assert surface(store) == Surface()
    store.write(lambda tx: surfaces.begin(tx, *at, NOW))
    assert surface(store) == Surface(begun=True, begun_at=NOW)
    store.write(lambda tx: surfaces.done(tx, *at, 900, live))
    assert surface(store) == Surface(900, live=live)
    store.write(lambda tx: surfaces.heard(tx, *at, 900, Surface(live="other", live_at=NOW), NOW))
    assert surface(store) == Surface(900, live="other", live_at=NOW, edited_at=NOW)
    assert store.write(lambda tx: surfaces.done(tx, *at, 900, live, NOW, NOW))
    assert surface(store) == Surface(900, live=live, live_at=NOW, edited_at=NOW)
    store.write(lambda tx: surfaces.gone(tx, *at))
    assert surface(store) == Surface(edited_at=NOW)


def test_a_text_that_a_person_changed_while_we_wrote_counts_as_unknown(store: Store) -> None:
    store.write(lambda tx: reviews.save(tx, examples.review()))
    at = (COMMENT, 501, "12")
    store.write(lambda tx: surfaces.done(tx, *at, 900, "ours"))
    store.write(lambda tx: surfaces.heard(tx, *at, 900, Surface(live="theirs"), NOW))
    assert not store.write(lambda tx: surfaces.done(tx, *at, 900, "ours again"))
    assert surface(store) == Surface(900, live=None, edited_at=NOW)


def test_surfaces_do_not_mix_kinds_and_keys_and_are_found_by_comment(store: Store) -> None:
    store.write(lambda tx: reviews.save(tx, examples.review()))
    store.write(lambda tx: surfaces.done(tx, COMMENT, 501, "12", 900, "a"))
    store.write(lambda tx: surfaces.done(tx, CHECK, 501, "12", 901, "b"))
    assert (surface(store).live, surface(store, CHECK).live) == ("a", "b")
    assert surface(store, key="13") == Surface()
    with store.read() as connection:
        assert surfaces.comment_key(connection, 501, 900) == "12"
        assert surfaces.comment_key(connection, 501, 901) is None
        assert surfaces.comment_key(connection, 502, 900) is None


def test_our_own_user_is_learnt_per_installation_and_survives_a_new_account_name(
    store: Store,
) -> None:
    def ours(id: int) -> int | None:
        with store.read() as connection:
            return installations.bot_user(connection, id)

    store.write(lambda tx: installations.save(tx, 7, "acme", None))
    assert ours(7) is None
    store.write(lambda tx: installations.learn_bot_user(tx, 7, 41))
    store.write(lambda tx: installations.save(tx, 7, "acme-inc", NOW))
    assert (ours(7), ours(8)) == (41, None)
