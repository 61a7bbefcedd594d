"""Reviews and their subjects: rows to values and back. Nothing here decides."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.answers import Answer, Door, Evidence
from bot.core.checklist import Checklist
from bot.core.facts import Actor, ChangedFile, MergeGroup, PullRequest, Repository
from bot.core.gate import standing
from bot.core.organisation import Mode, Thresholds
from bot.core.prefill import Prefill
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.core.triage import Reason
from bot.errors import Stale
from bot.ports import Transaction
from bot.store import tables as t

_checklists: dict[str, Checklist] = {}


def save_repository(tx: Transaction, repository: Repository) -> None:
    """Note a repository and its installation, or what changed about them."""
    known = tx.connection.execute(
        select(t.repository).where(t.repository.c.id == repository.id)
    ).first()
    row = {
        "installation_id": repository.installation,
        "full_name": repository.full_name,
        "private": repository.private,
        "default_branch": repository.default_branch,
    }
    if known is None or known.installation_id != repository.installation:
        tx.connection.execute(
            upsert(t.installation).values(id=repository.installation).on_conflict_do_nothing()
        )
    if known is None:
        tx.connection.execute(
            upsert(t.repository).values(id=repository.id, **row).on_conflict_do_nothing()
        )
    elif any(getattr(known, name) != value for name, value in row.items()):
        tx.connection.execute(
            update(t.repository).where(t.repository.c.id == repository.id).values(**row)
        )


def load_repository(connection: Connection, id: int) -> Repository | None:
    """A repository by GitHub's id."""
    row = connection.execute(select(t.repository).where(t.repository.c.id == id)).first()
    if row is None:
        return None
    return Repository(row.id, row.full_name, row.installation_id, row.private, row.default_branch)


def load(connection: Connection, repository: int, number: int) -> Review | None:
    """The review of a pull request; None if it was never seen."""
    where = (t.subject.c.repository_id == repository) & (t.subject.c.number == number)
    return next(iter(_load(connection, where)), None)


def load_by_id(connection: Connection, id: int) -> Review | None:
    """The review of that id."""
    return next(iter(_load(connection, t.review.c.id == id)), None)


def load_by_head(connection: Connection, repository: int, head_sha: str) -> list[Review]:
    """The open reviews of all pull requests with that head, or if none is open, all."""
    where = (t.subject.c.repository_id == repository) & (t.subject.c.head_sha == head_sha)
    found = _load(connection, where)
    return [review for review in found if review.state is State.OPEN] or found


def _load(connection: Connection, where: Any) -> list[Review]:
    columns = [
        *(c.label(f"subject_{c.name}") for c in t.subject.c if c.name != "files"),
        *(c.label(f"repository_{c.name}") for c in t.repository.c),
        *t.review.c,
    ]
    rows = connection.execute(
        select(*columns)
        .select_from(t.subject.join(t.review).join(t.repository))
        .where(where)
        .order_by(t.subject.c.number)
    ).all()
    return [_review(connection, row) for row in rows]


def _review(connection: Connection, row: Row[Any]) -> Review:
    return Review(
        subject=_subject(row),
        state=State(row.state),
        tier=Tier(row.tier),
        customer_facing=row.customer_facing,
        overlays=tuple(row.overlays),
        reasons=tuple(Reason(r["rule"], Tier(r["tier"]), r["text"]) for r in row.reasons),
        mode=Mode(row.mode),
        exempt=row.exempt,
        quiet=row.quiet,
        checklist=_checklist(connection, row.checklist_version),
        thresholds=Thresholds(**row.thresholds),
        opened_at=row.opened_at,
        answers=_answers(connection, row.id),
        evidence=_evidence(connection, row.id),
        prefills=tuple(Prefill(**{**p, "picks": tuple(p["picks"])}) for p in row.prefills),
        last_picked=row.last_picked,
        bypassed=row.bypassed,
        first_answer_at=row.first_answer_at,
        completed_at=row.completed_at,
        decided_at=row.decided_at,
        id=row.id,
        version=row.version,
    )


