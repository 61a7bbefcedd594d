"""Whether a job that failed is tried again, and when."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import Rejected, Stale, Transient
from bot.store.queue import Job

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.25), timedelta(minutes=5)
NOT_FOUND_TRIES = 5  # then it is really gone


def told_to_wait(error: BaseException) -> float | None:
    """The seconds that a service asked us to wait. To do so is no failure of the job."""
    return error.retry_after if isinstance(error, Transient) else None


def final(error: BaseException, failed: int) -> bool:
    """Whether asking again is pointless. What GitHub has just announced may be 404 for a moment."""
    if not isinstance(error, Rejected):
        return False
    return error.status != 404 or failed >= NOT_FOUND_TRIES


def pause(job: Job, error: BaseException) -> timedelta:
    """What the service said; not at all when the record moved; else twice as long as before."""
    told = told_to_wait(error)
    if told is not None:
        return timedelta(seconds=told)
    if isinstance(error, Stale):
        return timedelta()
    scattered = 1 + job.id % 8 / 16  # those that failed together do not come back together
    return min(FIRST_PAUSE * scattered * 2.0 ** min(job.attempts, 20), LONGEST_PAUSE)
