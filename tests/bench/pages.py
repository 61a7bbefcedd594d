"""A million reviews behind the pages: how long the server takes, and what deliveries feel of it."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cli.demo_year import generate, organisation
from bot.core.roles import Identity
from bot.store import catalog, sessions
from bot.store import tables as t
from bot.store.engine import open_engine
from bot.store.store import Store
from tests import make
from tests.bench.flood import Flood
from tests.hardship.process import Bot, bot_in
from tests.pages.visit import Visit

NAME = "a-session-of-the-benchmark"
TEAMS = """
mode: [{repositories: '**', mode: enforce}]
teams:
  - {name: Shop, repositories: ['acme/*']}
"""
WORDS = ("export", "price page", "admins", "invoice faster", "reminder mail")
FILTERS = (
    "", "since=all", "since=52w", "since=all&team=Checkout", "since=all&tier=R2",
    "since=all&overlay=pricing", "since=all&segment=admins", "since=all&source=slack",
    "since=all&place=generated/search", "since=26w&team=Billing&tier=R3&segment=free",
)  # fmt: skip
WEEKS = 150  # over which copies are spread


def multiply(file: Path, copies: int) -> None:
    """Copies of all that is on record, each some weeks older."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}")
    base = connection.execute("SELECT max(id) FROM review").fetchone()[0] + 1000
    subjects = connection.execute("SELECT max(id) FROM subject").fetchone()[0] + 1000
    # Nothing of it waits for the bot: what is measured are the pages.
    connection.execute("UPDATE review SET mode = 'enforce', waived_until = NULL")
    for copy in range(1, copies):
        connection.execute("BEGIN")
        for table, changed in _changed(copy, base, subjects).items():
            most = subjects - 1000 if table == "subject" else base - 1000
            _copy(connection, table, changed, most)
        words = "INSERT INTO decision_text (rowid, title, said, tenant) SELECT rowid + ?, title, "
        words += "said, tenant FROM decision_text WHERE rowid <= ?"
        connection.execute(words, (copy * base, base - 1000))
        connection.execute("COMMIT")
        if copy % 20 == 0:
            print(f"\r  {copy / copies:4.0%} of the record", end="", file=sys.stderr, flush=True)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    print(file=sys.stderr)


def _changed(copy: int, base: int, subjects: int) -> dict[str, dict[str, str | None]]:
    """What differs in a copy, by table and column; None where the database gives a number."""
    week = copy % WEEKS
    days, seconds = week * 7, week * 604_800
    review = {"review_id": f"review_id + {copy * base}"}
    moved = {
        name: f"strftime('%Y-%m-%d %H:%M:%f', {name}, '-{days} days') || '000'"
        for name in ("opened_at", "decided_at", "completed_at")
    }
    return {
        "subject": {
            "id": f"id + {copy * subjects}", "number": f"number + {copy * 10_000}",
            "ts": f"ts || '.{copy}'",
        },
        "review": {
            "id": f"id + {copy * base}", "subject_id": f"subject_id + {copy * subjects}", **moved
        },
        "answer": {"id": None, **review},
        "evidence": {"id": None, **review},
        "numbers": {
            **review, "seq": f"seq + {copy * base * 2}", "opened": f"opened - {seconds}",
            "decided": f"CASE decided WHEN -1 THEN -1 ELSE decided - {seconds} END",
        },
    }  # fmt: skip


def _copy(
    connection: sqlite3.Connection, table: str, changed: dict[str, str | None], most: int
) -> None:
    given = [c.name for c in t.metadata.tables[table].columns]
    names = [name for name in given if changed.get(name, "") is not None]
    values = ", ".join(changed.get(name) or f'"{name}"' for name in names)
    key = "review_id" if table in ("answer", "evidence", "numbers") else "id"
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE {key} <= {most}'
    )


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def told(name: str, found: list[float]) -> None:
    """Print the median and what 19 of 20 do not exceed, in milliseconds."""
    ordered = sorted(found)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"  {name:58} p50 {statistics.median(found):7.1f} ms   p95 {p95:7.1f} ms", flush=True)


def _get(visit: Visit, path: str) -> Callable[[], Any]:
    return lambda: visit.get(path)


