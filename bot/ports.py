"""What the flows ask of the world outside: as small as they need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.core.facts import Actor, ChangedFile, PullRequest, Repository, RequiredCheck, Version


class Transaction(Protocol):
    """One unit of work on the database."""

    @property
    def connection(self) -> Connection: ...

    @property
    def after_commit(self) -> list[Callable[[], None]]:
        """What to call once the unit is on disk."""


Closing = Callable[[Transaction], object]  # what is noted in the transaction that ends a job


class Jobs(Protocol):
    """Work that is done once it was promised, also after a crash.

    Jobs of one `lock` run one at a time, in the order in which they were enqueued or became due.
    At least once: every handler may run again. What a handler gives is run in the transaction that
    takes the job away. A handler that raises `Transient` is tried again; a
    job that fails too often is parked and shown to the operator.
    """

    def enqueue(
        self,
        tx: Transaction,
        name: str,
        args: Mapping[str, Any],
        *,
        lock: str | None = None,
        run_at: datetime | None = None,
    ) -> None:
        """Promise a job in the caller's transaction; `run_at` None means now."""

    def revive(self, tx: Transaction, since: datetime, most: int) -> int:
        """Set jobs that an outage parked back to work, those promised longest ago first; how many.

        What was promised before `since` stays parked: that is no outage any more. What failed again
        after it was revived rests longer each time.
        """


def pull_request_lock(repository: int, number: int) -> str:
    """The lock of jobs that look at one pull request: its events and visits take turns."""
    return f"pr:{repository}:{number}"


