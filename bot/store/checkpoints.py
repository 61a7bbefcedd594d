"""Signed checkpoints: what the ledger came to at a moment, for whoever holds the public key.

A chain cannot say that rows were cut off its end. A checkpoint that was kept elsewhere (each goes
to the log) can: it names a row that must be there, with the seal that it must carry. It is signed
with Ed25519 (https://www.rfc-editor.org/rfc/rfc8032), so that who checks it needs no secret.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, bindparam, select

from bot.ports import Transaction
from bot.store import tables as t
from bot.store.upsert import upsert

_ADD = upsert(t.checkpoint, ("seq",), ("hash", "at", "signature"))
_IN_ORDER = select(t.checkpoint).order_by(t.checkpoint.c.seq).execution_options(yield_per=1000)
_NEWEST = select(t.checkpoint).order_by(t.checkpoint.c.seq.desc()).limit(1)
_UP_TO = (
    select(t.checkpoint)
    .where(t.checkpoint.c.seq <= bindparam("row"))
    .order_by(t.checkpoint.c.seq.desc())
    .execution_options(yield_per=100)
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Up to row `seq` the ledger was sealed with `hash`; `signature` is base64 of 64 bytes.

    As a text: SEQ:HASH:AT:SIGNATURE. What comes before the signature is what is signed.
    """

    seq: int
    hash: str
    at: datetime
    signature: str

    def __str__(self) -> str:
        return f"{signed_text(self.seq, self.hash, self.at)}:{self.signature}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The checkpoint that a text says. Raises ValueError for a text that says none."""
        seq, hash, rest = text.strip().split(":", 2)
        at, signature = rest.rsplit(":", 1)
        moment = datetime.fromisoformat(at)
        if not (seq.isascii() and seq.isdecimal() and len(seq) < 19) or moment.tzinfo is None:
            raise ValueError("not a checkpoint")
        return cls(int(seq), hash, moment.astimezone(UTC), signature)

    def signed_by(self, public: Ed25519PublicKey) -> bool:
        """Whether it was signed with the key that belongs to this public one."""
        try:
            signature = base64.b64decode(self.signature, validate=True)
            public.verify(signature, signed_text(self.seq, self.hash, self.at).encode())
        except (binascii.Error, InvalidSignature, ValueError):
            return False
        return True


def signed_text(seq: int, hash: str, at: datetime) -> str:
    """What is signed."""
    return f"{seq}:{hash}:{at.astimezone(UTC).isoformat(timespec='microseconds')}"


def sign(key: bytes, seq: int, hash: str, at: datetime) -> Checkpoint:
    """A checkpoint, signed with a key of 32 bytes."""
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(signed_text(seq, hash, at).encode())
    return Checkpoint(seq, hash, at, base64.b64encode(signature).decode())


def public_key(key: bytes) -> Ed25519PublicKey:
    """What an auditor is given."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key()


def as_pem(public: Ed25519PublicKey) -> str:
    """The public key as a text that every tool reads."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def add(tx: Transaction, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint beside the ledger, in the place of any that names the same row."""
    row = {"seq": checkpoint.seq, "hash": checkpoint.hash, "at": checkpoint.at}
    tx.connection.execute(_ADD, row | {"signature": checkpoint.signature})


def newest(connection: Connection) -> Checkpoint | None:
    """The last one; None as long as there is none."""
    row = connection.execute(_NEWEST).first()
    return Checkpoint(row.seq, row.hash, row.at, row.signature) if row else None


def last_signed(connection: Connection, public: Ed25519PublicKey, row: int) -> Checkpoint | None:
    """The last one over that row or one before it whose signature holds; None if there is none."""
    with connection.execute(_UP_TO, {"row": row}) as found:
        each = (Checkpoint(one.seq, one.hash, one.at, one.signature) for one in found)
        return next((one for one in each if one.signed_by(public)), None)


def in_order(connection: Connection) -> Iterator[Checkpoint]:
    """All of them, by the row that they name."""
    for row in connection.execute(_IN_ORDER):
        yield Checkpoint(row.seq, row.hash, row.at, row.signature)
