"""Pull requests as GitHub last described them, and their files as they were last read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bot.core.facts import Actor, ChangedFile, PullRequest, Repository
from bot.ports import Transaction
from bot.store import repositories
from bot.store import tables as t
from bot.store.upsert import upsert

DESCRIBED = (
    "title",
    "body",
    "author_id",
    "author",
    "author_is_bot",
    "head_sha",
    "base_ref",
    "branch",
    "labels",
    "draft",
    "open",
    "merged",
    "updated_at",
    "url",
)

# What `read` wants to find in a row; the names of two tables' columns would clash.
OF_REPOSITORY = tuple(
    t.repository.c[name].label(f"repository_{name}")
    for name in ("id", "full_name", "installation_id", "private", "default_branch")
)
COLUMNS = (
    *(c.label(f"subject_{c.name}") for c in t.subject.c if c.name != "files"),
    *OF_REPOSITORY,
)
_THIS = (t.subject.c.repository_id == bindparam("of_repository")) & (
    t.subject.c.number == bindparam("of_number")
)
_OPEN_IN = (
    select(*COLUMNS)
    .select_from(t.subject.join(t.repository))
    .where(t.subject.c.repository_id == bindparam("of"), t.subject.c.open)
)
_SAVE = upsert(t.subject, ("repository_id", "number"), DESCRIBED).returning(t.subject.c.id)
_UPDATED_AT = select(t.subject.c.updated_at).where(_THIS)
_FILES = select(t.subject.c.files).where(_THIS, t.subject.c.files_of == bindparam("of"))
_ANY = select(t.subject.c.files).where(_THIS)
_KEEP = (
    update(t.subject)
    .where(_THIS)
    .values(files=bindparam("packed", type_=t.subject.c.files.type), files_of=bindparam("key"))
)


def save(tx: Transaction, subject: PullRequest) -> int:
    """Note a pull request as it is now; gives the number of its row."""
    repositories.add(tx, subject.repository)
    author = subject.author
    row = {name: getattr(subject, name) for name in DESCRIBED if hasattr(subject, name)} | {
        "repository_id": subject.repository.id,
        "number": subject.number,
        "author_id": author.id,
        "author": author.login,
        "author_is_bot": author.is_bot,
        "labels": list(subject.labels),
    }
    return int(tx.connection.execute(_SAVE, row).scalar_one())


def updated_at(connection: Connection, repository: int, number: int) -> datetime | None:
    """The time of the newest description that was saved; None if it was never seen."""
    key = {"of_repository": repository, "of_number": number}
    return connection.execute(_UPDATED_AT, key).scalar()


def open_in(connection: Connection, repository: int) -> list[PullRequest]:
    """The pull requests of a repository that were open when we last heard of them."""
    return [read(row) for row in connection.execute(_OPEN_IN, {"of": repository})]


def read(row: Row[Any]) -> PullRequest:
    """The pull request in a row that holds `COLUMNS`."""
    return PullRequest(
        repository=read_repository(row),
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


def read_repository(row: Row[Any]) -> Repository:
    """The repository in a row that holds `OF_REPOSITORY`."""
    return Repository(
        row.repository_id,
        row.repository_full_name,
        row.repository_installation_id,
        row.repository_private,
        row.repository_default_branch,
    )


def any_files(connection: Connection, repository: int, number: int) -> tuple[ChangedFile, ...]:
    """The changed files last read; none for a pull request that is closed, or was not read."""
    packed = connection.execute(_ANY, {"of_repository": repository, "of_number": number}).scalar()
    if packed is None:
        return ()
    return tuple(ChangedFile(*item) for item in json.loads(zlib.decompress(packed))["files"])


def load_files(
    connection: Connection, repository: int, number: int, of: str
) -> tuple[tuple[ChangedFile, ...], bool] | None:
    """The changed files last read for that head and base, and whether they were all; else None."""
    key = {"of_repository": repository, "of_number": number, "of": of}
    packed = connection.execute(_FILES, key).scalar()
    if packed is None:
        return None
    content = json.loads(zlib.decompress(packed))
    return tuple(ChangedFile(*item) for item in content["files"]), content["complete"]


def save_files(
    tx: Transaction,
    subject: PullRequest,
    of: str,
    files: Sequence[ChangedFile] | None,
    complete: bool,
) -> None:
    """Keep the files for later edits of title or labels; None drops them (it is closed)."""
    packed = None
    if files is not None:
        listed = [[f.path, f.additions, f.deletions, f.patch, f.previous_path] for f in files]
        packed = zlib.compress(json.dumps({"complete": complete, "files": listed}).encode(), 1)
    key = {"of_repository": subject.repository.id, "of_number": subject.number}
    tx.connection.execute(_KEEP, {**key, "packed": packed, "key": of if packed else None})
