"""One number is the same wherever it is told."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from bot.cli import stats as command
from bot.cli.demo_year import generate
from bot.cli.pair import Pair
from bot.core.filters import Filter
from bot.core.stats import MEASURES, Rate
from bot.flows.slack.counts import team_line
from bot.store import catalog, numbers
from bot.store import tables as t
from bot.views.web.overview import value
from tests.flows.people import ALL, opened, say
from tests.pages.visit import at_the_machine, words


def a_year(pair: Pair) -> None:
    assert pair.bot is not None
    generate(pair.bot.store, catalog.load(pair.settings.checklists_dir), datetime.now(UTC), seed=3)
    for number in range(6):
        number = opened(pair)
        say(pair, number, ALL)


def test_page_api_command_prometheus_and_app_home_tell_the_same(pair: Pair) -> None:
    a_year(pair)
    assert pair.bot is not None
    since = (datetime.now(UTC) - timedelta(weeks=12)).date()
    owner = at_the_machine(pair)
    api = owner.get("/api/v1/stats").json()["total"]["values"]
    assert api["eligible"] > 100

    environment = {
        "EMPTYCHAIR_DATABASE_URL": pair.settings.database_url,
        "EMPTYCHAIR_CHECKLISTS_DIR": str(pair.settings.checklists_dir),
    }
    run = CliRunner(env=environment).invoke(
        command.command, ["--since", since.isoformat(), "--json"]
    )
    told = json.loads(run.output)["total"]
    assert {name: told[name] for name in api} == api

    families = text_string_to_metric_families(owner.get("/metrics").text)
    measured: dict[str, Any] = {}
    for family in families:
        if family.name == "emptychair_measure":
            measured |= {
                sample.labels["measure"]: sample.value
                for sample in family.samples
                if sample.labels["team"] == "all"
            }
    for name, each in api.items():
        flat = each if isinstance(each, int) else next(iter(each.values()))
        assert measured.get(name) == flat, name

    line = team_line(pair.bot.world, "no such team")
    shown = owner.get("/").text
    for measure in MEASURES:
        assert measure.name in line.values
        found = line.values[measure.name]
        if measure.name in ("heard_rate", "coverage", "mature_rate", "bypassed", "completion"):
            assert value(found) in words(shown), measure.name
        if isinstance(found, Rate):
            assert api[measure.name] == {"percent": found.percent, "n": found.n}


def test_what_is_kept_beside_the_reviews_is_what_they_come_to(pair: Pair) -> None:
    """Made again from the reviews, not a number differs."""
    assert pair.bot is not None
    kept = pair.bot.store
    by = Filter()
    with pair.bot.world.counting.figures() as figures:
        before = figures.stats(by)
    file = pair.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(file) as connection:
        highest = dict(connection.execute("SELECT id, highest_tier FROM review").fetchall())
        assert highest
        connection.execute("DELETE FROM numbers")
    assert numbers.rebuild(kept.engine) == len(highest)
    with kept.read() as connection:
        assert {
            row.review_id: row.tier for row in connection.execute(t.numbers.select())
        } == highest
    pair.stop_bot()
    pair.start_bot()
    with pair.bot.world.counting.figures() as figures:
        assert figures.stats(by) == before
