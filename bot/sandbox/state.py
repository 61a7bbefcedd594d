"""The memory of the stand-in: one repository, its people and everything that hangs on it."""

from __future__ import annotations

import random
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bot.sandbox.records import (
    CheckRun,
    Comment,
    Commit,
    CommitStatus,
    MergeGroup,
    PullRequest,
    Reaction,
    Unknown,
    UnknownCommit,
    User,
)

WRITERS = frozenset({"admin", "maintain", "write"})
OTHER_APPS = {"github-actions": 15368}
FIRST_IDS = {
    "pull": 2_180_000_000,
    "comment": 3_210_000_000,
    "reaction": 290_000_000,
    "check": 41_700_000_000,
    "suite": 37_900_000_000,
    "status": 35_600_000_000,
    "delivery": 178_000_000_000,
}


def now() -> datetime:
    """The time as GitHub tells it: UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


class State:
    """Everything that is, behind one lock; whoever reads or writes more than one thing holds it.

    `clock` gives the time in UTC with whole seconds. `seed` makes ids and hashes repeatable;
    without one they differ from run to run.
    """

    def __init__(
        self,
        *,
        owner: str,
        repository: str,
        slug: str,
        app_id: int,
        clock: Callable[[], datetime] = now,
        seed: int | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311  # ids need to differ, not to be secret
        self.slug, self.app_id = slug, app_id
        self.installation_id = 50_000_000 + app_id % 1_000_000
        self.repository_name, self.repository_id = repository, 680_000_000 + app_id % 1_000_000
        self.created_at = clock()
        self.private = True
        self.default_branch = "main"
        self.users: dict[str, User] = {}
        self.roles: dict[str, str] = {"reviewer": "admin", "outsider": "read"}
        self.concealed: set[str] = set()
        self.installed = True  # without the App a webhook of the repository tells what happened
        self.machines: set[str] = set()  # logins whose personal tokens scripts use
        self.teams: dict[str, tuple[str, ...]] = {}
        self.team_roles: dict[str, str] = {}  # what each may do in the repository
        self.contents: dict[str, str] = {}  # files of the default branch, by path
        self.pulls: dict[int, PullRequest] = {}
        self.comments: dict[int, Comment] = {}
        self.forbidden: set[int] = set()  # comments that no script may edit, people still may
        self.reactions: dict[int, Reaction] = {}
        self.checks: dict[int, CheckRun] = {}
        self._checks_by_sha: dict[str, list[CheckRun]] = {}
        self.statuses: list[CommitStatus] = []
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.groups: dict[str, MergeGroup] = {}
        self.rulesets: dict[str, int | None] = {}  # required check -> its App; None: anybody
        self.classic: dict[str, int | None] = {}  # the same in classic branch protection
        self._suites: dict[tuple[str, str], int] = {}
        self._last_id = dict(FIRST_IDS)
        self.owner = self.user(owner, "Organization")
        self.bot = self.user(f"{slug}[bot]", "Bot")
        self.branches[self.default_branch] = self.new_commit("First commit", self.owner).sha

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.repository_name}"

    def next_id(self, kind: str) -> int:
        """Ids only grow, with gaps, as if other people used GitHub too."""
        with self.lock:
            self._last_id[kind] += self.random.randint(1, 97)
            return self._last_id[kind]

    def new_sha(self) -> str:
        with self.lock:
            return f"{self.random.getrandbits(160):040x}"

    def new_commit(
        self, message: str, author: User, parent: str | None = None, merged: str | None = None
    ) -> Commit:
        """`merged` is the second parent, which makes it a merge commit."""
        with self.lock:
            commit = Commit(self.new_sha(), message, author, self.clock(), parent, merged)
            self.commits[commit.sha] = commit
            return commit

    def user(self, login: str, type_: str | None = None) -> User:
        """The person of this login, made at first mention; a login keeps its id for good."""
        with self.lock:
            if login not in self.users:
                kind = type_ or ("Bot" if login.endswith("[bot]") else "User")
                self.users[login] = User(login, 1_000_000 + zlib.crc32(login.encode()), kind)
            return self.users[login]

    def known_user(self, login: str) -> User | None:
        """Whom GitHub knows by this login, whose capitals do not matter."""
        with self.lock:
            names = [*self.users, *self.roles]
            name = next((name for name in names if name.casefold() == login.casefold()), None)
            return self.user(name) if name else None

    def role(self, login: str) -> str:
        """admin, maintain, write, triage, read or none; a public repository can be read by all."""
        if login == self.bot.login:
            return "write"
        return self.roles.get(login, "none" if self.private else "read")

    def can_write(self, login: str) -> bool:
        return self.role(login) in WRITERS

    def pull(self, number: int) -> PullRequest:
        if number not in self.pulls:
            raise Unknown(f"There is no pull request #{number}.")
        return self.pulls[number]

    def comment(self, comment_id: int) -> Comment:
        if comment_id not in self.comments:
            raise Unknown("This comment is gone.")
        return self.comments[comment_id]

    def check(self, check_id: int) -> CheckRun:
        if check_id not in self.checks:
            raise Unknown("There is no such check run.")
        return self.checks[check_id]

    def comments_on(self, number: int) -> list[Comment]:
        with self.lock:
            return [comment for comment in self.comments.values() if comment.number == number]

    def checks_on(self, sha: str) -> list[CheckRun]:
        """The runs on this commit, oldest first."""
        with self.lock:
            return list(self._checks_by_sha.get(sha, ()))

    def add_check(self, run: CheckRun) -> None:
        with self.lock:
            self.checks[run.id] = run
            self._checks_by_sha.setdefault(run.head_sha, []).append(run)

    def latest_check(self, sha: str, name: str) -> CheckRun | None:
        """The run of that name that counts: the last one, of the App that a rule names, if any."""
        wanted = {**self.classic, **self.rulesets}.get(name)
        runs = [run for run in self.checks_on(sha) if run.name == name]
        counting = [run for run in runs if wanted in (None, self.app_of(run.app))]
        return counting[-1] if counting else None

    def app_of(self, slug: str) -> int:
        """The id of the App with that slug; empty: ours."""
        return OTHER_APPS.get(slug, 700_000 + zlib.crc32(slug.encode())) if slug else self.app_id

    def latest_status(self, sha: str, context: str) -> CommitStatus | None:
        with self.lock:
            found = [s for s in self.statuses if (s.sha, s.context) == (sha, context)]
        return found[-1] if found else None

    def pulls_at(self, sha: str) -> Iterator[PullRequest]:
        """Open pull requests whose head this commit is; forks are left out, as GitHub does."""
        for pull in self.pulls.values():
            if pull.head_sha == sha and pull.state == "open" and not pull.from_fork:
                yield pull

    def suite_id(self, sha: str, app: str = "") -> int:
        """One check suite for each App and commit; `app` is a slug, empty for ours."""
        with self.lock:
            if (sha, app) not in self._suites:
                self._suites[sha, app] = self.next_id("suite")
            return self._suites[sha, app]

    def suite_sha(self, suite_id: int) -> str | None:
        with self.lock:
            return next((key[0] for key, known in self._suites.items() if known == suite_id), None)

    def resolve(self, ref: str) -> Commit:
        """The commit of a branch, a full name (`refs/heads/…`), a hash or its first 7 or more."""
        with self.lock:
            name = ref.removeprefix("refs/").removeprefix("heads/")
            sha = self.branches.get(name, ref)
            if sha in self.commits:
                return self.commits[sha]
            matches = [known for known in self.commits if len(ref) >= 7 and known.startswith(ref)]
            if len(matches) != 1:
                raise UnknownCommit(f"No commit found for SHA: {ref}")
            return self.commits[matches[0]]
