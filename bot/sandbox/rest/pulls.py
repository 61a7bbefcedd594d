"""Pull requests and their files: https://docs.github.com/en/rest/pulls."""

from __future__ import annotations

from bot.sandbox.records import PullRequest
from bot.sandbox.rest.asking import Answer, Ask, Route

MAX_FILES = 3000


def pulls(ask: Ask) -> Answer:
    """Open ones unless `state` says otherwise; newest first, or by `sort` and `direction`."""
    wanted = ask.query.get("state", "open")
    found = [p for p in ask.world.state.pulls.values() if wanted in (p.state, "all")]
    base = ask.query.get("base")
    if base:
        found = [pull for pull in found if pull.base == base]
    shown = [ask.seen(pull) for pull in _sorted(found, ask.query)]
    return ask.listing(shown, ask.shapes.pull)


def pull(ask: Ask) -> Answer:
    found = ask.seen(ask.world.state.pull(ask.number("number")))
    return Answer(200, ask.shapes.pull(found))


def files(ask: Ask) -> Answer:
    found = ask.world.state.pull(ask.number("number"))
    listed = found.files[:MAX_FILES]
    return ask.listing(listed, lambda file: ask.shapes.file(found, file))


def issue(ask: Ask) -> Answer:
    found = ask.seen(ask.world.state.pull(ask.number("number")))
    return Answer(200, ask.shapes.issue(found))


def _sorted(found: list[PullRequest], query: dict[str, str]) -> list[PullRequest]:
    by_update = query.get("sort") == "updated"
    newest_first = query.get("direction", "desc" if not by_update else "asc") == "desc"
    return sorted(
        found,
        key=lambda pull: (pull.updated_at if by_update else pull.created_at, pull.number),
        reverse=newest_first,
    )


REPO = "/repos/{owner}/{repo}"
ROUTES: list[Route] = [
    ("GET", REPO + "/pulls", pulls),
    ("GET", REPO + "/pulls/{number}", pull),
    ("GET", REPO + "/pulls/{number}/files", files),
    ("GET", REPO + "/issues/{number}", issue),
]