def check_lock(repository: int, head_sha: str) -> str:
    """The lock of jobs that write the check of one commit."""
    return f"check:{repository}:{head_sha}"


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One attempt of GitHub's to tell us of an event.

    All attempts for one event share its `guid`. `action` is empty where the event has none.
    `status` is what we answered, 0 where GitHub heard no answer. `again`: somebody asked for this
    attempt.
    """

    id: int
    guid: str
    event: str
    action: str
    at: datetime
    status: int
    again: bool

    @property
    def arrived(self) -> bool:
        """Whether we took it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Said:
    """A comment on a pull request as it stands now.

    `app` is the App that wrote it, None for people; `association` is what its author is to the
    repository; `node` its name in GraphQL.
    """

    id: int
    number: int
    by: Actor
    app: int | None
    association: str
    body: str
    created_at: datetime
    updated_at: datetime
    node: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button on a completed check run. GitHub's limits: label 20, description 40 characters."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A completed check run as it should stand. `details_url` may be empty."""

    name: str
    title: str
    summary: str
    conclusion: str
    details_url: str
    external_id: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A commit status as it should stand: where there is no App, in the place of a check run.

    `state` is "success" or "pending"; `url` may be empty. GitHub's limit: description 140.
    """

    name: str
    state: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment that stands on GitHub, and whose it is. `app`: the App that wrote it, if told.

    `at` is when its text was last changed.
    """

    id: int
    author_id: int
    by_bot: bool
    app: int | None
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """Our App as GitHub knows it: what it may do ("checks": "write") and what it hears of."""

    slug: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Who we are without an App. `scopes` are those of a classic personal access token ("repo");
    empty where GitHub does not tell, as for a fine-grained one."""

    id: int
    login: str
    scopes: tuple[str, ...]


class Limits(Protocol):
    """Who keeps account of what GitHub says about its limits, for one installation each."""

    def heard(self, installation: int, remaining: int, limit: int, resets_in: float) -> None:
        """So many of the hourly calls are left, for so many seconds."""

    def refused(self, installation: int, seconds: float | None) -> float:
        """A call was refused; `seconds` is None where GitHub did not say for how long. Gives it."""


class GitHub(Protocol):
    """What we ask of GitHub. Every method raises `Transient` or `Rejected`."""

    def identity(self) -> AppIdentity:
        """Who we are; Rejected(401) when id, key or clock are wrong."""

    def token_owner(self) -> TokenOwner:
        """Whose token we hold, where there is no App; Rejected(401) when it is not taken."""

    def own_user(self) -> int | None:
        """The id of the user as whom we write without an App; None for an App. Asked once."""

    def pull_request(self, repository: Repository, number: int) -> PullRequest:
        """The pull request as it is now."""

    def files(self, repository: Repository, number: int) -> tuple[tuple[ChangedFile, ...], bool]:
        """The changed files, and whether these are all (GitHub shows 3,000 at most)."""

    def open_pull_requests(self, repository: Repository) -> list[PullRequest]:
        """All open pull requests, oldest first."""

    def hook_deliveries(self, cursor: str = "") -> tuple[list[HookDelivery], str]:
        """A hundred attempts to deliver something to our App, newest first, and the cursor to those
        before them, empty where there are none. No cursor: the newest. Asked as the App."""

    def redeliver(self, id: int) -> None:
        """Have the event of this attempt sent to us again. GitHub can for three days."""

    def repository(self, installation: int, full_name: str) -> Repository:
        """The repository, with its default branch."""

    def default_head(self, repository: Repository) -> str | None:
        """The newest commit of the default branch; None for an empty repository."""

    def checks_of_rules(self, repository: Repository) -> tuple[RequiredCheck, ...]:
        """The checks that the active rulesets require on the default branch.

        Rejected(403 or 404) where GitHub does not let us read them.
        """

    def checks_of_protection(self, repository: Repository) -> tuple[RequiredCheck, ...]:
        """The checks that classic protection requires on the default branch; none if there is no
        protection, or no such branch."""

    def codeowners(self, repository: Repository) -> str:
        """What CODEOWNERS of the default branch says; empty where there is none."""

    def team_repositories(self, repository: Repository, team: str) -> dict[int, int]:
        """The ids of the repositories that a team, "acme/checkout", may write to, and how far its
        rights go (a higher number is more). Asked through the installation of `repository`."""

    def find_comments(self, repository: Repository, number: int, marker: str) -> list[Posted]:
        """The comments that hold the marker, oldest first."""

    def create_comment(self, repository: Repository, number: int, body: str) -> Posted:
        """Post a comment."""

    def edit_comment(
        self, repository: Repository, number: int, comment_id: int, body: str
    ) -> datetime:
        """Replace the text of a comment; gives GitHub's time of that."""

    def delete_comment(self, repository: Repository, number: int, comment_id: int) -> None:
        """Take a comment of ours away, with all that it ever said."""

    def history(self, repository: Repository, comment_id: int, node: str) -> tuple[Version, ...]:
        """What a comment said over time, oldest first; the last version is what it says now.

        `node` is its name in GraphQL; empty where that is not known.
        """

    def description_history(self, repository: Repository, number: int) -> tuple[Version, ...]:
        """What the description of a pull request said over time, oldest first."""

    def comments_since(
        self, repository: Repository, since: datetime, most: int
    ) -> tuple[list[Said], datetime | None]:
        """The comments on pull requests that were posted or edited since then, longest ago first;
        and until when comments were read, those on issues too: None where there are none at all.
        GitHub is asked for `most` pages of a hundred."""

    def comment(self, repository: Repository, comment_id: int) -> Said | None:
        """A comment on a pull request as it is now; None where there is none of that id."""

    def react(self, repository: Repository, number: int, comment_id: int, content: str) -> None:
        """Put a reaction below a comment ("eyes", "rocket"); there already, it stays one."""

    def permission(self, repository: Repository, actor: Actor) -> str:
        """What somebody may do there: admin, write, read or none. Known for some minutes.

        None for somebody else who goes by that login today.
        """

    def in_team(self, repository: Repository, team: str, actor: Actor) -> bool:
        """Whether somebody is in a team, written "organisation/team". Known for some minutes."""

    def with_email(self, repository: Repository, email: str) -> Actor | None:
        """The one person who shows this address on GitHub; None for nobody, or several. Asked as
        the installation of this repository."""

    def find_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int | None:
        """The id of our newest check run of that name and external id on a commit."""

    def create_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int:
        """Put a completed check run on a commit; gives its id."""

    def update_check(self, repository: Repository, check_id: int, check: CheckRun) -> None:
        """Make a check run say something else."""

    def set_status(self, repository: Repository, head_sha: str, status: CommitStatus) -> int:
        """Put a status on a commit, in the place of an older one of that name; gives its id."""
