"""The repository, its branches, commits and people: https://docs.github.com/en/rest/repos."""

from __future__ import annotations

import base64

from bot.sandbox.records import PullRequest
from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route, invalid
from bot.sandbox.shapes import Json

MOST_STATUSES = 1000  # of one context on one commit
STATES = ("error", "failure", "pending", "success")
ROLES = ("read", "triage", "write", "maintain", "admin")
PERMISSIONS = ("pull", "triage", "push", "maintain", "admin")  # what each role adds
LEGACY = {"maintain": "write", "triage": "read"}  # the older field knows four levels


def repository(ask: Ask) -> Answer:
    return Answer(200, ask.shapes.repository())


def branch(ask: Ask) -> Answer:
    name = ask.path["branch"]
    sha = ask.world.state.branches.get(name)
    if sha is None:
        raise ApiError(404, "Branch not found")
    url = f"{ask.shapes.repo_url}/branches/{name}"
    body = {
        "name": name,
        "commit": ask.shapes.commit(ask.world.state.commits[sha]),
        "_links": {"self": url, "html": f"{ask.shapes.page}/tree/{name}"},
        "protected": name == ask.world.state.default_branch,
        "protection_url": f"{url}/protection",
    }
    if name == ask.world.state.default_branch:
        body["protection"] = ask.shapes.protection()
    return Answer(200, body)


def rules(ask: Ask) -> Answer:
    """The active rules of a branch, which need not exist; ours lie on the default branch."""
    on_default = ask.path["branch"] == ask.world.state.default_branch
    return ask.listing(ask.shapes.rules() if on_default else [], lambda rule: rule)


def contents(ask: Ask) -> Answer:
    """A file of the default branch; only what a test put there."""
    path = ask.path["path"]
    text = ask.world.state.contents.get(path)
    if text is None:
        raise ApiError(404, "Not Found")
    raw = text.encode()
    content = base64.encodebytes(raw).decode()
    name = path.rpartition("/")[2]
    body = {"type": "file", "name": name, "path": path, "size": len(raw), "encoding": "base64"}
    return Answer(200, body | {"content": content})


def commit(ask: Ask) -> Answer:
    return Answer(200, ask.shapes.commit(ask.world.state.resolve(ask.path["ref"])))


def pulls_of_commit(ask: Ask) -> Answer:
    sha = ask.world.state.resolve(ask.path["ref"]).sha
    found: list[PullRequest] = [
        pull
        for pull in ask.world.state.pulls.values()
        if sha in (pull.head_sha, pull.merge_commit_sha)
    ]
    return ask.listing(found, ask.shapes.pull)


def permission(ask: Ask) -> Answer:
    """Only people whom GitHub has heard of have a permission."""
    state, login = ask.world.state, ask.path["login"]
    found = state.known_user(login)
    if found is None:
        raise ApiError(404, f"{login} is not a user")
    role = state.role(found.login)
    may = {name: role in ROLES[place:] for place, name in enumerate(PERMISSIONS)}
    user: Json = ask.shapes.user(found) | {"role_name": role, "permissions": may}
    body = {"permission": LEGACY.get(role, role), "role_name": role, "user": user}
    return Answer(200, body)


def me(ask: Ask) -> Answer:
    """An App is nobody: with its token GitHub refuses to say who is asking."""
    if ask.by_app:
        raise ApiError(403, "Resource not accessible by integration")
    return Answer(200, ask.shapes.user(ask.by))


def user(ask: Ask) -> Answer:
    known = ask.world.state.known_user(ask.path["login"])
    if known is None:
        raise ApiError(404, "Not Found")
    return Answer(200, ask.shapes.user(known))


def create_status(ask: Ask) -> Answer:
    """Never changed again: the newest of a context is the one that counts."""
    state = ask.world.state
    if not state.can_write(ask.by.login):
        raise ApiError(404, "Not Found")
    if ask.body.get("state") not in STATES:
        raise invalid("state", "invalid")
    description = ask.text("description", limit=140)
    sha, context = state.resolve(ask.path["sha"]).sha, ask.text("context") or "default"
    if sum((s.sha, s.context) == (sha, context) for s in state.statuses) >= MOST_STATUSES:
        told = "This SHA and context has reached the maximum number of statuses."
        raise ApiError(422, "Validation Failed", [told])
    status = ask.world.checks.report_status(
        sha,
        state=ask.text("state"),
        context=context,
        description=description or None,
        target_url=ask.text("target_url") or None,
        by=ask.by,
    )
    ask.world.merging.settle(sha)
    return Answer(201, ask.shapes.status(status))


def statuses(ask: Ask) -> Answer:
    sha = ask.world.state.resolve(ask.path["ref"]).sha
    found = [status for status in ask.world.state.statuses if status.sha == sha]
    return ask.listing(found[::-1], ask.shapes.status)


def combined(ask: Ask) -> Answer:
    """The newest status of each context, and what they come to together."""
    sha = ask.world.state.resolve(ask.path["ref"]).sha
    newest = {s.context: s for s in ask.world.state.statuses if s.sha == sha}
    states = {status.state for status in newest.values()}
    failed = states & {"error", "failure"}
    state = "failure" if failed else "success" if states == {"success"} else "pending"
    shown = [ask.shapes.status(status) for status in newest.values()]
    body = {"state": state, "sha": sha, "total_count": len(shown), "statuses": shown}
    return Answer(200, body)


REPO = "/repos/{owner}/{repo}"
ROUTES: list[Route] = [
    ("GET", REPO, repository),
    ("GET", REPO + "/rules/branches/{branch:path}", rules),
    ("GET", REPO + "/branches/{branch:path}", branch),
    ("GET", REPO + "/contents/{path:path}", contents),
    ("GET", REPO + "/commits/{ref:path}/pulls", pulls_of_commit),
    ("GET", REPO + "/commits/{ref:path}/statuses", statuses),
    ("GET", REPO + "/commits/{ref:path}/status", combined),
    ("GET", REPO + "/commits/{ref:path}", commit),
    ("GET", REPO + "/collaborators/{login}/permission", permission),
    ("GET", REPO + "/statuses/{ref:path}", statuses),
    ("POST", REPO + "/statuses/{sha}", create_status),
    ("GET", "/user", me),
    ("GET", "/users/{login}", user),
]
