"""The answers and the evidence of a review."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.core.answers import Answer, Door, Evidence, Fate
from bot.core.facts import Actor
from bot.core.review import Review
from bot.ports import Transaction
from bot.store import tables as t

_ANSWERS = select(t.answer).where(t.answer.c.review_id == bindparam("of")).order_by(t.answer.c.id)
_EVIDENCE = (
    select(t.evidence).where(t.evidence.c.review_id == bindparam("of")).order_by(t.evidence.c.id)
)
_DROP_ANSWERS = delete(t.answer).where(t.answer.c.review_id == bindparam("of"))
_DROP_EVIDENCE = delete(t.evidence).where(t.evidence.c.review_id == bindparam("of"))
_ADD_ANSWERS, _ADD_EVIDENCE = insert(t.answer), insert(t.evidence)


def load_answers(connection: Connection, review: int) -> tuple[Answer, ...]:
    """The answers, in the order in which they were given."""
    return tuple(
        Answer(
            question=row.question,
            picks=tuple(row.picks),
            text=row.text,
            by=Actor(row.by_id, row.by_login),
            at=row.at,
            door=Door(row.door),
            source=row.source,
            not_applicable=row.not_applicable,
            again=row.again,
            comment=row.comment_id,
            fate=Fate(row.fate),
            withheld=row.withheld,
        )
        for row in connection.execute(_ANSWERS, {"of": review})
    )


def load_evidence(connection: Connection, review: int) -> tuple[Evidence, ...]:
    """The pieces of customer voice, in the order in which they came."""
    return tuple(
        Evidence(
            kind=row.kind,
            text=row.text,
            link=row.link,
            on=row.heard_on,
            segment=row.segment,
            by=Actor(row.by_id, row.by_login),
            at=row.at,
            door=Door(row.door),
            source=row.source,
            comment=row.comment_id,
            fate=Fate(row.fate),
            former=row.former,
            private_to=row.private_to,
            withheld=row.withheld,
        )
        for row in connection.execute(_EVIDENCE, {"of": review})
    )


def save(tx: Transaction, review: Review) -> None:
    """Make both tables say what the review says."""
    if review.version > 1:
        tx.connection.execute(_DROP_ANSWERS, {"of": review.id})
        tx.connection.execute(_DROP_EVIDENCE, {"of": review.id})
    if review.answers:
        tx.connection.execute(_ADD_ANSWERS, [_answer(review.id, a) for a in review.answers])
    if review.evidence:
        tx.connection.execute(_ADD_EVIDENCE, [_piece(review.id, e) for e in review.evidence])


def _answer(review: int, answer: Answer) -> dict[str, object]:
    return {
        "review_id": review,
        "question": answer.question,
        "picks": list(answer.picks),
        "text": answer.text,
        "source": answer.source,
        "by_id": answer.by.id,
        "by_login": answer.by.login,
        "at": answer.at,
        "door": answer.door,
        "not_applicable": answer.not_applicable,
        "again": answer.again,
        "comment_id": answer.comment,
        "fate": answer.fate,
        "withheld": answer.withheld,
    }


def _piece(review: int, piece: Evidence) -> dict[str, object]:
    return {
        "review_id": review,
        "kind": piece.kind,
        "text": piece.text,
        "link": piece.link,
        "heard_on": piece.on,
        "segment": piece.segment,
        "source": piece.source,
        "by_id": piece.by.id,
        "by_login": piece.by.login,
        "at": piece.at,
        "door": piece.door,
        "comment_id": piece.comment,
        "fate": piece.fate,
        "former": piece.former,
        "private_to": piece.private_to,
        "withheld": piece.withheld,
    }
