"""What the record tells as a whole, read from its rows."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError

from bot.core.facts import Actor
from bot.core.rulings import Sample
from bot.core.tier import Tier
from bot.errors import ConfigError, UserError
from bot.store import reports
from bot.store import tables as t
from bot.store.reports import Samples
from bot.store.store import Store
from tests.rows import NOW, add, hours, ruling, waiver

DUE = date(2026, 2, 20)


def samples(store: Store) -> Samples:
    with store.read() as connection:
        return reports.samples(connection)


def ran_out(store: Store, since: datetime | None = None) -> list[tuple[str, str, str, date]]:
    with store.read() as connection:
        found = reports.ran_out(connection, since, NOW)
    return [(each.pull_request, each.scope, each.who, each.until) for each in found]


def test_waivers_that_ran_out_on_merged_pull_requests_are_told_oldest_first(store: Store) -> None:
    named = {"scope": "reach", "by": Actor(13, "ada")}
    add(store, state="decided", waivers=[waiver(DUE), waiver(date(2026, 2, 3), **named)])
    assert ran_out(store) == [
        ("acme/shop#1", "reach", "ada", date(2026, 2, 3)),
        ("acme/shop#1", "all", "reviewer", DUE),
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "open"},
        {"state": "withdrawn"},
        {"gate": "complete"},
        {"waivers": []},
        {"waivers": [waiver(NOW.date())]},
        {"waivers": [waiver(None, scope="pause")]},
    ],
)
def test_a_waiver_that_holds_or_owes_nothing_is_not_told(
    store: Store, columns: dict[str, Any]
) -> None:
    add(store, **{"state": "decided", "waivers": [waiver(DUE)], **columns})
    assert ran_out(store) == []


def test_a_waiver_is_told_where_it_ran_out_since_then_however_old_its_review_is(
    store: Store,
) -> None:
    add(store, state="decided", waivers=[waiver(DUE)], opened_at=NOW - timedelta(days=300))
    end = datetime(2026, 2, 21, tzinfo=NOW.tzinfo)
    assert len(ran_out(store, end)) == 1
    assert ran_out(store, end + timedelta(seconds=1)) == []


def test_a_drawn_attestation_waits_until_it_is_judged(store: Store) -> None:
    add(store, rulings=[ruling(sample=Sample.WAITING, at=hours(1))])
    add(store, "acme/pay", state="decided", rulings=[ruling(sample=Sample.WAITING)])
    add(store, rulings=[ruling(sample=Sample.RIGHT), ruling("lowered")])
    add(store, rulings=[ruling(sample=Sample.WRONG, ended=True), ruling("raised", tier=Tier.R1)])
    add(store, rulings=[ruling()])
    found = samples(store)
    assert (found.right, found.wrong, found.lapsed) == (1, 1, 0)
    told = [(w.pull_request, w.url, w.who, w.at, w.reason) for w in found.waiting]
    said = "Only a name inside changes."
    assert told == [
        ("acme/pay#1", "https://github.com/acme/pay/pull/1", "author", NOW, said),
        ("acme/shop#1", "https://github.com/acme/shop/pull/1", "author", hours(1), said),
    ]


def test_an_attestation_that_something_else_ended_lapses_unjudged(store: Store) -> None:
    add(store, rulings=[ruling(sample=Sample.WAITING, ended=True)])
    add(store, state="withdrawn", rulings=[ruling(sample=Sample.WAITING)])
    assert samples(store) == Samples((), 0, 0, 2)


def address(store: Store) -> str:
    return str(store.engine.url)


def test_a_record_is_read_while_the_bot_writes_and_stays_as_it_was_at_one_moment(
    store: Store,
) -> None:
    add(store)
    with reports.reading(address(store)) as connection:
        assert len(reports.counted(connection)[0].all()) == 1
        add(store)
        assert len(reports.counted(connection)[0].all()) == 1


def test_who_reads_cannot_write(store: Store) -> None:
    with (
        reports.reading(address(store)) as connection,
        pytest.raises(OperationalError, match="readonly"),
    ):
        connection.execute(insert(t.tenant), {"id": 2, "name": "x"})


def test_a_record_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "none.db"
    with (
        pytest.raises(UserError, match=r"no database at .*none\.db: start `emptychair serve`"),
        reports.reading(f"sqlite:///{file}"),
    ):
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense"])
def test_what_is_no_sqlite_file_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_DATABASE_URL"), reports.reading(url):
        pass


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0001", r"at version 0001, .*: run `emptychair migrate` first\."),
        ("9999", r"at version 9999, .*: use the newer program that made it\."),
    ],
)
def test_a_record_of_another_version_is_named_with_the_next_step(
    store: Store, version: str, says: str
) -> None:
    change = text("UPDATE alembic_version SET version_num = :version")
    store.write(lambda tx: tx.connection.execute(change, {"version": version}))
    with pytest.raises(UserError, match=says), reports.reading(address(store)):
        pass


def test_an_empty_file_is_told_to_be_migrated(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    with (
        pytest.raises(UserError, match=r"is empty, .*run `emptychair migrate` first"),
        reports.reading(f"sqlite:///{tmp_path}/new.db"),
    ):
        pass
