"""What the stand-in remembers, as small records named as on GitHub."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

PASSING = frozenset({"success", "neutral", "skipped"})


class Refused(Exception):
    """GitHub would not let this person do that; the text is kind and may be shown as it is."""


class Unknown(Refused):
    """There is no such pull request, comment, check run or commit."""


class UnknownCommit(Unknown):
    """There is no such commit or branch."""


class Call(NamedTuple):
    """One request that reached the REST API; `status` is 0 where the answer was withheld."""

    method: str
    path: str
    status: int


class MergeResult(NamedTuple):
    """Whether the merge happened, and in one sentence why or why not."""

    merged: bool
    message: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a login; `type` is User, Bot or Organization."""

    login: str
    id: int
    type: str = "User"


@dataclass(frozen=True, slots=True)
class Version:
    """One text as somebody left it: the whole of it, not what they changed."""

    by: User
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file; `patch` is the diff without its file header, None where GitHub gives none.

    `status` is added, removed, modified or renamed (then with `previous_path`).
    """

    path: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    status: str = "modified"
    previous_path: str | None = None


@dataclass(slots=True)
class PullRequest:
    """One pull request; `files` is its whole diff against the base, one entry a path.

    `history` is what its body said over time, oldest first, as the author opened it at the front.
    """

    number: int
    id: int
    title: str
    body: str | None
    author: User
    branch: str
    base: str
    head_sha: str
    base_sha: str
    created_at: datetime
    updated_at: datetime
    files: list[FileChange] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    draft: bool = False
    from_fork: bool = False
    fork_deleted: bool = False
    commits: int = 1
    state: str = "open"
    merged: bool = False
    merged_by: User | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    merge_commit_sha: str | None = None
    history: list[Version] = field(default_factory=list)

    @property
    def additions(self) -> int:
        return sum(file.additions for file in self.files)

    @property
    def deletions(self) -> int:
        return sum(file.deletions for file in self.files)

    def earlier(self) -> PullRequest:
        """As it stood one version of its body ago; itself when there was none."""
        if len(self.history) < 2:
            return self
        known = self.history[:-1]
        last = known[-1]
        return replace(self, body=last.text or None, updated_at=last.at, history=known)


@dataclass(slots=True)
class Comment:
    """One comment below a pull request; `history` is what it said over time, oldest first."""

    id: int
    number: int
    user: User
    body: str
    created_at: datetime
    updated_at: datetime
    by_app: bool = False
    history: list[Version] = field(default_factory=list)

    def earlier(self) -> Comment:
        """As it stood one version ago; itself when there was none."""
        if len(self.history) < 2:
            return self
        known = self.history[:-1]
        return replace(self, body=known[-1].text, updated_at=known[-1].at, history=known)


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji on a comment: `content` is +1, eyes, rocket and so on."""

    id: int
    comment_id: int
    user: User
    content: str
    created_at: datetime


@dataclass(slots=True)
class CheckRun:
    """One run of a check on one commit; the last run of a name is the one that counts."""

    id: int
    suite_id: int
    name: str
    head_sha: str
    status: str = "queued"
    conclusion: str | None = None
    details_url: str = ""
    external_id: str = ""
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)
    started_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def passes(self) -> bool:
        return self.status == "completed" and self.conclusion in PASSING


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that the stand-in knows; a merge has a second parent, `merged`."""

    sha: str
    message: str
    author: User
    at: datetime
    parent: str | None = None
    merged: str | None = None


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """One commit status, the older sibling of a check run."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    created_at: datetime
    creator: User


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """One candidate of the merge queue: the base with this pull request on top."""

    number: int
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str
    by: User


@dataclass(slots=True)
class Delivery:
    """One webhook and what the bot answered; `status` 0: nobody answered, None: not yet sent.

    A `lost` one has status 0 and never left GitHub.
    """

    id: int
    guid: str
    event: str
    action: str | None
    body: bytes
    status: int | None = None
    seconds: float = 0.0
    delivered_at: datetime | None = None
    redelivery: bool = False
    lost: bool = False
