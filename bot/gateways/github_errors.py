"""GitHub's refusals in our words: whether to try again, and when.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from github import BadAttributeException, GithubException

from bot.errors import Rejected, Transient
from bot.gateways.github_time import told_at

LEAST_WAIT, LONGEST_WAIT = 1.0, 3600.0  # seconds; an answer of "0" is no reason to hurry
# What PyGithub and the reading of its values raise over a body that is not GitHub's.
NONSENSE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RuntimeError,
    BadAttributeException,
)


def meaning(
    error: GithubException, installation: int, refused: Callable[[float | None], float]
) -> Exception:
    """What to make of an answer of 400 and more.

    `refused` is told of a limit, and of the seconds if GitHub gave any; it gives those to wait.
    """
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    text, wait = said(error), _seconds(headers)
    if error.status == 429 or (
        error.status == 403 and (wait is not None or "rate limit" in text.lower())
    ):
        asked = None if wait is None else max(wait, LEAST_WAIT)
        return Transient(text, refused(asked), f"github:{installation}")
    if error.status >= 500 or error.status in (401, 408):
        return Transient(text, wait)
    return Rejected(text, error.status)


def unless_missing(ask: Callable[[], str], otherwise: str) -> str:
    """The answer, or `otherwise` where GitHub knows of no such thing.

    GitHub says 404 for a moment of what is there, too, and what somebody says while their rights
    are taken for none counts for nothing: so it is believed when it comes twice in a row.
    """
    for _ in range(2):
        try:
            return ask()
        except Rejected as error:
            if error.status != 404:
                raise
    return otherwise


def written(told: int | None, id: int) -> None:
    """A write that GitHub answered with a redirect (the repository moved) did not happen."""
    if told != id:
        raise Transient("GitHub did not write it: the repository may have moved")


def said(error: GithubException) -> str:
    """GitHub's own words."""
    data = error.data
    words = str(data.get("message", "")) if isinstance(data, dict) else str(error.message or "")
    return f"GitHub answered {error.status}: {words}"


def _seconds(headers: dict[str, str]) -> float | None:
    """How long GitHub asks us to wait, an hour at most: its longest window."""
    told = _number(headers.get("retry-after"))
    if told is None and headers.get("x-ratelimit-remaining") == "0":
        reset = _number(headers.get("x-ratelimit-reset"))
        now = told_at(headers) or time.time()
        told = None if reset is None else max(1.0, reset - now)
    return None if told is None else min(max(0.0, told), LONGEST_WAIT)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
