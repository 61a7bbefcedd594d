"""Comments of a whole repository, as they stand now.

https://docs.github.com/en/rest/issues/comments: issues and pull requests are listed together; the
address of the page tells which it is.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from github.Repository import Repository

from bot.core.facts import NOBODY, Actor
from bot.gateways.github_shapes import moment
from bot.ports import Said

PAGE = 100
PULL_REQUEST = re.compile(r"/pull/(\d+)(?:#|$)")


def since(repo: Repository, since: datetime, most: int) -> tuple[list[Said], datetime | None]:
    """Those of pull requests changed since then, oldest change first; and the last change of all
    that were read, those of issues too."""
    listed = repo.get_issues_comments(sort="updated", direction="asc", since=since)
    found: list[dict[str, Any]] = []
    for number in range(most):
        page = [comment._rawData for comment in listed.get_page(number)]
        found += page
        if len(page) < PAGE:
            break
    until = moment(found[-1]["updated_at"]) if found else None
    return [said for raw in found if (said := _said(raw))], until


def one(repo: Repository, comment_id: int) -> Said | None:
    """One comment; None where it stands below an issue."""
    url = f"{repo.url}/issues/comments/{comment_id}"
    return _said(repo._requester.requestJsonAndCheck("GET", url)[1])


def _said(raw: dict[str, Any]) -> Said | None:
    place = PULL_REQUEST.search(raw.get("html_url") or "")
    if place is None:
        return None
    user, app = raw.get("user"), raw.get("performed_via_github_app") or {}
    by = Actor(user["id"], user["login"], user.get("type") == "Bot") if user else NOBODY
    return Said(
        id=raw["id"],
        number=int(place[1]),
        by=by,
        app=app.get("id"),
        association=raw.get("author_association") or "",
        body=raw.get("body") or "",
        created_at=moment(raw["created_at"]),
        updated_at=moment(raw["updated_at"]),
        node=raw.get("node_id") or "",
    )
