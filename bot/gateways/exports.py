"""Fetches an export of customers' voice from an address that the organisation names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bot.errors import Rejected, Transient

MOST_BYTES = 200_000_000
SECONDS = 60.0


@contextmanager
def fetched(address: str) -> Iterator[Path]:
    """The file at that address, until the block ends. Raises Transient, and Rejected for what is
    not https, leads elsewhere or is too large."""
    if not address.startswith("https://"):
        raise Rejected(f"{address} is not https.", 400)
    name = httpx.URL(address).path.rpartition("/")[2] or "export.jsonl"
    with TemporaryDirectory() as folder:
        file = Path(folder) / Path(name).name
        _fetch(address, file)
        yield file


def _fetch(address: str, file: Path) -> None:
    try:
        with (
            httpx.Client(follow_redirects=False, trust_env=False, timeout=SECONDS) as client,
            client.stream("GET", address) as answer,
            file.open("wb") as out,
        ):
            if answer.status_code >= 500 or answer.status_code == 429:
                raise Transient(f"{address} answered {answer.status_code}.")
            if answer.status_code != 200:
                raise Rejected(f"{address} answered {answer.status_code}.", answer.status_code)
            size = 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > MOST_BYTES:
                    raise Rejected(f"{address} is larger than {MOST_BYTES:,} bytes.", 413)
                out.write(part)
    except httpx.HTTPError as error:
        raise Transient(f"{address} cannot be fetched ({type(error).__name__}).") from error
