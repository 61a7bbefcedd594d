"""The bench tells what it measured, sends what the door accepts, and copies what the bot reads."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.core.facts import PullRequest
from bot.inbound.github import GitHubDoor
from bot.inbound.github_events import parse
from bot.jobs.embedded import EmbeddedJobs
from bot.sandbox.server import Server
from bot.store import reviews
from bot.store.store import Store
from tests import make
from tests.bench import report
from tests.bench.drive import Target
from tests.bench.flood import flood
from tests.bench.measures import MEASURES, Row
from tests.bench.multiply import FIRST, Record
from tests.bench.published import PUBLISHED
from tests.bench.webhooks import FULL_SIZE, Webhooks
from tests.data import ROOT

OPENED = "pull_request.opened"
PAYLOAD = json.loads((ROOT / "tests" / "payloads" / f"{OPENED}.json").read_text(encoding="utf-8"))


# -- the table -------------------------------------------------------------------------------------


def results(folder: Path, *rows: dict[str, Any]) -> list[Row]:
    file = folder / "results.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return report.read(file)


def of(peer: str, scenario: str, **figures: Any) -> dict[str, Any]:
    return {"peer": peer, "scenario": scenario, "foreign_cpu_share": 0.02, **figures}


def a_run(folder: Path) -> list[Row]:
    machine = {"at": "2026-03-02 09:30 UTC", "cores": 2, "python": "3.11.7", "system": "Linux x"}
    lost = {"fault": "502", "sent": 100, "lost_silently": 1, "lost_visibly": 2}
    growth = {
        "reviews": 10000, "effect_p50_ms": 8.25, "effect_p99_ms": 21, "cpu_ms_per_event": 7.5,
        "ack_p99_ms": 3, "cold_s": 0.75, "rss_mib": 101, "database_mb": 97.5,
    }  # fmt: skip
    return results(
        folder,
        {"scenario": "machine", **machine},
        of("ours", "accept", accepted_per_s=1600, ack_p50_ms=30, ack_p99_ms=None),
        of("probot", "accept", accepted_per_s=600, ack_p50_ms=90, ack_p99_ms=120),
        of("ours", "pace", ack_p99_ms=25, driver_cpu_share=0.75),
        of("ours", "faults", **lost),
        of("ours", "growth", **growth) | {"foreign_cpu_share": 0.5},
    )


def test_the_table_says_what_was_aimed_for_what_came_and_what_others_did(tmp_path: Path) -> None:
    lines = [line.split("  ") for line in report.text(a_run(tmp_path)).splitlines()]
    told = {cells[0]: [cell.strip() for cell in cells[1:] if cell] for cells in lines}
    assert told["Accepted deliveries/s"] == [
        ">= 1,500, >= 3x Probot", "no", "1,600", "600", "-",
    ]  # fmt: skip
    assert told["Ack p99 at 300 deliveries/s, ms"] == ["<= 25", "yes", "25.0", "-", "-"]
    others = "task-list 0 of 100 … pr-agent 20 of 20"
    assert told["20 % of 502: lost"] == ["0", "no", "3 of 100", "-", others]
    assert "Pull requests done/s" not in told  # nobody measured it
    assert told["10,000"] == ["8.25", "21", "7.5", "3", "0.75", "101", "97.5"]


def test_without_a_peer_what_is_aimed_for_beside_it_is_neither_met_nor_missed(
    tmp_path: Path,
) -> None:
    alone = results(tmp_path, of("ours", "accept", accepted_per_s=9000))
    line = next(line for line in report.text(alone).splitlines() if line.startswith("Accepted"))
    assert line.split()[2:] == [">=", "1,500,", ">=", "3x", "Probot", "9,000", "-"]


def test_below_the_table_stands_what_may_have_disturbed(tmp_path: Path) -> None:
    told = report.text(a_run(tmp_path))
    assert "Measured 2026-03-02 09:30 UTC, 2 cores, Python 3.11.7, Linux x" in told
    assert "other programs used much of the machine in ours growth (50%)." in told
    driver = "The driver used at most 75% of a core (ours pace). It may be what was measured."
    assert driver in told
    assert "Noisy" not in report.text(results(tmp_path, of("ours", "pace", ack_p99_ms=1)))


def test_github_draws_the_markdown_as_two_tables(tmp_path: Path) -> None:
    drawn = cmarkgfm.github_flavored_markdown_to_html(report.markdown(a_run(tmp_path)))
    assert drawn.count("<table>") == 2
    assert drawn.count("<td>Accepted deliveries/s</td>") == 1


def test_every_published_figure_stands_in_a_line_of_the_table() -> None:
    assert set(PUBLISHED) <= {measure.label for measure in MEASURES}


def test_the_page_has_every_line_and_what_was_published() -> None:
    page = (ROOT / "docs" / "PERFORMANCE.md").read_text(encoding="utf-8")
    for measure in MEASURES:
        assert f"| {measure.label.strip()} | {measure.target} |" in page
    assert report.others() in page


# -- the driver ------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = make.store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def target(store: Store) -> Iterator[Target]:
    """The door; nobody works off what it accepts."""
    jobs = EmbeddedJobs(store, lambda: make.NOW, 1, 3)
    door = GitHubDoor(store, jobs, [make.SECRET.encode()], lambda: make.NOW)
    routes = [Route("/github/webhooks", door.receive, methods=["POST"])]
    server = Server(Starlette(routes=routes), "127.0.0.1", 0)
    server.start()
    yield Target(int(server.url.rsplit(":", 1)[1]), 0, os.getpid(), {})
    server.stop()


def sent(secret: str, count: int) -> list[bytes]:
    hooks = Webhooks({OPENED: PAYLOAD}, secret)
    bodies = (hooks.body(OPENED, number, FULL_SIZE) for number in range(1, count + 1))
    return [hooks.request("/github/webhooks", OPENED, body) for body in bodies]


@pytest.mark.parametrize("rate", [0, 1000])
def test_the_door_accepts_what_the_driver_signs(store: Store, target: Target, rate: float) -> None:
    work = flood(target, sent(make.SECRET, 40), os.getpid(), connections=4, rate=rate)
    found = asyncio.run(work)
    assert (found["sent"], found["accepted"], found["refused"]) == (40, 40, 0)
    assert found["statuses"] == {"202": 40}
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM delivery").scalar() == 40


def test_what_the_door_refuses_is_counted_as_refused(target: Target) -> None:
    work = flood(target, sent("another secret", 6), os.getpid(), connections=2)
    found = asyncio.run(work)
    assert (found["accepted"], found["refused"], found["statuses"]) == (0, 6, {"401": 6})


def test_a_delivery_is_about_the_pull_request_it_was_made_for_and_as_large_as_github_s() -> None:
    body = Webhooks({OPENED: PAYLOAD}, make.SECRET).body(OPENED, 4711, FULL_SIZE, "Said\n“so”.")
    fact = parse("pull_request", body)
    assert isinstance(fact, PullRequest)
    assert (fact.number, fact.head_sha[:8], fact.body) == (4711, f"{4711:08x}", "Said\n“so”.")
    assert len(body) == FULL_SIZE


# -- a large record --------------------------------------------------------------------------------


def test_what_is_copied_is_a_review_that_the_bot_reads(tmp_path: Path, store: Store) -> None:
    full = make.full_review()
    made = replace(full, subject=replace(full.pull_request, number=12))
    store.write(lambda tx: reviews.save(tx, made))
    store.close()
    record = Record(tmp_path / "emptychair.db")
    assert [record.grow(1), record.grow(150), record.grow(300)] == [1, 150, 300]
    again = Store(store.engine)
    with again.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT repository_id, number FROM subject ORDER BY id"
        ).all()
        copies = [reviews.load(connection, *each) for each in found]
        assert len({tuple(each) for each in found}) == 300
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    again.close()
    original, copy = copies[0], copies[-1]
    assert original is not None
    assert copy is not None
    assert copy.pull_request.number > FIRST
    assert copy.pull_request.repository.full_name.startswith("team-")
    assert replace(copy, id=original.id, subject=original.pull_request) == original
