"""What a platform engineer watches."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from bot.core.pace import Rank
from bot.errors import NotYet
from bot.flows.pacer import Pacer
from bot.inbound import health
from bot.inbound.health import Health
from bot.inbound.watched import Watched
from bot.store import queue
from tests.inbound.conftest import Web
from tests.make import NOW


def waits(web: Web, seconds: float) -> None:
    """A job is due for that long; one that is not due yet was promised long ago."""
    long_ago, since = NOW - timedelta(days=9), NOW - timedelta(seconds=seconds)
    later = NOW + timedelta(hours=1)
    web.store.write(lambda tx: queue.add(tx, "a", {}, None, since, long_ago))
    web.store.write(lambda tx: queue.add(tx, "b", {}, None, later, long_ago))


def test_it_is_alive_as_long_as_it_answers(web: Web) -> None:
    with web.locked():
        assert (web.ask("GET", "/healthz").status, web.ask("HEAD", "/healthz").status) == (200, 200)


def test_it_is_ready_when_the_database_takes_a_write_and_says_how_much_waits(web: Web) -> None:
    answer = web.ask("GET", "/readyz")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert json.loads(answer.text) == {
        "ready": True,
        "database": "ok",
        "jobs_waiting": 0,
        "jobs_retrying": 0,
        "jobs_parked": 0,
        "github": "on",
        "queue_age_seconds": 0,
    }
    waits(web, 12)
    parked = web.store.write(lambda tx: queue.add(tx, "c", {}, None, NOW, NOW))
    web.store.write(lambda tx: queue.park(tx, parked.id, 1, "no"))
    state = json.loads(web.ask("GET", "/readyz").text)
    assert (state["jobs_waiting"], state["jobs_parked"]) == (2, 1)
    assert state["parked"] == "`emptychair jobs list --state parked` says why"
    assert state["queue_age_seconds"] == 12
    assert "warning" not in state


def test_a_queue_that_does_not_move_is_named(web: Web) -> None:
    waits(web, 301)
    state = json.loads(web.ask("GET", "/readyz").text)
    assert (state["ready"], state["queue_age_seconds"]) == (True, 301)
    assert "more than five minutes" in state["warning"]


def test_a_database_that_takes_no_writes_is_not_ready_and_says_why(hasty: Web) -> None:
    with hasty.locked():
        answer = hasty.ask("GET", "/readyz")
    assert answer.status == 503
    assert json.loads(answer.text) == {
        "ready": False,
        "reason": "the database is locked: another process writes to it",
    }
    assert hasty.ask("GET", "/readyz").status == 200


def test_a_write_that_takes_too_long_is_not_ready_either(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "READY_SECONDS", 0.02)
    with web.locked():
        for _ in range(3):
            answer = web.ask("GET", "/readyz")
            assert (answer.status, "is locked" in answer.text) == (503, True)
    monkeypatch.setattr(health, "READY_SECONDS", 2)
    assert web.ask("GET", "/readyz").status == 200


def test_a_closed_store_is_not_ready(web: Web) -> None:
    web.store.close()
    assert web.ask("GET", "/readyz").status == 503


def samples(web: Web) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(web.ask("GET", "/metrics").text)
    return {
        (sample.name, sample.labels.get("state", "")): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_metrics_are_prometheus_text_with_the_state_of_the_queue(web: Web) -> None:
    waits(web, 12)
    found = samples(web)
    assert found["emptychair_jobs", "ready"] == 2
    assert found["emptychair_jobs", "parked"] == 0
    assert found["emptychair_queue_age_seconds", ""] == 12
    assert web.ask("GET", "/metrics").headers["content-type"].startswith("text/plain; version=")


def test_the_metrics_answer_also_while_the_database_is_locked(hasty: Web) -> None:
    with hasty.locked():
        found = samples(hasty)
    assert found["emptychair_queue_age_seconds", ""] == 0
    assert found["emptychair_database_writable", ""] == 0
    assert samples(hasty)["emptychair_database_writable", ""] == 1


def test_what_slows_us_down_at_github_is_named(web: Web) -> None:
    pacer = Pacer(True, lambda: 1000.0)
    watched = Watched(lambda: -600.0, pacer)
    assert list(Watched(lambda: 0.0, pacer).warnings()) == []
    for n in range(82):
        with contextlib.suppress(NotYet):
            pacer.write(7, Rank.GATE, f"check {n}")
    pacer.refused(7, 90)
    assert list(watched.warnings()) == [
        "GitHub asked us to wait for 90 more seconds",
        "2 writes wait for room within GitHub's limits; checks go first",
        "the clock of this machine is 600 seconds behind GitHub's: put it right",
    ]
    measured = {metric.name: metric.samples[0].value for metric in watched.collect()}
    assert measured == {
        "emptychair_github_rest_seconds": 90,
        "emptychair_github_writes_waiting": 2,
        "emptychair_github_silent_seconds": 0,
        "emptychair_clock_ahead_seconds": -600,
    }
    page = Health(web.store, lambda: NOW, watched)
    answer = asyncio.run(page.readyz(Request({"type": "http"})))
    assert json.loads(bytes(answer.body))["warning"].startswith("GitHub asked us to wait")


@pytest.mark.parametrize(("seconds", "told"), [(0.0, False), (59.0, False), (61.2, True)])
def test_a_github_that_does_not_answer_is_named_after_a_minute(seconds: float, told: bool) -> None:
    watched = Watched(lambda: 0.0, Pacer(True), lambda: seconds)
    says = ["GitHub could not be reached for 61 seconds: the log says why"]
    assert list(watched.warnings()) == (says if told else [])


def test_who_asks_often_causes_no_more_writes(web: Web) -> None:
    before = web.rows("PRAGMA user_version")
    web.ask("GET", "/readyz")
    once = web.rows("PRAGMA user_version")
    for _ in range(5):
        assert web.ask("GET", "/readyz").status == 200
    assert before != once == web.rows("PRAGMA user_version")