def _subject(row: Row[Any]) -> PullRequest:
    repository = Repository(
        row.repository_id,
        row.repository_full_name,
        row.repository_installation_id,
        row.repository_private,
        row.repository_default_branch,
    )
    return PullRequest(
        repository=repository,
        number=row.subject_number,
        title=row.subject_title,
        body=row.subject_body,
        author=Actor(row.subject_author_id, row.subject_author, row.subject_author_is_bot),
        head_sha=row.subject_head_sha,
        base_ref=row.subject_base_ref,
        branch=row.subject_branch,
        labels=tuple(row.subject_labels),
        draft=row.subject_draft,
        open=row.subject_open,
        merged=row.subject_merged,
        updated_at=row.subject_updated_at,
        url=row.subject_url,
    )


def _checklist(connection: Connection, version: str) -> Checklist:
    if version not in _checklists:
        content = connection.execute(
            select(t.checklist.c.content).where(t.checklist.c.version == version)
        ).scalar_one()
        _checklists[version] = Checklist.from_content(content)
    return _checklists[version]


def _answers(connection: Connection, review: int) -> tuple[Answer, ...]:
    rows = connection.execute(
        select(t.answer).where(t.answer.c.review_id == review).order_by(t.answer.c.id)
    )
    return tuple(
        Answer(
            r.question,
            tuple(r.picks),
            r.text,
            Actor(r.by_id, r.by_login),
            r.at,
            Door(r.door),
            r.source,
        )
        for r in rows
    )


def _evidence(connection: Connection, review: int) -> tuple[Evidence, ...]:
    rows = connection.execute(
        select(t.evidence).where(t.evidence.c.review_id == review).order_by(t.evidence.c.id)
    )
    return tuple(
        Evidence(
            r.kind, r.text, r.link, r.heard_on, r.segment, Actor(r.by_id, r.by_login), r.at,
            Door(r.door), r.source,
        )
        for r in rows
    )  # fmt: skip


def save(tx: Transaction, review: Review) -> Review:
    """Write a review as it is now and give it back with its id and new version.

    Raises Stale when somebody saved it since it was loaded.
    """
    _save_checklist(tx, review.checklist)
    subject_id = _save_subject(tx, review.subject)
    row = _row(review) | {"subject_id": subject_id, "version": review.version + 1}
    if review.id:
        highest = max(review.tier, _highest(tx, review.id))
        changed = tx.connection.execute(
            update(t.review)
            .where(t.review.c.id == review.id, t.review.c.version == review.version)
            .values(**row, highest_tier=int(highest))
        )
        if changed.rowcount != 1:
            raise Stale(f"review {review.id} was saved by somebody else")
        saved = replace(review, version=review.version + 1)
    else:
        exists = select(t.review.c.id).where(t.review.c.subject_id == subject_id)
        if tx.connection.execute(exists).first():
            raise Stale("the review was opened meanwhile")
        new = insert(t.review).values(**row, highest_tier=int(review.tier))
        id = tx.connection.execute(new.returning(t.review.c.id)).scalar_one()
        saved = replace(review, id=int(id), version=1)
    _save_answers(tx, saved)
    return saved


def _highest(tx: Transaction, id: int) -> Tier:
    where = t.review.c.id == id
    return Tier(tx.connection.execute(select(t.review.c.highest_tier).where(where)).scalar() or 0)


def _row(review: Review) -> dict[str, Any]:
    return {
        "state": review.state,
        "gate": standing(review).gate,
        "tier": int(review.tier),
        "customer_facing": review.customer_facing,
        "overlays": list(review.overlays),
        "reasons": [{"rule": r.rule, "tier": int(r.tier), "text": r.text} for r in review.reasons],
        "mode": review.mode,
        "exempt": review.exempt,
        "quiet": review.quiet,
        "checklist_version": review.checklist.version,
        "thresholds": review.thresholds.model_dump(),
        "prefills": [asdict(p) for p in review.prefills],
        "last_picked": review.last_picked,
        "bypassed": review.bypassed,
        "opened_at": review.opened_at,
        "first_answer_at": review.first_answer_at,
        "completed_at": review.completed_at,
        "decided_at": review.decided_at,
    }


def _save_checklist(tx: Transaction, checklist: Checklist) -> None:
    if checklist.version in _checklists:
        known = select(t.checklist.c.version).where(t.checklist.c.version == checklist.version)
        if tx.connection.execute(known).first():
            return
    _checklists[checklist.version] = checklist
    tx.connection.execute(
        upsert(t.checklist)
        .values(version=checklist.version, content=checklist.content())
        .on_conflict_do_nothing()
    )


