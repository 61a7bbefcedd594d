"""Teams of the organisation: https://docs.github.com/en/rest/teams/members."""

from __future__ import annotations

from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route


def membership(ask: Ask) -> Answer:
    """Who is no member, and a team that nobody made, are alike not found."""
    state, team = ask.world.state, ask.path["team"]
    user = state.known_user(ask.path["login"])
    ours = ask.path["org"].casefold() == state.owner.login.casefold()
    if not ours or user is None or user.login not in state.teams.get(team, ()):
        raise ApiError(404, "Not Found")
    url = f"{ask.shapes.api}/orgs/{state.owner.login}/teams/{team}/memberships/{user.login}"
    return Answer(200, {"url": url, "role": "member", "state": "active"})


ROUTES: list[Route] = [
    ("GET", "/orgs/{org}/teams/{team}/memberships/{login}", membership),
]