def pages(bot: Bot, rounds: int) -> None:
    """Every filter, counted anew each time: another last day makes it one that nobody asked for."""
    owner, days = _signed_in(bot), itertools.count()
    first = timed(_get(owner, "/?since=all"))
    print(f"  {'the first page after a start':58} {first:11.0f} ms", flush=True)
    every: list[float] = []
    for query in FILTERS:
        times = []
        for _ in range(rounds):
            until = date(2100, 1, 1) + timedelta(days=next(days))
            times.append(timed(_get(owner, f"/?{query}&until={until}")))
        every += times
        told(f"overview, {query or 'the last twelve weeks'}", times)
    told("overview, any filter", every)
    told("overview, counted before", [timed(_get(owner, "/?since=all")) for _ in range(rounds * 3)])
    search = [timed(_get(owner, f"/decisions?q={w}")) for w in WORDS for _ in range(rounds)]
    told("decisions, a search", search)
    some = [timed(_get(owner, f"/reviews/{id}")) for id in range(5, 5 + 20 * rounds)]
    told("the page of a review", some)
    behind = "/reviews?since=all&show=complete"
    told("the list behind a number", [timed(_get(owner, behind)) for _ in range(rounds)])


def exported(bot: Bot, most: float) -> None:
    """All rows, and what memory they take beside what was there."""
    owner, before = _signed_in(bot), _memory(bot)
    start, size, rows, highest = time.perf_counter(), 0, 0, before
    with owner.get("/api/v1/export.csv?since=all", stream=True) as answer:
        for chunk in answer.iter_content(1 << 16):
            size, rows = size + len(chunk), rows + chunk.count(b"\n")
            highest = max(highest, _memory(bot))
            if time.perf_counter() - start > most:
                break
    seconds = time.perf_counter() - start
    what = f"{rows:,} rows, {size / 1e6:.0f} MB in {seconds:.0f} s ({rows / seconds:,.0f} a second)"
    print(f"  export: {what}, {highest - before} MB of memory beside {before} MB")


def _memory(bot: Bot) -> int:
    """What the process holds, in MB."""
    assert bot.process is not None
    text = Path(f"/proc/{bot.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if "VmRSS" in line)) // 1024


def deliveries(bot: Bot, seconds: float, a_second: int) -> float:
    """The longest that 99 of 100 deliveries wait for their answer at that rate, in ms."""
    requests = [_delivery(bot, f"{time.time_ns()}-{at}") for at in range(int(seconds * a_second))]
    flood = Flood(requests, a_second)
    port = int(bot.url.rpartition(":")[2])
    asyncio.run(flood.run(port, 32, seconds + 30))
    assert set(flood.statuses) == {"202"}, flood.statuses
    return sorted(flood.acks)[int(len(flood.acks) * 0.99)]


def _delivery(bot: Bot, name: str) -> bytes:
    body = make.as_body(make.payload("issue_comment", "created"))
    told = make.headers("issue_comment", body, name, bot.webhook_secret)
    told |= {"Host": bot.url.partition("//")[2], "Content-Length": str(len(body))}
    lines = "".join(f"{key}: {value}\r\n" for key, value in told.items())
    return f"POST /github/webhooks HTTP/1.1\r\n{lines}\r\n".encode() + body


def beside(bot: Bot, seconds: float) -> None:
    """Deliveries alone, and beside 50 page views a second, of four people."""
    deliveries(bot, 3, 300)  # to warm up
    alone = deliveries(bot, seconds, 300)
    stop, views = threading.Event(), []

    def look() -> None:
        owner, following = _signed_in(bot), time.monotonic()
        while not stop.is_set():
            views.append(timed(_get(owner, "/")))
            following += 4 / 50
            time.sleep(max(0.0, following - time.monotonic()))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    busy = deliveries(bot, seconds, 300)
    stop.set()
    for thread in threads:
        thread.join()
    rate = len(views) / seconds
    print(f"  acknowledgement p99 alone {alone:.0f} ms, beside {rate:.0f} views/s {busy:.0f} ms")
    told("those views", views)


def _signed_in(bot: Bot) -> Visit:
    visit = Visit(bot.url)
    visit.session.cookies.set("emptychair", NAME)
    return visit


def _record(bot: Bot, reviews: int) -> None:
    """A generated year, as many times as it takes; and somebody who is signed in."""
    checklists = bot.folder / "checklists"
    (checklists / "organisation.yaml").write_text(organisation(TEAMS))
    store, now = Store(open_engine(f"sqlite:///{bot.database}")), datetime.now(UTC)
    base = generate(store, catalog.load(checklists), now)
    data = {"who": asdict(Identity("local", "owner", "You")), "actor": [-1, "You"], "csrf": "x"}
    end = now + timedelta(days=1)
    store.write(lambda tx: sessions.begin(tx, NAME, data, now, end))
    store.close()
    copies = max(1, round(reviews / base))
    print(f"{base * copies:,} reviews, {copies} copies of a generated year", flush=True)
    multiply(bot.database, copies)


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, bot_in(Path(folder)) as bot:
        if bot.process is not None:
            bot.terminate()
        _record(bot, args.reviews)
        bot.start()
        pages(bot, args.rounds)
        beside(bot, args.seconds)
        exported(bot, 6 * args.seconds)


if __name__ == "__main__":
    main()
