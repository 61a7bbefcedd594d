"""GitHub through PyGithub: typed values in, typed values out, its errors in our words.

No retries and no waiting here: PyGithub's own are off, the job layer paces and tries again.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from github import Auth, BadAttributeException, Github, GithubException, GithubIntegration
from github.CheckRun import CheckRun as GhCheckRun
from github.GithubObject import CompletableGithubObject
from github.PullRequest import PullRequest as GhPullRequest
from github.Repository import Repository as GhRepository
from github.Requester import Requester

from bot.core.facts import Actor, ChangedFile, PullRequest, Repository, RequiredCheck, Version
from bot.errors import Rejected, Transient
from bot.gateways import (
    connection,
    github_comments,
    github_deliveries,
    github_history,
    github_rules,
)
from bot.gateways.github_auth import AppAuth, InstallationAuth, Tokens
from bot.gateways.github_time import GitHubTime, told_at
from bot.gateways.remembered import Remembered
from bot.ports import (
    AppIdentity,
    CheckRun,
    CommitStatus,
    HookDelivery,
    Limits,
    Posted,
    Said,
    TokenOwner,
)

MOST_FILES = 3000  # https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
TIMEOUT = 15  # seconds
LONGEST_WAIT = 3600.0  # seconds
# https://docs.github.com/en/rest/about-the-rest-api/api-versions: what is asked without one may one
# day be answered differently.
API_VERSION = "2022-11-28"
RIGHTS_SECONDS = 300.0  # for which an answer about somebody's rights is believed
AS_APP = -1  # in the place of an installation: the App asks as itself; 0 is where there is none
connection.install()
# What PyGithub and the reading of its values raise over a body that is not GitHub's.
NONSENSE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RuntimeError,
    BadAttributeException,
)


class GitHubGateway:
    """One per process; each worker thread has a client of its own, all share the tokens.

    Asks as an App, or with somebody's personal token; then every installation is the same.
    """

    def __init__(self, auth: AppAuth | Auth.Token, base_url: str, limits: Limits) -> None:
        self._limits = limits
        self._options: dict[str, Any] = {
            "base_url": base_url.rstrip("/"),
            "timeout": TIMEOUT,
            "per_page": 100,
            "retry": None,
            "seconds_between_requests": None,
            "seconds_between_writes": None,
            "user_agent": "emptychair",
            "lazy": True,
            "api_version": API_VERSION,
        }
        self._personal = auth if isinstance(auth, Auth.Token) else None
        self._app_id, self.time = 0, GitHubTime()
        if isinstance(auth, AppAuth):
            self._integration = GithubIntegration(auth=auth, **self._options)
            self._tokens = Tokens(self._integration, auth.time)
            self._app_id, self.time = int(auth.app_id), auth.time
        self._own_user: int | None = None
        self._rights: Remembered[str] = Remembered(RIGHTS_SECONDS)
        self._local = threading.local()

    # -- reading ---------------------------------------------------------------------------------

    def identity(self) -> AppIdentity:
        """See `ports.GitHub`."""
        with self._translated(AS_APP):
            raw = self._integration.get_app().raw_data
        return AppIdentity(raw["slug"], dict(raw["permissions"]), tuple(raw["events"]))

    def token_owner(self) -> TokenOwner:
        """See `ports.GitHub`. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
        with self._translated(AS_APP):
            headers, raw = self._client(0).requester.requestJsonAndCheck("GET", "/user")
            told = headers.get("x-oauth-scopes") or ""
            scopes = tuple(scope.strip() for scope in told.split(",") if scope.strip())
            self._own_user = raw["id"]
            return TokenOwner(raw["id"], raw["login"], scopes)

    def own_user(self) -> int | None:
        """See `ports.GitHub`. A token that is not taken may be put right by a new one."""
        if self._personal is None or self._own_user is not None:
            return self._own_user
        try:
            return self.token_owner().id
        except Rejected as error:
            raise Transient(str(error)) from error

    def pull_request(self, repository: Repository, number: int) -> PullRequest:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return _pull_request(repository, repo.get_pull(number).raw_data)

    def files(self, repository: Repository, number: int) -> tuple[tuple[ChangedFile, ...], bool]:
        """See `ports.GitHub`. A patch that GitHub leaves out (binary, too large) is None."""
        with self._repository(repository) as repo:
            found = tuple(
                ChangedFile(
                    path=raw["filename"],
                    additions=raw.get("additions") or 0,
                    deletions=raw.get("deletions") or 0,
                    patch=raw.get("patch"),
                    previous_path=raw.get("previous_filename"),
                )
                for raw in (file.raw_data for file in repo.get_pull(number).get_files())
            )
        return found, 0 < len(found) < MOST_FILES

    def open_pull_requests(self, repository: Repository) -> list[PullRequest]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            pulls = repo.get_pulls(state="open", sort="created", direction="asc")
            return [_pull_request(repository, _raw(pull)) for pull in pulls]

    def repository(self, installation: int, full_name: str) -> Repository:
        """See `ports.GitHub`."""
        known = Repository(0, full_name, installation)
        with self._repository(known) as repo:
            raw = repo.raw_data
            return Repository(
                raw["id"], raw["full_name"], installation, raw["private"], raw["default_branch"]
            )

    def default_head(self, repository: Repository) -> str | None:
        """See `ports.GitHub`."""
        try:
            with self._repository(repository) as repo:
                return str(repo.get_branch(repository.default_branch).commit.sha)
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    def checks_of_rules(self, repository: Repository) -> tuple[RequiredCheck, ...]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return github_rules.of_rulesets(repo._requester, repo.url, repository.default_branch)

    def checks_of_protection(self, repository: Repository) -> tuple[RequiredCheck, ...]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return github_rules.of_protection(repo._requester, repo.url, repository.default_branch)

    # -- deliveries ------------------------------------------------------------------------------

    def hook_deliveries(self, cursor: str = "") -> tuple[list[HookDelivery], str]:
        """See `ports.GitHub`."""
        with self._translated(AS_APP):
            return github_deliveries.page(self._client(AS_APP).requester, cursor)

    def redeliver(self, id: int) -> None:
        """See `ports.GitHub`."""
        with self._translated(AS_APP):
            github_deliveries.redeliver(self._client(AS_APP).requester, id)

    # -- comments --------------------------------------------------------------------------------

    def find_comments(self, repository: Repository, number: int, marker: str) -> list[Posted]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            comments = [_raw(c) for c in self._lazy_pull(repo, number).get_issue_comments()]
            return [_posted(raw) for raw in comments if marker in (raw.get("body") or "")]

    def create_comment(self, repository: Repository, number: int, body: str) -> Posted:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            pull = self._lazy_pull(repo, number)
            return _posted(pull.create_issue_comment(body).raw_data)

    def edit_comment(
        self, repository: Repository, number: int, comment_id: int, body: str
    ) -> datetime:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            comment = self._lazy_pull(repo, number).get_issue_comment(comment_id)
            comment.edit(body)
            _written(comment.id, comment_id)
            return comment.updated_at.astimezone(UTC)

    def delete_comment(self, repository: Repository, number: int, comment_id: int) -> None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            self._lazy_pull(repo, number).get_issue_comment(comment_id).delete()

    @staticmethod
    def _lazy_pull(repo: GhRepository, number: int) -> GhPullRequest:
        """A pull request that knows its addresses without being fetched."""
        url = f"{repo.url}/pulls/{number}"
        issue = f"{repo.url}/issues/{number}"
        attributes = {"url": url, "issue_url": issue, "number": number}
        return GhPullRequest(repo._requester, {}, attributes, completed=True)

    def comments_since(
        self, repository: Repository, since: datetime, most: int
    ) -> tuple[list[Said], bool]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return github_comments.since(repo, since, most)

    def comment(self, repository: Repository, comment_id: int) -> Said | None:
        """See `ports.GitHub`."""
        try:
            with self._repository(repository) as repo:
                return github_comments.one(repo, comment_id)
        except Rejected as error:
            if error.status in (404, 410):
                return None
            raise

    def react(self, repository: Repository, number: int, comment_id: int, content: str) -> None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            self._lazy_pull(repo, number).get_issue_comment(comment_id).create_reaction(content)

    def history(self, repository: Repository, comment_id: int, node: str) -> tuple[Version, ...]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            if not node:
                url = f"{repo.url}/issues/comments/{comment_id}"
                node = repo._requester.requestJsonAndCheck("GET", url)[1]["node_id"]
            data = github_history.ask(repo._requester, github_history.OF_COMMENT, {"id": node})
            return github_history.versions(data["node"])

    def description_history(self, repository: Repository, number: int) -> tuple[Version, ...]:
        """See `ports.GitHub`."""
        owner, name = repository.full_name.split("/", 1)
        variables = {"owner": owner, "name": name, "number": number}
        with self._repository(repository) as repo:
            query = github_history.OF_DESCRIPTION
            data = github_history.ask(repo._requester, query, variables)
            return github_history.versions((data["repository"] or {}).get("pullRequest"))

    # -- people ----------------------------------------------------------------------------------

    def permission(self, repository: Repository, actor: Actor) -> str:
        """See `ports.GitHub`. GitHub tells maintain as write and triage as read."""

        def ask() -> str:
            with self._repository(repository) as repo:
                url = f"{repo.url}/collaborators/{quote(actor.login, safe='')}/permission"
                found = repo._requester.requestJsonAndCheck("GET", url)[1]
                return str(found["permission"]) if found["user"]["id"] == actor.id else "none"

        return self._rights.get((repository.id, actor.id), lambda: _unless_missing(ask, "none"))

    def in_team(self, repository: Repository, team: str, actor: Actor) -> bool:
        """See `ports.GitHub`."""
        org, _, slug = team.partition("/")
        member = quote(actor.login, safe="")
        url = f"/orgs/{quote(org, safe='')}/teams/{quote(slug, safe='')}/memberships/{member}"

        def ask() -> str:
            with self._repository(repository) as repo:
                return str(repo._requester.requestJsonAndCheck("GET", url)[1]["state"])

        key = (repository.installation, team, actor.id)
        return self._rights.get(key, lambda: _unless_missing(ask, "")) == "active"

    # -- checks ----------------------------------------------------------------------------------

    def find_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int | None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            listed = repo.get_commit(head_sha).get_check_runs(check_name=check.name)
            runs = [_raw(run) for run in listed]
            ours = (run for run in runs if run.get("external_id") == check.external_id)
            return max((run["id"] for run in ours if self._by_us(run)), default=None)

    def _by_us(self, run: dict[str, Any]) -> bool:
        """Another App may use our words; where GitHub names the App, it has to be ours."""
        app = run.get("app") or {}
        return app.get("id") in (None, self._app_id)

    def create_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            run = repo.create_check_run(head_sha=head_sha, **_content(check))
            return int(_raw(run)["id"])  # `run.id` would be guessed from the address of a redirect

    def update_check(self, repository: Repository, check_id: int, check: CheckRun) -> None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            url = f"{repo.url}/check-runs/{check_id}"
            run = GhCheckRun(repo._requester, {}, {"url": url}, completed=True)
            run.edit(**_content(check))
            _written(run.id, check_id)

    def set_status(self, repository: Repository, head_sha: str, status: CommitStatus) -> int:
        """See `ports.GitHub`. Made anew each time: GitHub knows no edit of a status."""
        content = {"state": status.state, "context": status.name, "description": status.description}
        content |= {"target_url": status.url} if status.url else {}
        with self._repository(repository) as repo:
            url = f"{repo.url}/statuses/{head_sha}"
            return int(repo._requester.requestJsonAndCheck("POST", url, input=content)[1]["id"])

    # -- plumbing --------------------------------------------------------------------------------

    @contextmanager
    def _repository(self, repository: Repository) -> Iterator[GhRepository]:
        """The repository as its installation sees it, with PyGithub's errors in our words."""
        installation = repository.installation
        with self._translated(installation):
            client = self._client(installation)
            yield client.get_repo(repository.full_name)
            self._heard(installation, client.requester)

    def _heard(self, installation: int, requester: Requester) -> None:
        """What the headers of the last answer say of our limits; nothing where GitHub has none."""
        remaining, limit = requester.rate_limiting
        if limit > 0:
            resets_in = requester.rate_limiting_resettime - self.time.now()
            self._limits.heard(installation, remaining, limit, resets_in)

    def _client(self, installation: int) -> Github:
        clients: dict[int, Github] = self._local.__dict__.setdefault("clients", {})
        if installation not in clients:
            auth = self._personal or self._auth_of(installation)
            clients[installation] = Github(auth=auth, **self._options)
        return clients[installation]

    def _auth_of(self, installation: int) -> Auth.Auth:
        if installation == AS_APP:
            return self._integration.auth
        return InstallationAuth(self._tokens, installation)

    @contextmanager
    def _translated(self, installation: int) -> Iterator[None]:
        try:
            yield
        except GithubException as error:
            if error.status == 401:
                signed_in_time = not self.time.learn(error.headers)
                if installation == AS_APP and signed_in_time:  # id or key is wrong
                    raise Rejected(_told(error), 401) from error
                if self._personal is None:
                    self._tokens.forget(installation)
            raise self._meaning(error, max(installation, 0)) from error
        except OSError as error:  # requests' own errors are among them
            raise Transient(f"GitHub could not be reached: {type(error).__name__}") from error
        except NONSENSE as error:
            what = f"{type(error).__name__} {error}"[:200]
            raise Transient(f"GitHub's answer made no sense: {what}") from error

    def _meaning(self, error: GithubException, installation: int) -> Exception:
        """Whether to try again, and when:
        https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api."""
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        text = _told(error)
        wait = _seconds(headers)
        if error.status == 429 or (
            error.status == 403 and (wait is not None or "rate limit" in text.lower())
        ):
            rest = self._limits.refused(installation, wait)
            return Transient(text, rest, f"github:{installation}")
        if error.status >= 500 or error.status in (401, 408):
            return Transient(text, wait)
        return Rejected(text, error.status)


