"""Ask GitHub who we are, and say in the log what an operator has to mend."""

from __future__ import annotations

import structlog

from bot.errors import Rejected
from bot.flows.world import World

# What the App needs; deploy/github-app-manifest.json asks for the same, held equal by a test.
PERMISSIONS = {
    "metadata": "read",
    "pull_requests": "write",
    "checks": "write",
    "statuses": "write",
    "issues": "read",
    "contents": "read",
    "merge_queues": "read",
}
FOR_TEAMS = {"members": "read"}  # only where the organisation names teams as reviewers
EVENTS = (
    "pull_request",
    "issue_comment",
    "check_run",
    "check_suite",
    "merge_group",
    "repository",
)
# What a classic token needs, what holds it as well, and what for.
ENOUGH = {"repo": {"repo"}, "read:org": {"read:org", "write:org", "admin:org"}}
FOR = {
    "repo": "comments and statuses, also in private repositories",
    "read:org": "to know who is in a team of reviewers",
}
STRENGTH = {"": 0, "read": 1, "write": 2, "admin": 3}

log = structlog.get_logger()


def check_app(world: World) -> None:
    """Wrong id or key, a missing permission, an event that nobody sends: each is one log line."""
    if world.by_token:
        check_token(world)
        return
    try:
        ours = world.github.identity()
    except Rejected as error:
        hint = "The App's id or private key is wrong, or the clock of this machine is."
        log.error("github.refused_us", app=world.app_id, error=str(error), hint=hint)
        return
    teams = world.catalog.organisation.reviewers.teams
    for name, level in {**PERMISSIONS, **(FOR_TEAMS if teams else {})}.items():
        if STRENGTH.get(ours.permissions.get(name, ""), 0) < STRENGTH[level]:
            hint = f"App settings, Permissions: set {name} to {level}; accept it where installed."
            log.error("github.permission_missing", permission=name, needed=level, hint=hint)
    for name in EVENTS:
        if name not in ours.events:
            hint = f"App settings, Permissions & events: subscribe to {name}."
            log.error("github.event_missing", webhook=name, hint=hint)
    log.info("github.known", app=world.app_id, slug=ours.slug)


def check_token(world: World) -> None:
    """The same where there is no App: a token that is not taken, or may do too little.

    Only of a classic token does GitHub say what it may do.
    """
    try:
        owner = world.github.token_owner()
    except Rejected as error:
        hint = "The token is wrong, expired or revoked. Set a new EMPTYCHAIR_GITHUB__TOKEN."
        log.error("github.refused_us", app=None, error=str(error), hint=hint)
        return
    needed = ("repo", "read:org") if world.catalog.organisation.reviewers.teams else ("repo",)
    missing = [name for name in needed if not ENOUGH[name] & set(owner.scopes)]
    for name in missing if owner.scopes else ():
        hint = f"GitHub, Settings of {owner.login}, Developer settings, Tokens: add {name}."
        log.error("github.scope_missing", scope=name, needed=FOR[name], hint=hint)
    log.info("github.known", user=owner.login, scopes=" ".join(owner.scopes) or "not told")
