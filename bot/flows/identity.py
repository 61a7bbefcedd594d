"""What makes an act the same act, whatever delivery told of it, and however often."""

from __future__ import annotations

import hashlib
from datetime import datetime


def key(*parts: object) -> str:
    """64 hexadecimal digits for these parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def text_hash(text: str) -> str:
    """The hash of a whole text; how its lines end makes no difference."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(plain.encode()).hexdigest()


def comment_text(comment_id: int) -> str:
    """The name of a comment's text, ours or another's, among the texts that acts are about."""
    return f"comment:{comment_id}"


def edit_key(text: str, at: datetime, by: int, before: str, after: str, again: int = 0) -> str:
    """The same edit: of this text, in this second, by this person, from and to these hashes.

    `again` counts those that are alike: who ticks, unticks and ticks in one second did it twice.
    """
    return key(text, at.isoformat(timespec="seconds"), by, before, after, again)
