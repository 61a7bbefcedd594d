"""A database of before acts were kept: its answers are there, and stay, under the new schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from bot.core.acts import Act, Suggest, Tell, Tick, Undo
from bot.core.answers import Answer, Door, Evidence
from bot.core.facts import Actor
from bot.core.grammar import Given
from bot.core.review import Review
from bot.core.take import take
from bot.core.tier import Tier
from bot.store import acts, reviews, schema
from bot.store.engine import open_engine, schema_version
from bot.store.store import Store
from tests.examples import CATALOG

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3, microseconds=5)
ADA, BOB = Actor(21, "ada"), Actor(22, "bob")
WHY = "Größere Läden 🛒 “warten” – zu lange.\nAuf {alles}: 'ja' \\ nein"
OFFERED = "your description"
REPOSITORY, ANSWERED, SILENT, ASKED = 501, 12, 13, 14

COLUMNS = {
    "installation": {"id": 7, "account": "acme", "tenant_id": 1},
    "repository": {
        "id": REPOSITORY, "installation_id": 7, "full_name": "acme/shop", "private": True,
        "default_branch": "main", "tenant_id": 1,
    },
    "checklist": {
        "version": CATALOG.checklist.version, "content": CATALOG.checklist.content(),
        "tenant_id": 1,
    },
}  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> str:
    """The URL of a database at the first schema, with three reviews in it."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    _upgrade(url, "0001")
    engine = open_engine(url)
    with engine.begin() as connection:
        for table, row in COLUMNS.items():
            _insert(connection, table, row)
        for number in (ANSWERED, SILENT, ASKED):
            _review(connection, number)
        _answers(connection)
    engine.dispose()
    return url


def _upgrade(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, revision)


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    plain = {
        key: json.dumps(value) if isinstance(value, list | dict) else _stored(value)
        for key, value in row.items()
    }
    names = ", ".join(plain)
    values = ", ".join(f":{name}" for name in plain)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), plain)


