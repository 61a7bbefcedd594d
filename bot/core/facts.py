"""What the outside world tells us, as small typed values. No behaviour beyond plain questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or bot) on GitHub. The id stays when the login changes."""

    id: int
    login: str
    is_bot: bool = False


NOBODY = Actor(0, "ghost")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a pull request.

    `patch` is the unified diff without its file header; None means that it was not given (binary,
    too large, or not fetched), the empty text that there is none.
    """

    path: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    previous_path: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """All that triage may look at: what the author wrote and what the diff shows.

    `complete` is False when files or patches are known to be missing (more than 3,000 files, a cut
    diff): what could not be read can never count as harmless.
    """

    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    branch: str = ""
    author: str = ""
    files: tuple[ChangedFile, ...] = field(default=())
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a pull request lives. The id stays when it is renamed."""

    id: int
    full_name: str
    installation: int
    private: bool = False
    default_branch: str = "main"


@dataclass(frozen=True, slots=True)
class DescriptionEdited:
    """Somebody changed the description of a pull request; `before` is what it said until then."""

    by: Actor
    before: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as GitHub last described it."""

    repository: Repository
    number: int
    title: str
    body: str
    author: Actor
    head_sha: str
    base_ref: str
    branch: str
    labels: tuple[str, ...]
    draft: bool
    open: bool
    merged: bool
    updated_at: datetime
    url: str
    created_at: datetime | None = field(default=None, compare=False)  # told by GitHub, not stored
    author_association: str = field(default="", compare=False)  # told by events, never stored
    just_opened: bool = field(default=False, compare=False)  # told by the event, no property of it
    edited: DescriptionEdited | None = field(default=None, compare=False)  # so is this

    @property
    def name(self) -> str:
        """`owner/name#12`."""
        return f"{self.repository.full_name}#{self.number}"

    @property
    def repository_url(self) -> str:
        """Where people see the repository: `https://github.com/acme/shop`."""
        return self.url.rsplit("/pull/", 1)[0]


@dataclass(frozen=True, slots=True)
class CommentCreated:
    """A comment was posted on a pull request. `app` is the App that wrote it; None for people.

    `association` is what its author is to the repository, as far as GitHub shows it to others.
    """

    repository: Repository
    number: int
    comment_id: int
    by: Actor
    at: datetime
    body: str
    app: int | None
    association: str = ""


@dataclass(frozen=True, slots=True)
class CommentEdited:
    """Somebody changed the text of a comment. `before` is None where GitHub did not say.

    `author` wrote the comment and `association` is theirs; who edited it may be somebody else.
    `node` is the comment's name in GraphQL.
    """

    repository: Repository
    number: int
    comment_id: int
    by: Actor
    at: datetime
    before: str | None
    after: str
    author: Actor = NOBODY
    association: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class CommentDeleted:
    """Somebody deleted a comment. `body` is what it said, `at` when it was last changed."""

    repository: Repository
    number: int
    comment_id: int
    by: Actor
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class RepositoryChanged:
    """A repository was made public or private; it says itself what it is now."""

    repository: Repository


@dataclass(frozen=True, slots=True)
class Version:
    """A text as somebody left it. `by` is None where GitHub does not say who."""

    by: Actor | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that a rule of a branch requires. `app`: from that App only; None: from anybody."""

    name: str
    app: int | None


@dataclass(frozen=True, slots=True)
class ForeignCheck:
    """Somebody else reported a check or a commit status that goes by our name.

    `kind` is "check" or "status", `id` GitHub's id of it, `app` the App that made the check (None
    for a status), `outcome` what it says, empty while it says nothing yet.
    """

    repository: Repository
    kind: str
    id: int
    head_sha: str
    outcome: str
    by: Actor
    app: int | None


@dataclass(frozen=True, slots=True)
class RecheckAsked:
    """Somebody wants the check of a commit again. `numbers`: its pull requests, as far as GitHub
    says (never for forks). `draft`: they want a model to draft what is open."""

    repository: Repository
    head_sha: str
    numbers: tuple[int, ...]
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """The App was installed on repositories ("owner/name"), or removed."""

    installation: int
    account: str
    repositories: tuple[str, ...]
    removed: bool


@dataclass(frozen=True, slots=True)
class HookAdded:
    """A webhook of a repository says that it is there."""

    repository: Repository


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """A merge queue asks whether these commits may go in.

    `number` is the last pull request of the group; the ones before it are in the group whose head
    is `base_sha`.
    """

    repository: Repository
    head_sha: str
    base_sha: str
    number: int