def _save_subject(tx: Transaction, subject: PullRequest) -> int:
    save_repository(tx, subject.repository)
    row = {
        "repository_id": subject.repository.id,
        "number": subject.number,
        "title": subject.title,
        "body": subject.body,
        "author_id": subject.author.id,
        "author": subject.author.login,
        "author_is_bot": subject.author.is_bot,
        "head_sha": subject.head_sha,
        "base_ref": subject.base_ref,
        "branch": subject.branch,
        "labels": list(subject.labels),
        "draft": subject.draft,
        "open": subject.open,
        "merged": subject.merged,
        "updated_at": subject.updated_at,
        "url": subject.url,
    }
    result = tx.connection.execute(
        upsert(t.subject)
        .values(**row)
        .on_conflict_do_update(index_elements=["repository_id", "number"], set_=row)
        .returning(t.subject.c.id)
    )
    return int(result.scalar_one())


def _save_answers(tx: Transaction, review: Review) -> None:
    tx.connection.execute(delete(t.answer).where(t.answer.c.review_id == review.id))
    tx.connection.execute(delete(t.evidence).where(t.evidence.c.review_id == review.id))
    if review.answers:
        tx.connection.execute(
            insert(t.answer), [{"review_id": review.id, **_answer_row(a)} for a in review.answers]
        )
    if review.evidence:
        tx.connection.execute(
            insert(t.evidence),
            [{"review_id": review.id, **_evidence_row(e)} for e in review.evidence],
        )


def _answer_row(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "picks": list(answer.picks),
        "text": answer.text,
        "source": answer.source,
        "by_id": answer.by.id,
        "by_login": answer.by.login,
        "at": answer.at,
        "door": answer.door,
    }


def _evidence_row(piece: Evidence) -> dict[str, Any]:
    return {
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
    }


def load_files(
    connection: Connection, repository: int, number: int, of: str
) -> tuple[tuple[ChangedFile, ...], bool] | None:
    """The changed files last read for that head and base, and whether they were all; else None."""
    row = connection.execute(
        select(t.subject.c.files).where(
            t.subject.c.repository_id == repository,
            t.subject.c.number == number,
            t.subject.c.files_of == of,
        )
    ).first()
    if row is None or row.files is None:
        return None
    content = json.loads(zlib.decompress(row.files))
    return tuple(ChangedFile(*item) for item in content["files"]), content["complete"]


def save_files(
    tx: Transaction, review: Review, of: str, files: Sequence[ChangedFile] | None, complete: bool
) -> None:
    """Keep the files for later edits of title or labels; None drops them (it is closed)."""
    packed = None
    if files is not None:
        listed = [[f.path, f.additions, f.deletions, f.patch, f.previous_path] for f in files]
        packed = zlib.compress(json.dumps({"complete": complete, "files": listed}).encode(), 1)
    tx.connection.execute(
        update(t.subject)
        .where(
            t.subject.c.repository_id == review.subject.repository.id,
            t.subject.c.number == review.subject.number,
        )
        .values(files=packed, files_of=of if packed else None)
    )


def save_merge_group(tx: Transaction, group: MergeGroup, now: Any) -> None:
    """Remember a merge group: later groups are built on it."""
    save_repository(tx, group.repository)
    row = {"base_sha": group.base_sha, "number": group.number, "at": now}
    tx.connection.execute(
        upsert(t.merge_group)
        .values(repository_id=group.repository.id, head_sha=group.head_sha, **row)
        .on_conflict_do_update(index_elements=["repository_id", "head_sha"], set_=row)
    )


def merge_group_numbers(connection: Connection, repository: int, head_sha: str) -> list[int]:
    """The pull requests of a merge group: its own, and those of the groups it is built on.

    Empty when that commit is not the head of a merge group.
    """
    numbers: list[int] = []
    sha = head_sha
    for _ in range(100):  # longer than any queue GitHub builds at once
        row = connection.execute(
            select(t.merge_group.c.number, t.merge_group.c.base_sha).where(
                t.merge_group.c.repository_id == repository, t.merge_group.c.head_sha == sha
            )
        ).first()
        if row is None or row.number in numbers:
            break
        numbers.append(row.number)
        sha = row.base_sha
    return numbers
