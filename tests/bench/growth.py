"""What one event, a start and the disk cost, as the record grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.drive import Plan
from tests.bench.multiply import Record
from tests.bench.scenarios import OPENED, Run

REVIEWS = (1_000, 10_000, 100_000)
WRITTEN = 50  # reviews that the bot writes itself, before they are multiplied
ANSWERED = """\
## Customer impact

who: existing
why: People with migraines cannot read the page for long.
effect: better
voice: signal https://example.com/tickets/7
"""


def growth(run: Run, sizes: tuple[int, ...] = REVIEWS) -> Iterator[dict[str, Any]]:
    """One pull request after another, GitHub answering at once, in records of these sizes."""
    stage = run.stage
    stage.fresh()
    stage.faults()
    hooks, path = stage.webhooks, stage.peer.path
    bodies = [(n, hooks.body(OPENED, n, description=ANSWERED)) for n, _ in run.requests(WRITTEN)]
    run.send([(n, hooks.request(path, OPENED, body)) for n, body in bodies], Plan(slots=4))
    file = stage.folder / "emptychair.db"
    stage.stop()
    record = Record(file)
    for size in sizes:
        stage.stop()
        reviews = record.grow(size)
        start = run.starts(stage.start)
        run.drive(run.count(40, 1), Plan(slots=4))
        row = run.drive(run.count(100, 1), Plan(slots=1))
        yield start | row | {"reviews": reviews, "database_mb": _size(file)}


def _size(file: Path) -> float:
    """Megabytes on disk, the write-ahead log too."""
    return round(sum(part.stat().st_size for part in file.parent.glob(file.name + "*")) / 1e6, 1)
