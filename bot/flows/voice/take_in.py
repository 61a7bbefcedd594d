"""Take in what customers said from an export: each piece once, without what names anybody."""

from __future__ import annotations

import csv
import hmac
import io
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TextIO

from bot.core.redaction.redact import Redactor
from bot.core.voice.rows import BadRow, Row, row
from bot.store import secret_rules, voice_file
from bot.store.store import Store

AT_ONCE = 500  # rows of one transaction, so that a running bot never waits long
TOLD = 20  # bad rows that are named


@dataclass
class Taken:
    """What became of the rows: "new", "changed" and "known" ones, and how many were bad. `bad`
    names the first of those by line; `masked` counts what was taken out of the texts, by kind."""

    rows: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[int, str]] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """How many rows are on file now."""
        return self.rows["new"] + self.rows["changed"] + self.rows["known"]


def take_in(
    store: Store,
    lines: Iterable[tuple[int, Mapping[str, Any] | BadRow]],
    names: Mapping[str, str],
    source: str,
    key: bytes,
    now: datetime,
    keep_days: int,
    seen: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Put every good row on file, and tell of the bad ones.

    `lines` are rows with their number, `names` which column holds what, `source` where they come
    from if they do not say it. `key` makes digests of customers' names; `keep_days` is how long a
    piece is kept that does not say so. `seen` is told how many rows were looked at since.
    """
    taken, redactor = Taken(), secret_rules.redactor()
    until = now.date() + timedelta(days=keep_days)
    every = iter(lines)
    while block := list(itertools.islice(every, AT_ONCE)):
        good: list[Row] = []
        for number, raw in block:
            try:
                if isinstance(raw, BadRow):
                    raise raw
                good.append(_masked(row(raw, names, source), redactor))
            except BadRow as error:
                taken.rows["bad"] += 1
                taken.bad += [(number, str(error))] if len(taken.bad) < TOLD else []

        def work(tx: Any, good: list[Row] = good) -> list[str]:
            return [
                voice_file.put(tx, r, digest(key, r.customer), now, r.keep_until or until)
                for r in good
            ]

        taken.rows.update(store.write(work))
        seen(len(block))
    taken.masked = redactor.counts
    return taken


def _masked(found: Row, redactor: Redactor) -> Row:
    piece = found.piece
    said = replace(
        piece,
        text=redactor.redact(piece.text),
        segment=redactor.redact(piece.segment),
        link=piece.link,
    )
    return replace(found, piece=said)


def digest(key: bytes, customer: str) -> str:
    """What stands for a customer on file; empty where nobody is named. Who holds the key and the
    name can find what they said, nobody else can read the name out of it."""
    if not customer:
        return ""
    plain = " ".join(customer.casefold().split())
    return hmac.new(key, plain.encode("utf-8", "replace"), "sha256").hexdigest()


def rows(file: TextIO, name: str) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    """The rows of a CSV or JSON-lines file with their numbers; a row that cannot be read is bad,
    and the others are read all the same."""
    return _of_csv(file) if name.lower().endswith((".csv", ".tsv")) else _of_lines(file)


def _of_lines(file: TextIO) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            yield number, BadRow("is no JSON")
            continue
        yield number, found if isinstance(found, dict) else BadRow("is no JSON object")


def _of_csv(file: TextIO) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    first = file.readline().removeprefix("\ufeff")
    signs = {sign: first.count(sign) for sign in (",", ";", "\t")}
    whole = itertools.chain([first], file)
    read = csv.reader(
        (line.replace("\0", "") for line in whole), delimiter=max(signs, key=lambda s: signs[s])
    )
    columns: list[str] = []
    while True:
        try:
            cells = next(read)
        except StopIteration:
            return
        except csv.Error as error:
            yield read.line_num, BadRow(f"is no CSV ({error})")
            continue
        if not columns:
            columns = [cell.strip() for cell in cells]
        elif any(cell.strip() for cell in cells):
            yield read.line_num, dict(zip(columns, cells, strict=False))


def of_text(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    """The rows of a file that is in memory already."""
    return rows(io.StringIO(text), name)
