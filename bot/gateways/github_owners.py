"""Whose a repository is: https://docs.github.com/en/rest/repos/contents, and teams."""

from __future__ import annotations

import base64
from urllib.parse import quote

from github.GithubException import UnknownObjectException
from github.Requester import Requester

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # the first that is there counts
PAGE, MOST_PAGES = 100, 50
RIGHTS = ("push", "maintain", "admin")  # from which on a repository is a team's; the weakest first


def codeowners(asked: Requester, repository: str) -> str:
    """What CODEOWNERS of the default branch says; empty where there is none, or it is larger than
    the megabyte that GitHub gives in one piece. Takes `contents: read`."""
    for place in PLACES:
        try:
            url = f"{repository}/contents/{quote(place, safe='')}"
            raw = asked.requestJsonAndCheck("GET", url)[1]
        except UnknownObjectException:
            continue
        if raw.get("encoding") == "base64":
            return base64.b64decode(raw.get("content") or "").decode("utf-8", "replace")
        return ""
    return ""


def of_team(asked: Requester, team: str) -> dict[int, int]:
    """The repositories that a team, "acme/checkout", may write to, and how far its rights go. Takes
    `members: read`."""
    org, _, slug = team.partition("/")
    url = f"/orgs/{quote(org, safe='')}/teams/{quote(slug, safe='')}/repos"
    found: dict[int, int] = {}
    for page in range(1, MOST_PAGES + 1):
        parameters = {"per_page": PAGE, "page": page}
        listed = asked.requestJsonAndCheck("GET", url, parameters=parameters)[1]
        for raw in listed:
            may = raw.get("permissions") or {}
            rights = max((at for at, name in enumerate(RIGHTS, 1) if may.get(name)), default=0)
            if rights:
                found[int(raw["id"])] = rights
        if len(listed) < PAGE:
            break
    return found
