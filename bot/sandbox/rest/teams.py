"""Teams of the organisation: https://docs.github.com/en/rest/teams/members."""

from __future__ import annotations

from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route
from bot.sandbox.rest.repository import PERMISSIONS, ROLES


def membership(ask: Ask) -> Answer:
    """Who is no member, and a team that nobody made, are alike not found."""
    state, team = ask.world.state, ask.path["team"]
    user = state.known_user(ask.path["login"])
    ours = ask.path["org"].casefold() == state.owner.login.casefold()
    if not ours or user is None or user.login not in state.teams.get(team, ()):
        raise ApiError(404, "Not Found")
    url = f"{ask.shapes.api}/orgs/{state.owner.login}/teams/{team}/memberships/{user.login}"
    return Answer(200, {"url": url, "role": "member", "state": "active"})


def repositories(ask: Ask) -> Answer:
    """Our one repository, where the team was given rights to it."""
    state, team = ask.world.state, ask.path["team"]
    role = state.team_roles.get(team)
    if ask.path["org"].casefold() != state.owner.login.casefold() or team not in state.teams:
        raise ApiError(404, "Not Found")
    may = {name: role in ROLES[place:] for place, name in enumerate(PERMISSIONS)}
    found = [ask.shapes.repository() | {"permissions": may}] if role else []
    return ask.listing(found, lambda each: each)


ROUTES: list[Route] = [
    ("GET", "/orgs/{org}/teams/{team}/memberships/{login}", membership),
    ("GET", "/orgs/{org}/teams/{team}/repos", repositories),
]
