"""What time it is for GitHub: it judges by its own clock what we sign and how long a token is good.

Every answer carries GitHub's time. We follow it from the first refusal on that our clock explains.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import structlog

TOLERATED = 30.0  # seconds; GitHub's own answer may have been on its way for a while
HINT = "Put the clock of this machine right (NTP). Until then we sign with GitHub's time."
log = structlog.get_logger()


class GitHubTime:
    """Ours while nothing else is known; then GitHub's, also when somebody sets our clock."""

    def __init__(self) -> None:
        self._began: float | None = None  # GitHub's time when the monotonic clock was 0

    def now(self) -> float:
        """Seconds since 1970."""
        return wall() if self._began is None else time.monotonic() + self._began

    def moment(self) -> datetime:
        """The same as an aware time."""
        return datetime.fromtimestamp(self.now(), UTC)

    def ahead(self) -> float:
        """By how many seconds our clock is ahead of GitHub's; 0 where it makes no difference."""
        off = wall() - self.now()
        return off if abs(off) > TOLERATED else 0.0

    def corrected(self, claims: Mapping[str, object]) -> dict[str, object]:
        """The claims of a token to be signed, their times moved to GitHub's."""
        by = int(self.now() - wall())
        moved = ((name, claims[name]) for name in ("iat", "exp"))
        return {**claims, **{name: at + by for name, at in moved if isinstance(at, int)}}

    def learn(self, headers: Mapping[str, str] | None) -> bool:
        """GitHub refused what we signed: true where our time was wrong; from now on it is right."""
        told = told_at(headers)
        if told is None or abs(self.now() - told) <= TOLERATED:
            return False
        self._began = told - time.monotonic()
        if ahead := round(self.ahead()):
            log.error("clock.wrong", seconds_ahead_of_github=ahead, hint=HINT)
        return True


def told_at(headers: Mapping[str, str] | None) -> float | None:
    """When GitHub answered, by its own clock; None where it does not say."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        return parsedate_to_datetime(found["date"]).timestamp()
    except (LookupError, TypeError, ValueError):
        return None


def wall() -> float:
    """What the clock of this machine says."""
    return time.time()
