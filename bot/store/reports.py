"""What the record tells as a whole: rows for the statistics, waivers that ran out, samples.

Reads only, also while the bot runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Row,
    Select,
    String,
    cast,
    select,
    text,
)

from bot.core.columns import Columns
from bot.core.filters import Where
from bot.core.gate import Gate
from bot.core.review import State
from bot.core.rulings import Ruling, Sample
from bot.core.stats import RanOut
from bot.core.waivers import Waiver
from bot.errors import UserError
from bot.store import access, numbers
from bot.store import tables as t
from bot.store.engine import database_file, open_reading, schema_version
from bot.store.schema import HEAD

_OF_REVIEWS = t.review.join(t.subject).join(t.repository)
_NAMED: Select[Any] = select(
    t.repository.c.full_name,
    t.subject.c.number,
    t.subject.c.url,
    t.review.c.state,
    t.review.c.waivers,
    t.review.c.rulings,
).select_from(_OF_REVIEWS)
_RAN_OUT = _NAMED.where(
    t.review.c.state == State.DECIDED,
    t.review.c.gate != Gate.COMPLETE,
    cast(t.review.c.waivers, String) != "[]",
)
_RULED = _NAMED.where(cast(t.review.c.rulings, String) != "[]")
_WAIVERS = TypeAdapter(tuple[Waiver, ...])
_RULINGS = TypeAdapter(tuple[Ruling, ...])


@dataclass(frozen=True, slots=True)
class Waiting:
    """An attestation, "no customer will notice", that was drawn for a reviewer to judge."""

    pull_request: str
    url: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The drawn attestations: those that wait, oldest first, and how many were judged so far.

    `lapsed` were not judged and no longer need to be: something else ended the attestation (a push
    that matched a new rule, an answer that raises), or the pull request was closed unmerged.
    """

    waiting: tuple[Waiting, ...]
    right: int
    wrong: int
    lapsed: int


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """The record at `url`, as it is at one moment. Never makes one and never changes it.

    Raises UserError when there is none, none that this user may read, or another version's, and
    ConfigError when it is not ours.
    """
    _refuse_missing(url)
    engine = open_reading(url)
    try:
        _refuse_version(schema_version(engine))
        with engine.connect() as connection:
            connection.execute(text("PRAGMA query_only=ON"))
            connection.exec_driver_sql("BEGIN")
            yield connection
    finally:
        engine.dispose()


def _refuse_missing(url: str) -> None:
    """Opening would make the file. What names no file at all is refused where it is opened."""
    if not url.startswith("sqlite"):
        return
    file = database_file(url)
    if file.name not in ("", ":memory:") and not access.exists(file):
        raise UserError(
            f"There is no database at {file}: start `emptychair serve` once, or name another one "
            "in EMPTYCHAIR_DATABASE_URL."
        )


def _refuse_version(version: str | None) -> None:
    if version == HEAD:
        return
    newer = version is not None and version > HEAD
    step = "use the newer program that made it" if newer else "run `emptychair migrate` first"
    stands = f"at version {version}" if version else "empty"
    raise UserError(f"The database is {stands}, and this program reads version {HEAD}: {step}.")


def counted(connection: Connection) -> tuple[Columns, dict[str, Where]]:
    """All reviews as the numbers see them, and what their places are called."""
    columns = Columns()
    numbers.read(connection, columns, 0)
    return columns, numbers.places(connection)


def ran_out(connection: Connection, since: datetime | None, now: datetime) -> list[RanOut]:
    """The waivers that ran out on merged pull requests since then (None: ever), oldest first."""
    found = [
        RanOut(_name(row), row.url, w.scope, w.by.login, w.until, w.reason)
        for row in connection.execute(_RAN_OUT)
        for w in _WAIVERS.validate_python(row.waivers)
        if w.until and w.ends_at and w.over(now) and (since is None or w.ends_at >= since)
    ]
    return sorted(found, key=lambda each: (each.until, each.pull_request, each.scope))


def samples(connection: Connection) -> Samples:
    """The attestations that were drawn for a reviewer, and what became of them."""
    waiting: list[Waiting] = []
    fates: Counter[Sample] = Counter()
    for row in connection.execute(_RULED):
        for ruling in _RULINGS.validate_python(row.rulings):
            fates[ruling.sample] += 1
            still = ruling.sample is Sample.WAITING and not ruling.ended
            if still and row.state != State.WITHDRAWN:
                waiting.append(
                    Waiting(_name(row), row.url, ruling.by.login, ruling.at, ruling.reason)
                )
    return Samples(
        waiting=tuple(sorted(waiting, key=lambda each: (each.at, each.pull_request))),
        right=fates[Sample.RIGHT],
        wrong=fates[Sample.WRONG],
        lapsed=fates[Sample.WAITING] - len(waiting),
    )


def _name(row: Row[Any]) -> str:
    return f"{row.full_name}#{row.number}"
