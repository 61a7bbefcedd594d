"""Proposals on disk: as they were after a restart, found by message, thread and people."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from bot.core.review import Review
from bot.ports import Transaction
from bot.store import proposal_subjects, proposals, recent, reviews, schema, slack_people
from bot.store.engine import open_engine
from bot.store.store import Store
from tests.examples import NOW
from tests.proposing import CHANNEL, LEAD, MANAGER
from tests.views.slack_payloads import reviews as all_reviews

NAMES = [name for name, _ in all_reviews("We asked ten of them, and seven said yes")]


def save(store: Store, review: Review) -> Review:
    def work(tx: Transaction) -> Review:
        proposal_subjects.see_channel(tx, review.proposal.channel, NOW)
        return reviews.save(tx, replace(review, id=0, version=0))

    return store.write(work)


@pytest.mark.parametrize("name", NAMES)
def test_a_proposal_comes_back_as_it_was(store: Store, name: str) -> None:
    wanted = dict(all_reviews("We asked ten of them, and seven said yes"))[name]
    saved = save(store, wanted)
    recent.forget()
    with store.read() as connection:
        found = proposals.load(connection, CHANNEL.id, wanted.proposal.ts)
        assert found == saved
        assert reviews.by_id(connection, saved.id) == saved


def test_it_is_found_by_its_thread_and_by_its_people(store: Store) -> None:
    found = dict(all_reviews("We asked ten of them, and seven said yes"))
    saved = save(store, found["answered"])
    with store.read() as connection:
        assert proposals.in_thread(connection, CHANNEL.id, saved.proposal.thread) == saved
        assert proposals.open_of(connection, [MANAGER.id], proposals.OWNER, 9) == [saved.id]
        assert proposals.open_of(connection, [LEAD.id], proposals.REVIEWER, 9) == [saved.id]
        assert proposals.open_of(connection, [LEAD.id], proposals.OWNER, 9) == []
    ended = replace(found["decided"], id=saved.id, version=saved.version)
    store.write(lambda tx: reviews.save(tx, ended))
    with store.read() as connection:
        assert proposals.open_of(connection, [MANAGER.id], proposals.OWNER, 9) == []
        assert proposals.decided_of(connection, [LEAD.id], NOW, 9) == [saved.id]
        assert proposals.decided_of(connection, [LEAD.id], NOW + timedelta(1), 9) == []


def test_a_channel_that_became_private_is_private_at_once(store: Store) -> None:
    found = dict(all_reviews("We asked ten of them, and seven said yes"))["fresh"]
    save(store, found)
    store.write(lambda tx: proposal_subjects.see_channel(tx, replace(CHANNEL, private=True), NOW))
    with store.read() as connection:
        again = proposals.load(connection, CHANNEL.id, found.proposal.ts)
    assert again is not None
    assert again.proposal.channel.private


def test_a_code_counts_once_and_for_a_quarter_of_an_hour(store: Store) -> None:
    store.write(lambda tx: slack_people.meet(tx, "T1", "U1", "ada"))
    with store.read() as connection:
        person = slack_people.find(connection, "T1", "U1")
    assert person is not None
    for code in ("AAAABBBB", "CCCCDDDD"):
        store.write(lambda tx, code=code: slack_people.show_code(tx, person.id, code, NOW))  # type: ignore[misc]
    late = NOW + timedelta(minutes=16)
    assert store.write(lambda tx: slack_people.take_code(tx, "aaaabbbb", NOW)) == person.id
    assert store.write(lambda tx: slack_people.take_code(tx, "AAAABBBB", NOW)) is None
    assert store.write(lambda tx: slack_people.take_code(tx, "CCCCDDDD", late)) is None


def test_a_record_of_the_version_before_moves_on_with_all_that_is_in_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "0003")
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("INSERT INTO installation VALUES (7, 'acme', NULL, NULL, 1)")
        old.execute(
            "INSERT INTO repository (id, installation_id, full_name, private, default_branch,"
            " required, tenant_id) VALUES (501, 7, 'acme/shop', 1, 'main', '', 1)"
        )
        old.execute(
            "INSERT INTO subject (id, kind, repository_id, number, title, body, author_id, author,"
            " author_is_bot, head_sha, base_ref, branch, labels, draft, open, merged, updated_at,"
            " url, tenant_id) VALUES (1, 'pull_request', 501, 12, 't', 'b', 11, 'ada', 0, 'a',"
            " 'main', 'x', '[]', 0, 1, 0, '2026-03-02 09:30:00.000000', 'u', 1)"
        )
    schema.migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        row = connection.exec_driver_sql(
            "SELECT number, channel_id, thread, switches FROM subject"
        ).one()
    engine.dispose()
    assert tuple(row) == (12, None, "", "[]")
