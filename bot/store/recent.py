"""Reviews as they were saved last: publishing what was just saved need not read it again."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from bot.core.facts import PullRequest
from bot.core.review import Review
from bot.ports import Transaction

MOST = 64  # reviews; then all are forgotten
LONGEST = 20_000  # characters of a description; a review with more is read each time

_known: WeakKeyDictionary[Engine, dict[int, Review]] = WeakKeyDictionary()


def keep(tx: Transaction, review: Review) -> None:
    """Remember a review from its commit on, just as it would be read."""
    engine = tx.connection.engine
    if len(review.subject.body) > LONGEST:
        return
    stored = review
    if isinstance(review.subject, PullRequest):
        told_apart = replace(
            review.subject, created_at=None, author_association="", just_opened=False, edited=None
        )
        stored = replace(review, subject=told_apart)
    tx.after_commit.insert(0, lambda: _keep(engine, stored))


def _keep(engine: Engine, review: Review) -> None:
    known = _known.setdefault(engine, {})
    if len(known) >= MOST:
        known.clear()
    known[review.id] = review


def find(connection: Connection, id: int, version: int) -> Review | None:
    """The review of that version; None where it has to be read. Its subject's place may have been
    renamed, or made public, since."""
    found = _known.get(connection.engine, {}).get(id)
    return found if found is not None and found.version == version else None


def forget() -> None:
    """Have everything read again, as after a restart."""
    _known.clear()
