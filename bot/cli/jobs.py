"""`emptychair jobs`: what is promised, what failed and why; do it again, or give it up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from bot.errors import UserError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.ports import Transaction
    from bot.store.operator import Seen

Result = TypeVar("Result")
BATCH = 500  # jobs in one transaction, so that a running bot never waits long
ALL = "all-parked"


class JobId(click.ParamType[int]):
    """The number of a job."""

    name = "id"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if not _is_id(str(value)):
            self.fail(f"{value!r} is not the number of a job; `emptychair jobs list` shows them.")
        return int(str(value))


@click.group("jobs")
def command() -> None:
    """List promised jobs, and retry or drop failed ones.

    A job is parked when trying again did not help: GitHub refused it for good, or it failed too
    often. Works on EMPTYCHAIR_DATABASE_URL, whether or not the bot runs; no other setting is
    needed.

    Example: emptychair jobs list --state parked
    """


@command.command("list")
@click.option("--state", type=click.Choice(["parked", "retrying", "ready"]), help="Only these.")
@click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="At most N.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, errors whole.")
def list_jobs(state: str | None, limit: int, as_json: bool) -> None:
    """List promised jobs, oldest first.

    parked: failed, and waits for you. retrying: failed, and is tried again at its next run. ready:
    waits for its turn or its time.
    """
    from bot.cli import jobs_text as text
    from bot.store import operator

    wanted = operator.State(state) if state else None
    with _reading() as connection:
        found = operator.listed(connection, wanted, limit)
        counted = operator.counted(connection)
        names = text.names_of(connection, found)
    if as_json:
        jobs = [text.as_json(seen, names) for seen in found]
        click.echo(json.dumps({"counted": counted, "jobs": jobs}))
        return
    click.echo(", ".join(f"{number} {name}" for name, number in counted.items()) + ".")
    if found:
        click.echo(f"\n{text.table(found, names)}")
    if (left := sum(counted.values() if wanted is None else [counted[wanted]]) - len(found)) > 0:
        click.echo(f"\nAnd {left} more; --limit shows them.")


@command.command("show")
@click.argument("id", type=JobId())
def show(id: int) -> None:
    """Show one job with its whole error and its delivery."""
    from bot.cli import jobs_text as text
    from bot.store import operator

    with _reading() as connection:
        seen = _there(operator.load(connection, id), id)
        names = text.names_of(connection, [seen])
        told = operator.told(connection, str(seen.job.args.get("delivery", "")))
    rows = text.as_json(seen, names)
    if told is not None:
        received = text.time(told.received_at)
        rows["delivery"] = f"{told.event} ({told.fact}), received {received} UTC"
    rows["arguments"] = json.dumps(dict(seen.job.args), ensure_ascii=False)
    width = max(map(len, rows)) + 2
    for name, value in rows.items():
        if value not in (None, "") and name != "error":
            click.echo(f"{name.replace('_', ' '):{width}}{text.line(str(value))}")
    if seen.error:
        click.echo("error")
        for line in seen.error.splitlines():
            click.echo(f"  {text.line(line)}")


@command.command("retry")
@click.argument("which", nargs=-1, required=True, metavar="ID...|all-parked")
def retry(which: tuple[str, ...]) -> None:
    """Promise parked jobs again, their tries counted anew.

    Give their ids, or all-parked. They become new jobs, with new ids; a running bot takes them up
    within a second, in the order in which they were promised.
    """
    from bot.store import operator

    if (ALL in which and len(which) > 1) or not all(w == ALL or _is_id(w) for w in which):
        raise click.BadParameter("give ids of jobs, or all-parked alone.")
    if which != (ALL,):
        ids = sorted({int(each) for each in which})
        done = _write(lambda tx: _retry(tx, ids))
    else:
        done, newest = 0, _write(lambda tx: operator.newest(tx.connection))
        while many := _write(lambda tx: operator.retry_parked(tx, newest, _now(), BATCH)):
            done += many
    if not done:
        click.echo("No job is parked.")
        return
    click.echo("1 job is promised again." if done == 1 else f"{done} jobs are promised again.")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _retry(tx: Transaction, ids: list[int]) -> int:
    """All of them or none."""
    from bot.cli import jobs_text as text
    from bot.store import operator

    for id in ids:
        seen = _there(operator.load(tx.connection, id), id)
        if seen.state is not operator.State.PARKED:
            at = text.time(seen.job.run_at)
            raise UserError(f"Job {id} is not parked: it runs by itself, next at {at} UTC.")
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    return sum(operator.retry(tx, batch, _now()) for batch in batches)


@command.command("drop")
@click.argument("id", type=JobId())
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(id: int, yes: bool) -> None:
    """Give a job up: it is never done.

    Says what is lost by that, and asks. A job that has not failed can be dropped only while the bot
    is stopped: a running one is about to do it.
    """
    from bot.cli import jobs_text as text
    from bot.jobs.names import PERIODIC
    from bot.store import operator
    from bot.views.jobs import about, lost

    with _reading() as connection:
        seen = _there(operator.load(connection, id), id)
        names = text.names_of(connection, [seen])
    job = seen.job
    where = text.line(about(job.args, job.lock, names))
    click.echo(f"Job {id}, {job.name}{f' of {where}' if where else ''}, is {seen.state}.")
    click.echo(f"If it is dropped, {lost(job.name, job.name in PERIODIC)}.")
    if not yes:
        click.confirm("Drop it?", abort=True)
    with _alone(id) if seen.state is operator.State.READY else nullcontext():
        if not _write(lambda tx: operator.drop(tx, id)):
            raise UserError(f"Job {id} is not there any more: it was done meanwhile.")
    click.echo("Dropped.")


@contextmanager
def _alone(id: int) -> Iterator[None]:
    from bot.cli.environment import settings
    from bot.jobs.hold import AlreadyRunning, hold
    from bot.store.engine import database_file

    try:
        lock = hold(database_file(settings().database_url))
    except AlreadyRunning:
        rule = "has not failed, and the bot that runs is about to do it. Stop the bot to drop it"
        raise UserError(f"Job {id} {rule}.") from None
    with lock:
        yield


@contextmanager
def _reading() -> Iterator[Connection]:
    from bot.cli.environment import settings
    from bot.store import reports

    with reports.reading(settings().database_url) as connection:
        yield connection


def _write(work: Callable[[Transaction], Result]) -> Result:
    """One transaction beside a running bot, that waits for its turn."""
    from sqlalchemy.exc import OperationalError

    from bot.cli.environment import settings
    from bot.store.engine import open_engine
    from bot.store.store import Store

    with _reading():
        pass  # the record is there, and of this version
    store = Store(open_engine(settings().database_url))
    try:
        return store.write(work)
    except OperationalError as error:
        rule = "did not take it; another program may hold it, or the disk is full. Try again"
        raise UserError(f"The database {rule} ({error.orig}).") from None
    finally:
        store.close()


def _there(seen: Seen | None, id: int) -> Seen:
    if seen is None:
        rule = "It was done or dropped, is promised again under another id, or never was"
        raise UserError(f"There is no job {id}. {rule}: `emptychair jobs list` shows all.")
    return seen


def _now() -> datetime:
    return datetime.now(UTC)
