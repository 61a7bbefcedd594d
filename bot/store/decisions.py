"""The words of decisions, to be searched: title, sentence, conditions, answers, open evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, text

from bot.core.proposal import Proposal
from bot.core.review import Review, State
from bot.store.columns import TENANT

_DROP = text("DELETE FROM decision_text WHERE rowid = :id")
_ADD = text(
    "INSERT INTO decision_text (rowid, title, said, tenant) VALUES (:id, :title, :said, :tenant)"
)
_FIND = text(
    "SELECT rowid FROM decision_text WHERE decision_text MATCH :words AND tenant = :tenant "
    "AND rowid < :before ORDER BY rowid DESC LIMIT :most"
)
_WORD = re.compile(r"\w+")
LONGEST = 20  # words of one search
ENDED = (State.DECIDED, State.WITHDRAWN)


def keep(connection: Connection, review: Review) -> None:
    """Keep the words of a review that came to its end; those of an open one are not kept."""
    if review.state is State.OPEN and review.version <= 1:
        return
    connection.execute(_DROP, {"id": review.id})
    if review.state not in ENDED:
        return
    said = "\n".join(part for part in _said(review) if part)
    row = {"id": review.id, "title": review.subject.title, "said": said, "tenant": TENANT}
    connection.execute(_ADD, row)


def _said(review: Review) -> Iterator[str]:
    yield review.subject.name
    if isinstance(review.subject, Proposal):
        yield review.subject.channel.name
    decision = review.course.decision
    if decision is not None:
        yield decision.sentence
        yield decision.conditions
        if decision.prediction is not None:
            yield decision.prediction.measure
    yield from (answer.text for answer in review.answers if not answer.withheld)
    yield from (piece.text for piece in review.evidence if not piece.private_to)


def find(connection: Connection, words: str, before: int, most: int) -> list[int]:
    """The reviews that ended and hold all these words, the newest first, with ids below `before`.

    Each word is taken as it is: nothing in it is a command to the search. Without words: none.
    """
    found = _WORD.findall(words)[:LONGEST]
    if not found:
        return []
    match = " ".join(f'"{word}"*' if word == found[-1] else f'"{word}"' for word in found)
    key = {"words": match, "tenant": TENANT, "before": before, "most": most}
    return list(connection.execute(_FIND, key).scalars())
