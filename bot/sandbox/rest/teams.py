"""Teams of the organisation: https://docs.github.com/en/rest/teams/members."""

from __future__ import annotations

from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route


def membership(ask: Ask) -> Answer:
    """Who is no member, and a team that nobody made, are alike not found."""
    state = ask.world.state
    org, team, login = (ask.path[name] for name in ("org", "team", "login"))
    if org != state.owner.login or login not in state.teams.get(team, ()):
        raise ApiError(404, "Not Found")
    url = f"{ask.shapes.api}/orgs/{org}/teams/{team}/memberships/{login}"
    return Answer(200, {"url": url, "role": "member", "state": "active"})


ROUTES: list[Route] = [
    ("GET", "/orgs/{org}/teams/{team}/memberships/{login}", membership),
]
