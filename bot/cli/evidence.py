"""`emptychair evidence`: what customers said, taken in from exports, searched, let go."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.core.voice.meaning import Meaning
    from bot.core.voice.rank import Found
    from bot.flows.voice.take_in import Taken
    from bot.store.store import Store

KINDS = ("asked", "observed", "signal")


@click.group("evidence")
def command() -> None:
    """What customers said, on file for every review.

    Import exports of support tools, surveys, interviews and stores; what fits a change is then
    offered beside it, and a person attaches it. E-mail addresses, phones, accounts and keys are
    taken out before anything is kept. Works on EMPTYCHAIR_DATABASE_URL, also while the bot runs.

    Example: emptychair evidence import tickets.csv --map text=body --map date=created_at
    """


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Which column holds what."
)
@click.option("--source", default="", metavar="NAME", help="Where it comes from [the file's name].")
@click.option("--json", "as_json", is_flag=True, help="What became of the rows as one JSON object.")
def take(file: str, maps: tuple[str, ...], source: str, as_json: bool) -> None:
    """Put the rows of a CSV or JSON-lines file on file.

    Columns: id, text; and where known kind (asked, observed; else signal), date, segment, customer,
    ex_customer, link, source, weight, keep_until. A row of an id that is known is brought up to
    date, so the same file can come again. Bad rows are named by line, the good ones are kept.
    """
    from bot.flows.voice.take_in import rows, take_in

    names = dict(_mapping(each) for each in maps)
    name = "-" if file == "-" else Path(file).name
    with _file(file) as lines, _writing() as (store, key, keep_days), _bar(file, lines) as seen:
        taken = take_in(
            store,
            rows(lines, name),
            names,
            source or Path(name).stem.strip("-")[:80] or "import",
            key,
            datetime.now(UTC),
            keep_days,
            seen,
        )
        _refresh(store, taken)
        _read_meaning(store)
    _tell(taken, as_json)
    if not taken.kept and taken.rows["bad"]:
        raise UserError("No row was kept. The columns may have other names: see --map.")


def _refresh(store: Store, taken: Taken) -> None:
    """Have the running bot offer to open reviews what is new on file."""
    from bot.store import queue

    now = datetime.now(UTC)
    if taken.rows["new"] or taken.rows["changed"]:
        lock = "refresh_quotes"
        store.write(lambda tx: queue.add(tx, lock, {}, lock, now, now))


def _read_meaning(store: Store) -> None:
    from bot.store import voice_vectors

    if (meaning := _meaning()) is not None:
        with _reading(store) as seen:
            voice_vectors.read_all(store, meaning, seen)


def _mapping(written: str) -> tuple[str, str]:
    from bot.core.voice.rows import FIELDS

    field, sign, column = written.partition("=")
    if not sign or field not in FIELDS or not column:
        known = ", ".join(FIELDS)
        raise click.BadParameter(f"write FIELD=COLUMN; the fields are {known}.", param_hint="--map")
    return field, column


def _tell(taken: Taken, as_json: bool) -> None:
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in taken.bad]
        counted = {name: taken.rows[name] for name in ("new", "changed", "known", "bad")}
        click.echo(json.dumps({**counted, "masked": dict(taken.masked), "bad_rows": bad}))
        return
    for line, reason in taken.bad:
        click.echo(f"Line {line} {reason}.", err=True)
    if (more := taken.rows["bad"] - len(taken.bad)) > 0:
        click.echo(f"And {more:,} more bad lines.", err=True)
    told = [f"{taken.rows[name]:,} {name}" for name in ("new", "changed", "known", "bad")]
    masked = ", ".join(f"{number:,} {kind}" for kind, number in taken.masked.items())
    out = f" Taken out of the texts: {masked}." if masked else ""
    click.echo(f"{', '.join(told)}.{out}")


@command.command("add")
@click.argument("text")
@click.option("--kind", type=click.Choice(KINDS), default="signal", show_default=True)
@click.option("--date", "on", metavar="DAY", help="When it was heard, as 2026-02-20.")
@click.option("--segment", default="", help="The customer group.")
@click.option("--customer", default="", help="Who said it; only a digest is kept.")
@click.option("--link", default="", help="Where it is said.")
@click.option("--ex-customer", is_flag=True, help="They left, or did not buy.")
def add(text: str, **parts: Any) -> None:
    """Put one piece on file."""
    from bot.flows.voice.take_in import take_in
    from bot.store.voices import digest

    raw = {"id": digest(text)[:16], "text": text, **parts, "date": parts.pop("on") or ""}
    with _writing() as (store, key, keep_days):
        taken = take_in(store, [(1, raw)], {}, "by hand", key, datetime.now(UTC), keep_days)
    if taken.bad:
        raise UserError(f"That piece {taken.bad[0][1]}.")
    click.echo("Known already." if taken.rows["known"] else "On file.")


@command.command("search")
@click.argument("text", required=False, nargs=-1)
@click.option("--queries", type=click.File("r", encoding="utf-8"), metavar="FILE.jsonl",
              help="Many searches, rows of id and query; one line of JSON each.")  # fmt: skip
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100), metavar="N")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def search(text: tuple[str, ...], queries: TextIO | None, limit: int, as_json: bool) -> None:
    """Find what customers said by the words of a change.

    Nothing that fits well enough is better than something that does not: then nothing is shown.
    """
    wanted = " ".join(text)
    if bool(wanted.strip()) == (queries is not None):
        raise click.UsageError("Give a TEXT, or a file of --queries.")
    with _searching() as find:
        if queries is not None:
            for query in _queries(queries):
                click.echo(_as_json(query["id"], find(query["query"], limit)))
            return
        found = find(wanted, limit)
    if as_json:
        click.echo(_as_json(None, found))
    elif not found:
        click.echo("No customer voice found; who could we ask?")
    for each, _ in found if not as_json else ():
        piece = each.piece
        parts = [piece.kind, str(piece.on or ""), piece.segment, "ex-customer" * piece.former]
        about = ", ".join(part for part in parts if part)
        click.echo(
            f"“{piece.text}”\n  {about} · {each.source} {each.source_id} {piece.link}".rstrip()
        )


def _queries(lines: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            yield {"id": found["id"], "query": str(found["query"])}
        except (ValueError, KeyError, TypeError):
            raise UserError(
                f"Line {number} of the queries is no object with id and query."
            ) from None


def _as_json(id: object, found: list[tuple[Found, float]]) -> str:
    hits = [
        {
            "id": each.source_id, "text": each.piece.text, "score": round(score, 4),
            "kind": each.piece.kind, "segment": each.piece.segment, "source": each.source,
            "date": each.piece.on.isoformat() if each.piece.on else None,
        }
        for each, score in found
    ]  # fmt: skip
    return json.dumps({"id": id, "hits": hits}, ensure_ascii=False)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def counts(as_json: bool) -> None:
    """What is on file, by source and kind."""
    from bot.store import reports, voice_file

    with reports.reading(_settings().database_url) as connection:
        found = voice_file.counts(connection)
    if as_json:
        rows = [
            {"source": c.source, "kind": c.kind, "pieces": c.pieces,
             "first": c.first.isoformat() if c.first else None,
             "last": c.last.isoformat() if c.last else None}
            for c in found
        ]  # fmt: skip
        click.echo(json.dumps({"pieces": sum(c.pieces for c in found), "sources": rows}))
        return
    if not found:
        click.echo("Nothing is on file. `emptychair evidence import` takes exports in.")
    for c in found:
        days = f"{c.first} to {c.last}" if c.first else "without a date"
        click.echo(f"{c.source or 'Slack':24} {c.kind:10} {c.pieces:>9,}  {days}")


@command.command("export")
def export() -> None:
    """Write every piece as JSON lines, customers as digests. What it writes can be imported."""
    from bot.store import reports, voice_file

    with reports.reading(_settings().database_url) as connection:
        for each in voice_file.all_of(connection):
            piece = each.piece
            if piece.private_to:
                continue  # what was said in a private channel stays there
            row = {
                "id": each.source_id or f"slack-{each.id}", "source": each.source,
                "text": piece.text, "kind": piece.kind,
                "date": piece.on.isoformat() if piece.on else None,
                "segment": piece.segment, "ex_customer": piece.former, "link": piece.link,
                "customer_digest": each.customer, "weight": each.weight,
                "keep_until": each.keep_until.isoformat() if each.keep_until else None,
            }  # fmt: skip
            click.echo(json.dumps(row, ensure_ascii=False))


@command.command("forget")
@click.argument("customer")
@click.option("--yes", is_flag=True, help="Do not ask, as in a script.")
def forget(customer: str, yes: bool) -> None:
    """Erase all that a customer said, by the name that the imported rows gave.

    Also the words of pieces that people attached to reviews; that somebody was heard stays on
    record. The ledger holds no words, and stays whole.
    """
    from bot.flows.voice.forget import forget as erase
    from bot.flows.voice.take_in import digest

    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase all that {customer} said?", abort=True)
    with _writing() as (store, key, _):
        filed, attached = erase(store, digest(key, customer))
    if not filed and not attached:
        click.echo("Nothing is on file of them. Names count as they stood in the import.")
        return
    click.echo(f"Erased: {filed} on file, {attached} attached to reviews.")


# -- the record ------------------------------------------------------------------------------------


def _settings() -> Any:
    from bot.cli.environment import settings

    return settings()


@contextmanager
def _writing() -> Iterator[tuple[Store, bytes, int]]:
    """The record, the key of customers' digests, and for how long a piece is kept. A database that
    is not there yet is made."""
    from sqlalchemy.exc import OperationalError

    from bot.store import catalog, keys, schema
    from bot.store.engine import database_file, open_engine
    from bot.store.store import Store

    read = _settings()
    file = database_file(read.database_url)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        schema.migrate(read.database_url)
    given = read.secret_key.get_secret_value() if read.secret_key else None
    key = keys.derived(keys.root_key(given, file), "voice")
    keep_days = catalog.load(read.checklists_dir).organisation.evidence.keep_days
    _refuse_old(read.database_url)
    store = Store(open_engine(read.database_url))
    try:
        yield store, key, keep_days
    except OperationalError as error:
        rule = "did not take it; another program may hold it, or the disk is full. Try again"
        raise UserError(f"The database {rule} ({error.orig}).") from None
    finally:
        store.close()


def _refuse_old(url: str) -> None:
    from bot.store import reports

    with reports.reading(url):
        pass  # the record is of this version


@contextmanager
def _searching() -> Iterator[Callable[[str, int], list[tuple[Found, float]]]]:
    from bot.store import reports, voice_search

    today, meaning = datetime.now(UTC).date(), _meaning()

    with reports.reading(_settings().database_url) as connection:

        def find(text: str, most: int) -> list[tuple[Found, float]]:
            texts = text.split("\n", 1)
            return voice_search.search(connection, texts, most, today, meaning=meaning)

        yield find


def _meaning() -> Meaning | None:
    from bot.gateways.meaning import MiniLm, installed

    return MiniLm() if installed() else None


@contextmanager
def _reading(store: Store) -> Iterator[Callable[[int], None]]:
    """A progress bar over the pieces whose meaning is still to be read."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.store import voice_vectors

    with store.read() as connection:
        lacking = voice_vectors.lacking(connection)
    with Progress(transient=True, console=Console(stderr=True)) as progress:
        task = progress.add_task("reading what they mean", total=lacking)
        yield lambda number: progress.update(task, advance=number)


@contextmanager
def _file(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    with Path(name).open(encoding="utf-8", errors="replace", newline="") as lines:
        yield lines


@contextmanager
def _bar(name: str, lines: IO[str]) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, by how much of the file was read."""
    if name == "-" or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import Progress

    size = Path(name).stat().st_size
    with Progress(transient=True) as progress:
        task = progress.add_task(Path(name).name, total=size)
        raw: Any = lines.buffer  # type: ignore[attr-defined]
        yield lambda _: progress.update(task, completed=raw.tell())
