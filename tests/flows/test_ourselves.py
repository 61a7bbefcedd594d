"""Who we are where there is no App, and after one has followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.facts import (
    NOBODY,
    Actor,
    CommentCreated,
    CommentEdited,
    ForeignCheck,
    Installed,
    Version,
)
from bot.flows.note_forged import note_forged
from bot.flows.ourselves import OurUsers, our_users
from bot.inbound.github_events import Fact
from bot.inbound.github_without_app import as_heard
from bot.ports import Transaction
from bot.store import installations, repositories, surfaces
from bot.store import tables as t
from bot.store.store import Store
from bot.views.github_comment import MARKER
from tests import make
from tests.examples import NOW, REPOSITORY

MACHINE = Actor(77, "machine")
APPS = Actor(41, "empty-chair[bot]", is_bot=True)
PERSON = Actor(1, "author")
WITHOUT = replace(REPOSITORY, installation=0)
CREATED = CommentCreated(WITHOUT, 12, 99, MACHINE, NOW, f"{MARKER} five questions", None)
EDITED = CommentEdited(WITHOUT, 12, 99, PERSON, NOW, f"{MARKER} a", f"{MARKER} b", MACHINE)


@dataclass
class Ours:
    """As much of the world as the question needs."""

    store: Store
    app_id: int

    @property
    def by_token(self) -> bool:
        return self.app_id == 0

    @property
    def github(self) -> Ours:
        return self

    def own_user(self) -> int | None:
        return MACHINE.id if self.by_token else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A record in which a token wrote first and an App after it."""
    store = make.store(tmp_path)
    for installation, user in ((0, MACHINE), (REPOSITORY.installation, APPS)):
        _wrote(store, installation, user)
    yield store
    store.close()


def _wrote(store: Store, installation: int, user: Actor) -> None:
    def work(tx: Transaction) -> None:
        repositories.save(tx, replace(REPOSITORY, installation=installation))
        installations.learn_bot_user(tx, installation, user.id)

    store.write(work)


def heard(store: Store, fact: Fact, app_id: int = 0) -> Fact:
    known = None if app_id == 0 else REPOSITORY
    return as_heard(Ours(store, app_id), fact, known)  # type: ignore[arg-type]


def test_what_our_token_posted_is_ours_and_nobody_wrote_it_by_hand(store: Store) -> None:
    found = heard(store, CREATED)
    assert isinstance(found, CommentCreated)
    assert (found.app, found.by) == (0, replace(MACHINE, is_bot=True))


def test_what_its_owner_wrote_by_hand_is_theirs(store: Store) -> None:
    assert heard(store, replace(CREATED, body="/impact effect: better")) == replace(
        CREATED, body="/impact effect: better"
    )


def test_a_stranger_who_copies_our_hidden_line_stays_a_stranger(store: Store) -> None:
    assert heard(store, replace(CREATED, by=PERSON)) == replace(CREATED, by=PERSON)


@pytest.mark.parametrize("app", [None, 4242])
def test_another_bot_that_copies_it_stays_another_bot(store: Store, app: int | None) -> None:
    copied = replace(CREATED, by=Actor(999, "mirror[bot]", is_bot=True), app=app)
    assert heard(store, copied) == copied


@pytest.mark.parametrize("app_id", [0, 1])
def test_our_comment_is_ours_and_an_edit_of_it_by_a_person_theirs(
    store: Store, app_id: int
) -> None:
    fact = EDITED if app_id == 0 else replace(EDITED, repository=REPOSITORY)
    found = heard(store, fact, app_id)
    assert isinstance(found, CommentEdited)
    assert (found.by, found.author.is_bot) == (PERSON, True)
    ours = heard(store, replace(fact, by=MACHINE), app_id)
    assert isinstance(ours, CommentEdited)
    assert ours.by.is_bot


def test_an_app_knows_the_installation_of_what_came_before_there_was_one(store: Store) -> None:
    found = heard(store, CREATED, app_id=1)
    assert not isinstance(found, Installed)
    assert found.repository == REPOSITORY


def test_without_an_app_there_is_no_installation(store: Store) -> None:
    found = heard(store, replace(CREATED, repository=REPOSITORY))
    assert not isinstance(found, Installed)
    assert found.repository == WITHOUT


def test_an_app_still_knows_as_whom_the_token_wrote(store: Store) -> None:
    ours = our_users(Ours(store, 1), REPOSITORY.installation)  # type: ignore[arg-type]
    assert (MACHINE.id in ours, APPS.id in ours, PERSON.id in ours) == (True, True, False)
    assert our_users(Ours(store, 0), 0) == OurUsers(MACHINE.id)  # type: ignore[arg-type]


def test_a_former_tokens_owner_is_a_person_below_what_others_wrote(store: Store) -> None:
    ours = OurUsers(APPS.id, MACHINE.id)
    edited = [Version(MACHINE, NOW, "a")]
    assert ours.below(MACHINE).versions(edited)[0].by == replace(MACHINE, is_bot=True)
    for author in (APPS, PERSON):
        assert ours.below(author).versions(edited) == tuple(edited)
        assert ours.below(author).bot(APPS).is_bot
        fact = replace(EDITED, repository=REPOSITORY, by=MACHINE, author=author)
        assert heard(store, fact, app_id=1) == fact


def test_a_status_that_a_former_token_left_is_no_forgery(store: Store) -> None:
    at = (surfaces.STATUS, REPOSITORY.id, "a" * 40)
    store.write(lambda tx: surfaces.done(tx, *at, 7, "{}"))
    fact = ForeignCheck(REPOSITORY, "status", 7, "a" * 40, "success", MACHINE, None)
    note_forged(Ours(store, 1), fact)  # type: ignore[arg-type]
    with store.read() as connection:
        assert connection.execute(select(t.ledger)).all() == []


def test_nobody_is_not_us_while_we_do_not_know_who_we_are() -> None:
    assert NOBODY.id not in OurUsers(None)
    assert OurUsers(None).versions([Version(None, NOW, "a")]) == (Version(None, NOW, "a"),)
