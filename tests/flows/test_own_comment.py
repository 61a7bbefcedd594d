"""Whose comment is it? Ours is known by its id, and people may be quicker than GitHub's answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.core.facts import Actor, CommentCreated, CommentDeleted, CommentEdited
from bot.errors import Transient
from bot.flows.own_comment import comment_arrived, our_comment
from bot.store import repositories, surfaces
from bot.store.engine import open_engine
from bot.store.schema import migrate
from bot.store.store import Store
from bot.views.github_comment import MARKER
from tests.examples import NOW, REPOSITORY

BOT = Actor(41, "empty-chair[bot]", is_bot=True)
WIPED = surfaces.Surface(live="wiped")
DELETED = CommentDeleted(REPOSITORY, 12, 99, Actor(1, "author"), NOW, "")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/record.db"
    migrate(url)
    store = Store(open_engine(url))
    store.write(lambda tx: repositories.save(tx, REPOSITORY))
    yield store
    store.close()


def test_a_comment_that_we_never_posted_is_not_ours(store: Store) -> None:
    with store.read() as connection:
        assert our_comment(connection, DELETED) is None


def test_while_our_comment_is_on_its_way_nobody_can_tell(store: Store) -> None:
    store.write(lambda tx: surfaces.begin(tx, "comment", REPOSITORY.id, "12", NOW))
    edited = CommentEdited(REPOSITORY, 12, 99, Actor(1, "author"), NOW, None, f"{MARKER} x", BOT)
    with store.read() as connection:
        with pytest.raises(Transient):
            our_comment(connection, edited)
        stranger = replace(edited, author=Actor(2, "passer-by"))
        assert our_comment(connection, stranger) is None
        assert our_comment(connection, replace(edited, after="somebody else's words")) is None


def test_once_its_id_is_known_it_is_ours_and_no_other_is(store: Store) -> None:
    store.write(lambda tx: surfaces.begin(tx, "comment", REPOSITORY.id, "12", NOW))
    store.write(lambda tx: surfaces.done(tx, "comment", REPOSITORY.id, "12", 99, "text"))
    with store.read() as connection:
        assert our_comment(connection, DELETED) == "12"
        assert our_comment(connection, replace(DELETED, comment_id=98)) is None


def test_a_deletion_leaves_the_comment_that_has_taken_its_place(store: Store) -> None:
    at = ("comment", REPOSITORY.id, "12")
    store.write(lambda tx: surfaces.done(tx, *at, 100, "text"))
    store.write(lambda tx: surfaces.gone(tx, *at, 99))
    with store.read() as connection:
        assert surfaces.load(connection, *at).external_id == 100
    store.write(lambda tx: surfaces.gone(tx, *at, 100))
    with store.read() as connection:
        assert surfaces.load(connection, *at) == surfaces.Surface()


@dataclass
class Ours:
    """As much of the world as the question needs: the record, and which App we are."""

    store: Store
    app_id: int = 1


@pytest.mark.parametrize(("app", "taken"), [(1, 99), (2, None), (None, None)])
def test_only_what_our_app_wrote_is_taken_for_our_comment(
    store: Store, app: int | None, taken: int | None
) -> None:
    store.write(lambda tx: surfaces.begin(tx, "comment", REPOSITORY.id, "12", NOW))
    by = Actor(41, "some-app[bot]", is_bot=True)
    fact = CommentCreated(REPOSITORY, 12, 99, by, NOW, f"{MARKER} quoted or our own", app)
    comment_arrived(Ours(store), fact)  # type: ignore[arg-type]
    with store.read() as connection:
        surface = surfaces.load(connection, "comment", REPOSITORY.id, "12")
    assert surface.external_id == taken


def test_what_a_person_wrote_while_we_wrote_leaves_the_text_unknown(store: Store) -> None:
    store.write(lambda tx: surfaces.done(tx, "comment", REPOSITORY.id, "12", 99, "text"))
    store.write(lambda tx: surfaces.heard(tx, "comment", REPOSITORY.id, "12", 99, WIPED, NOW))
    alone = store.write(lambda tx: surfaces.done(tx, "comment", REPOSITORY.id, "12", 99, "text"))
    with store.read() as connection:
        surface = surfaces.load(connection, "comment", REPOSITORY.id, "12")
    assert not alone
    assert surface.live is None
    again = store.write(
        lambda tx: surfaces.done(tx, "comment", REPOSITORY.id, "12", 99, "text", None, NOW)
    )
    assert again
