"""What `emptychair jobs` prints of a job."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.store import operator
from bot.store.operator import Seen, State
from bot.views.jobs import about, place
from bot.views.markdown import INVISIBLE, plain

COLUMNS = ("id", "state", "job", "about", "tries", "since (UTC)", "next run", "last error")


def names_of(connection: Connection, found: list[Seen]) -> Mapping[int, str]:
    """The names of the repositories that these jobs are about."""
    places = [place(seen.job.args, seen.job.lock) for seen in found]
    return operator.repositories(connection, [each.repository for each in places if each])


def as_json(seen: Seen, names: Mapping[int, str]) -> dict[str, Any]:
    """A job in the order in which it is read."""
    job, waits = seen.job, seen.state is not State.PARKED
    return {
        "id": job.id,
        "state": str(seen.state),
        "name": job.name,
        "about": about(job.args, job.lock, names),
        "tries": job.attempts,
        "since": job.created_at.isoformat(timespec="seconds"),
        "next_run": job.run_at.isoformat(timespec="seconds") if waits else None,
        "lock": job.lock,
        "error": seen.error,
    }


def table(found: list[Seen], names: Mapping[int, str]) -> str:
    """One line for each; wide where it is not drawn on a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 240)
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold")
    for seen in found:
        job = seen.job
        next_run = "" if seen.state is State.PARKED else time(job.run_at)
        where, error = about(job.args, job.lock, names), plain(seen.error, 100)
        cells = (job.id, seen.state, job.name, where, job.attempts, time(job.created_at), next_run)
        table.add_row(*(Text(line(str(cell))) for cell in (*cells, error)))
    with console.capture() as drawn:
        console.print(table)
    return "\n".join(row.rstrip() for row in drawn.get().splitlines())


def line(text: str) -> str:
    """What an error quotes may come from anybody: no controls reach the terminal."""
    return " ".join(INVISIBLE.sub("", text).split())


def time(at: datetime) -> str:
    """To the second."""
    return f"{at:%Y-%m-%d %H:%M:%S}"
