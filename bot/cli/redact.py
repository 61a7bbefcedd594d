"""`emptychair redact`: takes secrets and personal data out of a text, line by line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO

import click

from bot.store.secret_rules import redactor

BLOCK = 2000  # lines looked at together: a private key stands on several
MORE = 400  # lines by which a block grows until such a key ends
OPENS, ENDS = b"-----BEGIN", b"-----END"


@click.command("redact")
@click.argument("source", type=click.File("rb"), default="-", metavar="[FILE]")
def command(source: BinaryIO) -> None:
    """Take secrets and personal data out of a text.

    Reads FILE, or what is piped in, and writes as many lines as it reads. Keys, tokens, e-mail
    addresses, phones, accounts, cards and the like become placeholders such as [EMAIL#1], the same
    for the same words; everything else stays as it is. The same is done before anything is sent to
    a model.
    """
    found, target = redactor(), click.open_file("-", "wb")
    for block in _blocks(source):
        text, encoding = _read(block)
        target.write(found.redact(text).encode(encoding))
    target.flush()


def _read(block: bytes) -> tuple[str, str]:
    """What is no UTF-8 is taken byte by byte, and comes out as it was."""
    try:
        return block.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return block.decode("latin-1"), "latin-1"


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while lines := list(itertools.islice(source, BLOCK)):
        for line in itertools.islice(source, MORE) if _within_key(lines) else ():
            lines.append(line)
            if ENDS in line:
                break
        yield b"".join(lines)


def _within_key(lines: list[bytes]) -> bool:
    last = next((line for line in reversed(lines) if OPENS in line or ENDS in line), b"")
    return OPENS in last and ENDS not in last
