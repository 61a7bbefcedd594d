"""What we know to stand somewhere."""

from __future__ import annotations

from datetime import timedelta

from bot.store import repositories, surfaces
from bot.store.store import Store
from bot.store.surfaces import COMMENT, Surface
from tests import examples, make

SHOP = examples.review().pull_request.repository
AT = (COMMENT, SHOP.id, "7")


def stands(store: Store) -> Surface:
    with store.read() as connection:
        return surfaces.load(connection, *AT)


def test_what_is_heard_of_a_comment_that_is_gone_is_nothing_that_stands_there(
    store: Store,
) -> None:
    store.write(lambda tx: repositories.save(tx, SHOP))
    store.write(lambda tx: surfaces.begin(tx, *AT, make.NOW))
    store.write(lambda tx: surfaces.done(tx, *AT, 900, "first", make.NOW))
    known = stands(store)
    store.write(lambda tx: surfaces.gone(tx, *AT))
    late = make.NOW + timedelta(seconds=1)
    store.write(lambda tx: surfaces.heard(tx, *AT, 900, known, late))
    assert stands(store) == Surface()


def test_what_is_heard_of_the_one_before_changes_nothing(store: Store) -> None:
    store.write(lambda tx: repositories.save(tx, SHOP))
    store.write(lambda tx: surfaces.begin(tx, *AT, make.NOW))
    store.write(lambda tx: surfaces.done(tx, *AT, 901, "second", make.NOW))
    before = stands(store)
    store.write(lambda tx: surfaces.heard(tx, *AT, 900, Surface(), make.NOW))
    assert stands(store) == before
