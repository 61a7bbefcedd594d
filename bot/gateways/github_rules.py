"""Which checks a branch requires: https://docs.github.com/en/rest/repos/rules, and branches."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from github.GithubException import UnknownObjectException
from github.Requester import Requester

from bot.core.facts import RequiredCheck

PAGE = 100  # rules a page, as many as GitHub gives
MOST_PAGES = 10  # a branch with more rules than that is not read to its end
ANY_APP = -1  # another way to say that any App will do


def of_rulesets(asked: Requester, repository: str, branch: str) -> tuple[RequiredCheck, ...]:
    """What the active rulesets of repository and organisation require. Takes `metadata: read`."""
    url = f"{repository}/rules/branches/{quote(branch, safe='')}"
    return tuple(
        RequiredCheck(str(check["context"]), _app(check.get("integration_id")))
        for rule in _rules(asked, url)
        if rule["type"] == "required_status_checks"
        for check in (rule.get("parameters") or {}).get("required_status_checks") or ()
    )


def _rules(asked: Requester, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        parameters = {"per_page": PAGE, "page": page}
        listed = asked.requestJsonAndCheck("GET", url, parameters=parameters)[1]
        found += listed
        if len(listed) < PAGE:
            break
    return found


def of_protection(asked: Requester, repository: str, branch: str) -> tuple[RequiredCheck, ...]:
    """What classic protection requires, as the branch itself shows it. Takes `contents: read`."""
    url = f"{repository}/branches/{quote(branch, safe='')}"
    try:
        raw = asked.requestJsonAndCheck("GET", url)[1]
    except UnknownObjectException:
        return ()
    told = (raw.get("protection") or {}).get("required_status_checks") or {}
    if not told or told.get("enforcement_level") == "off":
        return ()
    if checks := told.get("checks"):
        return tuple(RequiredCheck(str(c["context"]), _app(c.get("app_id"))) for c in checks)
    # An older GitHub Enterprise Server names contexts only.
    return tuple(RequiredCheck(str(name), None) for name in told.get("contexts") or ())


def _app(told: int | None) -> int | None:
    return None if told in (None, ANY_APP) else int(told)