def _stored(value: object) -> object:
    """A time as SQLAlchemy writes it into SQLite."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _review(connection: Connection, number: int) -> None:
    _insert(
        connection,
        "subject",
        {
            "id": number, "kind": "pull request", "repository_id": REPOSITORY, "number": number,
            "title": "Theme", "body": "", "author_id": ADA.id, "author": ADA.login,
            "author_is_bot": False, "head_sha": "a" * 40, "base_ref": "main", "branch": "b",
            "labels": [], "draft": False, "open": True, "merged": False, "updated_at": NOW,
            "url": f"https://github.com/acme/shop/pull/{number}", "tenant_id": 1,
        },
    )  # fmt: skip
    _insert(
        connection,
        "review",
        {
            "id": number + 100, "subject_id": number, "state": "open", "gate": "pending", "tier": 2,
            "highest_tier": 2, "customer_facing": True, "overlays": [], "mode": "enforce",
            "reasons": [{"rule": "visible", "tier": 2, "text": "web/theme.css changed"}],
            "exempt": "", "quiet": False, "checklist_version": CATALOG.checklist.version,
            "thresholds": {}, "prefills": [], "last_picked": "", "bypassed": False,
            "opened_at": NOW, "version": 3, "tenant_id": 1,
            "first_answer_at": NOW + timedelta(hours=1) if number == ANSWERED else None,
        },
    )  # fmt: skip


ANSWERS = (
    Answer("who", ("paying", "new"), "", BOB, NOW + timedelta(hours=1), Door.COMMENT),
    Answer("why", (), WHY, ADA, LATER, Door.COMMENT, OFFERED),
    Answer("effect", ("worse",), "the menu turns grey", BOB, LATER, Door.COMMENT),
)
EVIDENCE = (
    Evidence(
        "asked", WHY, "https://example.org/1", date(2026, 2, 28), "admins", ADA, LATER,
        Door.COMMENT, OFFERED,
    ),
    Evidence("signal", "", "https://example.org/2", None, "", BOB, NOW, Door.COMMENT, "issue #4"),
)  # fmt: skip


def _answers(connection: Connection) -> None:
    for a in ANSWERS:
        _insert(
            connection,
            "answer",
            {
                "review_id": ANSWERED + 100, "question": a.question, "picks": list(a.picks),
                "text": a.text, "source": a.source, "by_id": a.by.id, "by_login": a.by.login,
                "at": a.at, "door": str(a.door), "tenant_id": 1,
            },
        )  # fmt: skip
    for e, review in ((EVIDENCE[0], ANSWERED), (EVIDENCE[1], ANSWERED), (EVIDENCE[1], ASKED)):
        _insert(
            connection,
            "evidence",
            {
                "review_id": review + 100, "kind": e.kind, "text": e.text, "link": e.link,
                "heard_on": e.on, "segment": e.segment, "source": e.source, "by_id": e.by.id,
                "by_login": e.by.login, "at": e.at, "door": str(e.door), "tenant_id": 1,
            },
        )  # fmt: skip
    _insert(
        connection,
        "comment_fact",
        {
            "key": "f" * 64, "review_id": ANSWERED + 100, "comment_id": 900, "by_id": BOB.id,
            "at": NOW, "before_hash": None, "after_hash": "e" * 64, "tenant_id": 1,
        },
    )  # fmt: skip


@pytest.fixture
def store(old: str) -> Iterator[Store]:
    """The same database at the newest schema."""
    schema.migrate(old)
    opened = Store(open_engine(old))
    yield opened
    opened.close()


def _load(store: Store, number: int = ANSWERED) -> tuple[Review, list[Act]]:
    with store.read() as connection:
        review = reviews.load(connection, REPOSITORY, number)
        assert review is not None
        return review, acts.load(connection, review.id)


def _rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
        return {
            name: [tuple(r) for r in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in names.scalars().all()
        }


# -- what is there ---------------------------------------------------------------------------------


def test_every_answer_is_there_as_it_was(store: Store) -> None:
    assert schema_version(store.engine) == schema.HEAD
    review, _ = _load(store)
    assert (review.answers, review.evidence) == (ANSWERS, EVIDENCE)
    assert (review.tier, review.triaged, review.version) == (Tier.R2, Tier.R2, 3)
    assert (review.suggestions, review.waivers, review.rulings, review.offered) == ((), (), (), ())


def test_what_was_answered_is_one_act_and_what_was_not_is_none(store: Store) -> None:
    assert [act.door for act in _load(store)[1]] == [Door.RECORD]
    assert _load(store, SILENT)[1] == []
    review, known = _load(store, ASKED)
    assert len(known) == 1
    assert take(review, known, [], LATER)[0].evidence == (EVIDENCE[1],)


def test_the_record_made_anew_is_the_record(store: Store) -> None:
    review, known = _load(store)
    again, events = take(review, known, [], LATER)
    assert (again.answers, again.evidence) == (ANSWERS, EVIDENCE)
    assert again.first_answer_at == NOW + timedelta(hours=1)
    assert events == ()


def test_a_new_tick_goes_on_from_there_in_the_name_of_who_made_it(store: Store) -> None:
    review, known = _load(store)
    deeds = (Tick("feeling=relieved", True), Tick("who=paying", False))
    new = Act("1" * 64, ADA, LATER + timedelta(days=1), Door.COMMENT, deeds)
    after, events = take(review, known, [new], LATER)
    said = {a.question: (a.picks, a.by) for a in after.answers}
    assert said == {
        "who": (("new",), ADA),
        "why": ((), ADA),
        "effect": (("worse",), BOB),
        "feeling": (("relieved",), ADA),
    }
    assert after.evidence == EVIDENCE
    assert [event.name for event in events].count("answer.given") == 2
    store.write(lambda tx: acts.add(tx, review.id, [new]))
    saved = store.write(lambda tx: reviews.save(tx, after))
    loaded, everything = _load(store)
    assert loaded == saved
    assert len(everything) == 2
    assert take(loaded, everything, [], LATER)[0].answers == saved.answers


def test_what_was_answered_before_may_be_taken_back_and_said_anew(store: Store) -> None:
    review, known = _load(store)
    at = LATER + timedelta(days=1)
    deeds = (Undo("voice"), Undo("why"), Tell("effect", Given(("better",), "no, brighter")))
    after, _ = take(review, known, [Act("2" * 64, BOB, at, Door.COMMAND, deeds)], at)
    assert after.evidence == ()
    assert {a.question: a.picks for a in after.answers} == {
        "who": ("paying", "new"),
        "effect": ("better",),
    }


def test_a_delivery_that_is_older_than_all_of_it_does_not_go_over_it(store: Store) -> None:
    review, known = _load(store)
    early = Act("3" * 64, ADA, NOW, Door.COMMENT, (Tick("effect=better", True),))
    after, _ = take(review, known, [early], LATER)
    found = after.answer("effect")
    assert found is not None
    assert found.picks == ("worse",)


def test_a_suggestion_on_top_changes_no_answer(store: Store) -> None:
    review, known = _load(store)
    deed = Suggest("effect", Given(("better",), ""))
    after, _ = take(review, known, [Act("4" * 64, ADA, LATER, Door.COMMAND, (deed,))], LATER)
    assert after.answers == ANSWERS
    assert len(after.suggestions) == 1


# -- and again -------------------------------------------------------------------------------------


def test_migrating_twice_does_nothing(store: Store, old: str) -> None:
    before = _rows(store.engine)
    assert len(before["act"]) == 2
    schema.migrate(old)
    assert _rows(store.engine) == before


def test_a_database_without_any_answer_is_migrated_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    _upgrade(url, "0001")
    schema.migrate(url)
    engine = open_engine(url)
    assert schema_version(engine) == schema.HEAD
    assert _rows(engine)["act"] == []
    engine.dispose()
