"""The App, its installation and its check runs as GitHub writes them in JSON."""

from __future__ import annotations

from bot.sandbox.records import CheckRun, Comment, CommitStatus
from bot.sandbox.shapes import Json, Shapes, moment, node_id

PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "merge_queues": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "write",
}
EVENTS = [
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "repository",
]


class AppShapes(Shapes):
    """Writes what belongs to the App for one caller."""

    def app(self) -> Json:
        state = self.state
        return {
            "id": state.app_id,
            "slug": state.slug,
            "client_id": f"Iv23li{state.app_id:014d}",
            "node_id": node_id("A", state.app_id),
            "owner": self.user(state.owner),
            "name": state.slug.replace("-", " ").title(),
            "description": "An App of the stand-in GitHub",
            "external_url": self.web,
            "html_url": f"{self.web}/apps/{state.slug}",
            "created_at": moment(state.created_at),
            "updated_at": moment(state.created_at),
            "permissions": PERMISSIONS,
            "events": EVENTS,
            "installations_count": 1,
        }

    def comment(self, comment: Comment) -> Json:
        """What an App said through its API carries the App."""
        app = self.app() if comment.by_app else None
        return super().comment(comment) | {"performed_via_github_app": app}

    def installation(self) -> Json:
        state = self.state
        return {
            "id": state.installation_id,
            "account": self.user(state.owner),
            "repository_selection": "selected",
            "access_tokens_url": f"{self.api}/app/installations/{state.installation_id}"
            "/access_tokens",
            "repositories_url": f"{self.api}/installation/repositories",
            "html_url": f"{self.web}/organizations/{state.owner.login}/settings/installations/"
            f"{state.installation_id}",
            "app_id": state.app_id,
            "app_slug": state.slug,
            "target_id": state.owner.id,
            "target_type": "Organization",
            "permissions": PERMISSIONS,
            "events": EVENTS,
            "created_at": moment(state.created_at),
            "updated_at": moment(state.created_at),
            "single_file_name": None,
            "has_multiple_single_files": False,
            "single_file_paths": [],
            "suspended_by": None,
            "suspended_at": None,
        }

    def _pull_requests(self, sha: str) -> list[Json]:
        repo = {
            "id": self.state.repository_id,
            "url": self.repo_url,
            "name": self.state.repository_name,
        }
        return [
            {
                "url": f"{self.repo_url}/pulls/{pull.number}",
                "id": pull.id,
                "number": pull.number,
                "head": {"ref": pull.branch, "sha": pull.head_sha, "repo": repo},
                "base": {"ref": pull.base, "sha": pull.base_sha, "repo": repo},
            }
            for pull in self.state.pulls_at(sha)
        ]

    def _branch_of(self, sha: str) -> str | None:
        group = self.state.groups.get(sha)
        if group:
            return group.head_ref.removeprefix("refs/heads/")
        return next((pull.branch for pull in self.state.pulls_at(sha)), None)

    def check(self, run: CheckRun) -> Json:
        """A check run; for a fork `pull_requests` is empty, so that only the commit names it."""
        url = f"{self.repo_url}/check-runs/{run.id}"
        return {
            "id": run.id,
            "name": run.name,
            "node_id": node_id("CR", run.id),
            "head_sha": run.head_sha,
            "external_id": run.external_id,
            "url": url,
            "html_url": f"{self.page}/runs/{run.id}",
            "details_url": run.details_url or f"{self.page}/runs/{run.id}",
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": moment(run.started_at),
            "completed_at": moment(run.completed_at),
            "output": {
                "title": run.title,
                "summary": run.summary,
                "text": run.text,
                "annotations_count": len(run.annotations),
                "annotations_url": f"{url}/annotations",
            },
            "check_suite": {"id": run.suite_id},
            "app": self.app(),
            "pull_requests": self._pull_requests(run.head_sha),
        }

    def check_in_event(self, run: CheckRun) -> Json:
        """The same inside a webhook, where the suite tells the branch."""
        suite = self.suite(run.head_sha)
        short = {key: suite[key] for key in ("id", "node_id", "head_branch", "head_sha", "status")}
        return self.check(run) | {"check_suite": short | {"pull_requests": suite["pull_requests"]}}

    def suite(self, sha: str) -> Json:
        runs = self.state.checks_on(sha)
        done = bool(runs) and all(run.status == "completed" for run in runs)
        suite_id = self.state.suite_id(sha)
        url = f"{self.repo_url}/check-suites/{suite_id}"
        return {
            "id": suite_id,
            "node_id": node_id("CS", suite_id),
            "head_branch": self._branch_of(sha),
            "head_sha": sha,
            "status": "completed" if done else "queued",
            "conclusion": runs[-1].conclusion if done else None,
            "url": url,
            "before": "0" * 40,
            "after": sha,
            "pull_requests": self._pull_requests(sha),
            "app": self.app(),
            "created_at": moment(self.state.commits[sha].at),
            "updated_at": moment(self.state.clock()),
            "latest_check_runs_count": len(runs),
            "check_runs_url": f"{url}/check-runs",
            "rerequestable": True,
            "runs_rerequestable": True,
        }

    def status(self, status: CommitStatus) -> Json:
        return {
            "url": f"{self.repo_url}/statuses/{status.sha}",
            "id": status.id,
            "node_id": node_id("SC", status.id),
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": moment(status.created_at),
            "updated_at": moment(status.created_at),
            "creator": self.user(status.creator),
        }