def _unless_missing(ask: Callable[[], str], otherwise: str) -> str:
    try:
        return ask()
    except Rejected as error:
        if error.status == 404:
            return otherwise
        raise


def _raw(listed: CompletableGithubObject) -> dict[str, Any]:
    """One of a list as it was listed: `raw_data` would fetch each one again."""
    raw: dict[str, Any] = listed._rawData
    return raw


def _seconds(headers: dict[str, str]) -> float | None:
    """How long GitHub asks us to wait, an hour at most: its longest window."""
    told = _number(headers.get("retry-after"))
    if told is None and headers.get("x-ratelimit-remaining") == "0":
        reset = _number(headers.get("x-ratelimit-reset"))
        now = told_at(headers) or time.time()
        told = None if reset is None else max(1.0, reset - now)
    return None if told is None else min(max(0.0, told), LONGEST_WAIT)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _told(error: GithubException) -> str:
    data = error.data
    said = str(data.get("message", "")) if isinstance(data, dict) else str(error.message or "")
    return f"GitHub answered {error.status}: {said}"


def _pull_request(repository: Repository, raw: dict[str, Any]) -> PullRequest:
    user = raw.get("user") or {"id": 0, "login": "ghost", "type": "User"}
    return PullRequest(
        repository=repository,
        number=raw["number"],
        title=raw["title"] or "",
        body=raw.get("body") or "",
        author=Actor(user["id"], user["login"], user.get("type") == "Bot"),
        head_sha=raw["head"]["sha"],
        base_ref=raw["base"]["ref"],
        branch=raw["head"]["ref"] or "",
        labels=tuple(label["name"] for label in raw.get("labels") or ()),
        draft=bool(raw.get("draft")),
        open=raw["state"] == "open",
        merged=bool(raw.get("merged") or raw.get("merged_at")),
        updated_at=_time(raw["updated_at"]),
        url=raw["html_url"],
        created_at=_time(raw["created_at"]) if raw.get("created_at") else None,
        author_association=raw.get("author_association") or "",
    )


def _written(told: int | None, id: int) -> None:
    """A write that GitHub answered with a redirect (the repository moved) did not happen."""
    if told != id:
        raise Transient("GitHub did not write it: the repository may have moved")


def _posted(raw: dict[str, Any]) -> Posted:
    user, app = raw.get("user") or {}, raw.get("performed_via_github_app") or {}
    by_bot = user.get("type") == "Bot"
    at = _time(raw["updated_at"])
    return Posted(raw["id"], user.get("id", 0), by_bot, app.get("id"), raw.get("body") or "", at)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _content(check: CheckRun) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": check.name,
        "status": "completed",
        "conclusion": check.conclusion,
        "external_id": check.external_id,
        "output": {"title": check.title, "summary": check.summary},
        "actions": [
            {"label": b.label, "description": b.description, "identifier": b.identifier}
            for b in check.buttons
        ],
    }
    return content | ({"details_url": check.details_url} if check.details_url else {})
