"""Slack's refusals in our words: whether to try again, and when.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from slack_sdk.errors import SlackApiError

from bot.errors import NotYet, Refused, Transient

LEAST_WAIT, LONGEST_WAIT = 1.0, 600.0  # seconds
USUAL_WAIT = 30.0  # where Slack does not say for how long
# Slack's own trouble, which passes.
PASSING = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "rollup_error",
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "accesslimited",
    }
)
# The token does not work any more: an operator puts that right, and then all goes on.
LOCKED_OUT = frozenset(
    {"token_revoked", "token_expired", "invalid_auth", "not_authed", "account_inactive"}
)
LOCKED_OUT_WAIT = 60.0


class Limits:
    """Which methods Slack wants us to leave alone for a while. Kept by all threads together."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def ready(self, method: str) -> None:
        """Raises NotYet while Slack wants this method left alone."""
        left = self._until.get(method, 0.0) - self._ticks()
        if left > 0:
            raise NotYet(f"Slack wants {method} left alone", left)

    def refused(self, method: str, seconds: float) -> None:
        """Slack asked for a rest of so many seconds."""
        with self._lock:
            self._until[method] = max(self._until.get(method, 0.0), self._ticks() + seconds)


def meaning(method: str, error: Exception, limits: Limits) -> Exception:
    """What to make of a call that went wrong."""
    if not isinstance(error, SlackApiError):
        return unreached(method, error)
    response = error.response
    status = getattr(response, "status_code", 200)
    told = response.data if isinstance(getattr(response, "data", None), dict) else {}
    reason = str(told.get("error") or "")
    if status == 429 or reason in ("ratelimited", "rate_limited"):
        wait = _seconds(response)
        limits.refused(method, wait)
        return NotYet(f"Slack answered 429 to {method}", wait)
    if status >= 500 or reason in PASSING:
        return Transient(f"Slack answered {reason or status} to {method}")
    if reason in LOCKED_OUT:
        text = f"Slack takes our token no more ({reason}); see EMPTYCHAIR_SLACK__BOT_TOKEN"
        return Transient(text, LOCKED_OUT_WAIT)
    why = (told.get("response_metadata") or {}).get("messages") or []
    more = f": {'; '.join(map(str, why))}"[:500] if why else ""
    return Refused(f"Slack does not do {method}: {reason or status}{more}", reason or str(status))


def unreached(method: str, error: BaseException) -> Transient:
    """No answer came, or none that can be read."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError | socket.timeout):
        return Transient(f"Slack did not answer {method} in time")
    return Transient(f"Slack could not be reached for {method} ({type(cause).__name__})")


def _seconds(response: object) -> float:
    headers = {str(k).lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    told = headers.get("retry-after", "")
    told = told[0] if isinstance(told, list) and told else told
    try:
        return min(max(float(told), LEAST_WAIT), LONGEST_WAIT)
    except (TypeError, ValueError):
        return USUAL_WAIT
