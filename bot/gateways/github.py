"""GitHub through PyGithub: typed values in, typed values out, its errors in our words.

No retries and no waiting here: PyGithub's own are off, the job layer paces and tries again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from github import Auth
from github.CheckRun import CheckRun as GhCheckRun
from github.PullRequest import PullRequest as GhPullRequest
from github.Repository import Repository as GhRepository

from bot.core.facts import Actor, ChangedFile, PullRequest, Repository, RequiredCheck, Version
from bot.errors import Rejected, Transient
from bot.gateways import (
    github_comments,
    github_deliveries,
    github_history,
    github_owners,
    github_rules,
)
from bot.gateways import github_shapes as shapes
from bot.gateways.github_auth import AppAuth
from bot.gateways.github_clients import AS_APP, Clients
from bot.gateways.github_errors import unless_missing, written
from bot.gateways.github_time import GitHubTime
from bot.gateways.reach import Reach
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
RIGHTS_SECONDS = 300.0  # for which an answer about somebody's rights is believed


class GitHubGateway:
    """One per process; each worker thread has a client of its own, all share the tokens.

    Asks as an App, or with somebody's personal token; then every installation is the same.
    """

    def __init__(self, auth: AppAuth | Auth.Token, base_url: str, limits: Limits) -> None:
        self._clients = Clients(auth, base_url, limits)
        self._own_user: int | None = None
        self._rights: Remembered[str] = Remembered(RIGHTS_SECONDS)

    @property
    def time(self) -> GitHubTime:
        """What time it is for GitHub."""
        return self._clients.time

    @property
    def reach(self) -> Reach:
        """Whether the network brings us there."""
        return self._clients.reach

    # -- reading ---------------------------------------------------------------------------------

    def identity(self) -> AppIdentity:
        """See `ports.GitHub`."""
        with self._clients.asking(AS_APP) as client:
            raw = client.requester.requestJsonAndCheck("GET", "/app")[1]
        return AppIdentity(raw["slug"], dict(raw["permissions"]), tuple(raw["events"]))

    def token_owner(self) -> TokenOwner:
        """See `ports.GitHub`. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
        with self._clients.asking(AS_APP) as client:
            headers, raw = client.requester.requestJsonAndCheck("GET", "/user")
            told = headers.get("x-oauth-scopes") or ""
            scopes = tuple(scope.strip() for scope in told.split(",") if scope.strip())
            self._own_user = raw["id"]
            return TokenOwner(raw["id"], raw["login"], scopes)

    def own_user(self) -> int | None:
        """See `ports.GitHub`. A token that is not taken may be put right by a new one."""
        if not self._clients.by_token or self._own_user is not None:
            return self._own_user
        try:
            return self.token_owner().id
        except Rejected as error:
            raise Transient(str(error)) from error

    def pull_request(self, repository: Repository, number: int) -> PullRequest:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return shapes.pull_request(repository, repo.get_pull(number).raw_data)

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
            return [shapes.pull_request(repository, shapes.raw_of(pull)) for pull in pulls]

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
        with self._clients.asking(AS_APP) as client:
            return github_deliveries.page(client.requester, cursor)

    def redeliver(self, id: int) -> None:
        """See `ports.GitHub`."""
        with self._clients.asking(AS_APP) as client:
            github_deliveries.redeliver(client.requester, id)

    # -- comments --------------------------------------------------------------------------------

    def find_comments(self, repository: Repository, number: int, marker: str) -> list[Posted]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            comments = [
                shapes.raw_of(c) for c in self._lazy_pull(repo, number).get_issue_comments()
            ]
            return [shapes.posted(raw) for raw in comments if marker in (raw.get("body") or "")]

    def create_comment(self, repository: Repository, number: int, body: str) -> Posted:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            pull = self._lazy_pull(repo, number)
            return shapes.posted(pull.create_issue_comment(body).raw_data)

    def edit_comment(
        self, repository: Repository, number: int, comment_id: int, body: str
    ) -> datetime:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            comment = self._lazy_pull(repo, number).get_issue_comment(comment_id)
            comment.edit(body)
            written(comment.id, comment_id)
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
    ) -> tuple[list[Said], datetime | None]:
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
        with self._repository(repository, counts=False) as repo:
            if not node:
                url = f"{repo.url}/issues/comments/{comment_id}"
                node = repo._requester.requestJsonAndCheck("GET", url)[1]["node_id"]
            data = github_history.ask(repo._requester, github_history.OF_COMMENT, {"id": node})
            return github_history.versions(data["node"])

    def description_history(self, repository: Repository, number: int) -> tuple[Version, ...]:
        """See `ports.GitHub`."""
        owner, name = repository.full_name.split("/", 1)
        variables = {"owner": owner, "name": name, "number": number}
        with self._repository(repository, counts=False) as repo:
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

        return self._rights.get((repository.id, actor.id), lambda: unless_missing(ask, "none"))

    def in_team(self, repository: Repository, team: str, actor: Actor) -> bool:
        """See `ports.GitHub`."""
        org, _, slug = team.partition("/")
        member = quote(actor.login, safe="")
        url = f"/orgs/{quote(org, safe='')}/teams/{quote(slug, safe='')}/memberships/{member}"

        def ask() -> str:
            with self._repository(repository) as repo:
                return str(repo._requester.requestJsonAndCheck("GET", url)[1]["state"])

        key = (repository.installation, team, actor.id)
        return self._rights.get(key, lambda: unless_missing(ask, "")) == "active"

    def with_email(self, repository: Repository, email: str) -> Actor | None:
        """See `ports.GitHub`."""
        url = f"/search/users?q={quote(f'{email} in:email')}&per_page=2"
        with self._repository(repository) as repo:
            found = repo._requester.requestJsonAndCheck("GET", url)[1]["items"]
        return Actor(int(found[0]["id"]), str(found[0]["login"])) if len(found) == 1 else None

    def codeowners(self, repository: Repository) -> str:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return github_owners.codeowners(repo._requester, repo.url)

    def team_repositories(self, repository: Repository, team: str) -> dict[int, int]:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            return github_owners.of_team(repo._requester, team)

    # -- checks ----------------------------------------------------------------------------------

    def find_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int | None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            listed = repo.get_commit(head_sha).get_check_runs(check_name=check.name)
            runs = [shapes.raw_of(run) for run in listed]
            ours = (run for run in runs if run.get("external_id") == check.external_id)
            return max((run["id"] for run in ours if self._by_us(run)), default=None)

    def _by_us(self, run: dict[str, Any]) -> bool:
        """Another App may use our words; where GitHub names the App, it has to be ours."""
        app = run.get("app") or {}
        return app.get("id") in (None, self._clients.app_id)

    def create_check(self, repository: Repository, head_sha: str, check: CheckRun) -> int:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            run = repo.create_check_run(head_sha=head_sha, **shapes.content(check))
            return int(
                shapes.raw_of(run)["id"]
            )  # `run.id` would be guessed from the address of a redirect

    def update_check(self, repository: Repository, check_id: int, check: CheckRun) -> None:
        """See `ports.GitHub`."""
        with self._repository(repository) as repo:
            url = f"{repo.url}/check-runs/{check_id}"
            run = GhCheckRun(repo._requester, {}, {"url": url}, completed=True)
            run.edit(**shapes.content(check))
            written(run.id, check_id)

    def set_status(self, repository: Repository, head_sha: str, status: CommitStatus) -> int:
        """See `ports.GitHub`. Made anew each time: GitHub knows no edit of a status."""
        content = {"state": status.state, "context": status.name, "description": status.description}
        content |= {"target_url": status.url} if status.url else {}
        with self._repository(repository) as repo:
            url = f"{repo.url}/statuses/{head_sha}"
            return int(repo._requester.requestJsonAndCheck("POST", url, input=content)[1]["id"])

    # -- plumbing --------------------------------------------------------------------------------

    @contextmanager
    def _repository(self, repository: Repository, counts: bool = True) -> Iterator[GhRepository]:
        """The repository as its installation sees it."""
        with self._clients.asking(repository.installation, counts) as client:
            yield client.get_repo(repository.full_name)
