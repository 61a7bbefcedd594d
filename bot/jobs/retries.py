"""Whether a job that failed is tried again, and when."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import NotYet, Rejected, Stale, Transient
from bot.store.queue import Job

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.25), timedelta(minutes=5)
NOT_FOUND_TRIES = 5  # then it is really gone


def told_to_wait(error: BaseException) -> float | None:
    """The seconds to wait where nothing failed: it was not its turn, or a limit was reached."""
    if isinstance(error, NotYet) or (isinstance(error, Transient) and error.throttle):
        return error.retry_after
    return None


def final(error: BaseException, failed: int, before: str) -> bool:
    """Whether asking again is pointless. What GitHub has just announced may be 404 for a moment, so
    one 404 among other failures ends nothing: the failure `before` must have been the same."""
    if not isinstance(error, Rejected):
        return False
    return error.status != 404 or (failed >= NOT_FOUND_TRIES and before.endswith(str(error)))


def pause(job: Job, error: BaseException) -> timedelta:
    """What the service said; not at all when the record moved; else twice as long as before, and no
    less than a service in trouble asked for."""
    told = told_to_wait(error)
    if told is not None:
        return timedelta(seconds=told)
    if isinstance(error, Stale):
        return timedelta()
    scattered = 1 + job.id % 8 / 16  # those that failed together do not come back together
    ours = min(FIRST_PAUSE * scattered * 2.0 ** min(job.attempts, 20), LONGEST_PAUSE)
    asked = error.retry_after if isinstance(error, Transient) else None
    return max(ours, timedelta(seconds=asked or 0))
