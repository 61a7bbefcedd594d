"""`python -m tests.bench.slack`: how soon Slack is answered while GitHub is dead, and whether a
large record slows what people see.
"""

from __future__ import annotations

import argparse
import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.flows.figures import Counting
from bot.flows.nowhere import NO_GITHUB, NO_SLACK
from bot.flows.pacer import Pacer
from bot.flows.slack import facts
from bot.flows.slack.look import look
from bot.flows.slack.publish_card import _card
from bot.flows.slack.publish_home import _view
from bot.flows.world import World
from bot.jobs.embedded import EmbeddedJobs
from bot.ports import Transaction
from bot.store import proposal_subjects, proposals, recent, reviews, slack_people
from bot.store.engine import open_engine
from bot.store.store import Store
from bot.views.forms import wizard
from bot.views.slack_home import shown
from tests import make
from tests.examples import CATALOG
from tests.hardship.process import Bot, bot_in
from tests.hardship.slack_crowd import SlackCrowd
from tests.proposing import CHANNEL, proposal, review
from tests.views.slack_payloads import _said

IN_FLIGHT, SECONDS = 50, 10.0
SEEDS, PEOPLE = 20, 500
LOOKS = 300


@contextmanager
def dead() -> Iterator[str]:
    """A GitHub that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def acknowledged() -> None:
    """Fifty people at once, each sending the next thing as soon as the last one was taken."""
    with (
        dead() as github,
        tempfile.TemporaryDirectory() as folder,
        bot_in(Path(folder), GITHUB__BASE_URL=github) as bot,
    ):
        bot.start()
        for number in range(64):  # every worker for GitHub hangs
            bot.github.open_pull_request(title=f"A pull request {number}")
        time.sleep(1)
        took, refused = _crowded(bot)
        _tell("acknowledged, GitHub dead", took)
        print(f"  {len(took)} interactions, {refused} not taken, {IN_FLIGHT} in flight")


def _crowded(bot: Bot) -> tuple[list[float], int]:
    took: list[float] = []
    refused = 0
    until = time.monotonic() + SECONDS

    def work(seed: int) -> None:
        crowd = SlackCrowd(bot.slack, random.Random(seed), most=10**6)
        while time.monotonic() < until:
            crowd.act()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(IN_FLIGHT)]
    first = len(bot.slack.deliveries)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for delivery in bot.slack.deliveries[first:]:
        if delivery.ok:
            took.append(delivery.seconds)
        else:
            refused += 1
    return took, refused


def at_size(total: int) -> None:
    """Card, wizard and App Home with so many reviews on record; each read anew."""
    with tempfile.TemporaryDirectory() as folder:
        url = make.database(Path(folder))
        store = Store(open_engine(url))
        for number in range(SEEDS):
            _seed(store, number)
        _multiply(store, total)
        world = _world(store)
        with store.read() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM review").scalar()
        print(f"\n{count} reviews on record")
        _tell("card", _looked(_card_of(world)))
        _tell("wizard", _looked(_wizard_of(world)))
        _tell("App Home", _looked(_home_of(world)))
        store.close()


def _seed(store: Store, number: int) -> None:
    of = replace(proposal("notice", "money"), ts=f"1770000000.{number:06d}")
    made = replace(
        review(*_said("We asked ten of them, and seven said so"), of=of), id=0, version=0
    )

    def work(tx: Transaction) -> None:
        proposal_subjects.see_channel(tx, CHANNEL, made.opened_at)
        slack_people.meet(tx, "T0ACME", f"U{number}", f"person {number}")
        reviews.save(tx, made)

    store.write(work)


def _multiply(store: Store, total: int) -> None:
    copies = total // SEEDS
    statements = (
        "CREATE TEMP TABLE n AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
        f"WHERE n < {copies - 1}) SELECT n FROM c",
        _copied(store, "subject", {"id": f"id + n * {SEEDS}", "ts": "ts || n"}),
        _copied(
            store,
            "review",
            {
                "id": f"id + n * {SEEDS}",
                "subject_id": f"subject_id + n * {SEEDS}",
                "state": "CASE WHEN n % 20 = 0 THEN 'open' ELSE 'decided' END",
                "gate": "CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'complete' END",
            },
        ),
        _copied(
            store, "answer", {"id": "id + n * 1000000", "review_id": f"review_id + n * {SEEDS}"}
        ),
        _copied(
            store, "evidence", {"id": "id + n * 1000000", "review_id": f"review_id + n * {SEEDS}"}
        ),
        _copied(
            store,
            "part",
            {
                "review_id": f"review_id + n * {SEEDS}",
                "person_id": f"CASE kind WHEN 'owner' THEN -(n % {PEOPLE}) - 1 ELSE person_id END",
                "open": "n % 20 = 0",
                "decided_at": "CASE WHEN n % 20 THEN '2026-03-03 09:30:00.000000' END",
            },
        ),
        "ANALYZE",
    )

    def work(tx: Transaction) -> None:
        for statement in statements:
            tx.connection.exec_driver_sql(statement)

    store.write(work)


def _copied(store: Store, table: str, changes: dict[str, str]) -> str:
    with store.read() as connection:
        rows = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    names = [f'"{row[1]}"' for row in rows]
    values = [changes.get(row[1], f'"{row[1]}"') for row in rows]
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}, n"


def _world(store: Store) -> World:
    clock = lambda: datetime.now(UTC)  # noqa: E731
    jobs = EmbeddedJobs(store, clock, 1, 1)
    return World(
        store=store, counting=Counting(store, CATALOG.organisation), github=NO_GITHUB,
        jobs=jobs, catalog=CATALOG, clock=clock,
        salt=lambda: b"", ledger_key=b"", app_id=1, quiet=timedelta(), pacer=Pacer(False),
        slack=NO_SLACK,
    )  # fmt: skip


def _any_ts() -> str:
    return f"1770000000.{random.randrange(SEEDS):06d}"


def _card_of(world: World) -> Callable[[], object]:
    def draw() -> object:
        with world.store.read() as connection:
            found = proposals.load(connection, CHANNEL.id, _any_ts())
            assert found is not None
            return _card(world, connection, found, found.id)

    return draw


def _wizard_of(world: World) -> Callable[[], object]:
    who = facts.Who("T0ACME", "U1", "person 1")
    return lambda: wizard.show(look(world, who, f"p:{CHANNEL.id}:{_any_ts()}", {}))


def _home_of(world: World) -> Callable[[], object]:
    def draw() -> object:
        with world.store.read() as connection:
            person = slack_people.find(connection, "T0ACME", f"U{random.randrange(SEEDS)}")
            assert person is not None
            return shown(_view(world, connection, person, 0))

    return draw


def _looked(draw: Callable[[], object]) -> list[float]:
    took = []
    draw()
    for _ in range(LOOKS):
        recent.forget()
        began = time.perf_counter()
        draw()
        took.append(time.perf_counter() - began)
    return took


def _tell(what: str, took: list[float]) -> None:
    cut = statistics.quantiles(took, n=100)
    shown_ms = [f"{1000 * value:.1f}" for value in (cut[49], cut[94], cut[98], max(took))]
    print(f"{what}: p50 {shown_ms[0]}  p95 {shown_ms[1]}  p99 {shown_ms[2]}  max {shown_ms[3]} ms")


def main() -> None:
    """Both; `--reviews` is how large a record is looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=100_000)
    options = parser.parse_args()
    acknowledged()
    for total in (1_000, options.reviews):
        at_size(total)


if __name__ == "__main__":
    main()
