"""The embedded runner: worker threads over the `job` table of the same SQLite database.

One runner a database (a lock file refuses a second), so there are no leases: what was running at
a crash is still in the table and runs again. Waiting is done here, never in a worker.
"""

from __future__ import annotations

import fcntl
import heapq
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.errors import BotError, Rejected, Stale, Transient
from bot.ports import Transaction
from bot.store import queue
from bot.store.queue import Job
from bot.store.store import Store

Handler = Callable[[Mapping[str, Any]], None]
Clock = Callable[[], datetime]

POLL_SECONDS = 0.5  # how soon jobs of another process (a command line) are seen
LONGEST_WAIT = timedelta(minutes=5)
log = structlog.get_logger()


class AlreadyRunning(BotError):
    """Another process works on this database."""


class EmbeddedJobs:
    """Runs promised jobs: in order per lock, at least once, again later when they fail."""

    def __init__(self, store: Store, clock: Clock, workers: int, max_attempts: int) -> None:
        self._store, self._clock = store, clock
        self._workers, self._max_attempts = workers, max_attempts
        self._handlers: Mapping[str, Handler] = {}
        self._periodic: list[tuple[str, timedelta]] = []
        lock = threading.Lock()
        self._wake = threading.Condition(
            lock
        )  # only workers wait here, so one notify is one worker
        self._idle = threading.Condition(lock)
        self._stopped = threading.Event()
        self._runnable: deque[Job] = deque()
        self._timed: list[tuple[datetime, int, Job]] = []
        self._lanes: dict[str, deque[Job]] = {}
        self._last_id = 0
        self._running = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._lock_file: Any = None

    def enqueue(
        self,
        tx: Transaction,
        name: str,
        args: Mapping[str, Any],
        *,
        lock: str | None = None,
        run_at: datetime | None = None,
    ) -> None:
        """Promise a job in the caller's transaction; it starts right after the commit."""
        now = self._clock()
        job = queue.add(tx, name, args, lock, run_at or now, now)
        tx.after_commit.append(lambda: self._admit(job))

    def start(
        self,
        handlers: Mapping[str, Handler],
        periodic: Mapping[str, timedelta],
        lock_file: Path | None = None,
    ) -> None:
        """Take up what was left, then work. `periodic` jobs run at start and then at that pace.

        Raises AlreadyRunning where another process holds `lock_file`.
        """
        if lock_file is not None:
            self._lock_file = _hold(lock_file)
        self._handlers = handlers
        self._periodic = list(periodic.items())
        self._catch_up()
        for index in range(self._workers):
            thread = threading.Thread(target=self._work, name=f"worker-{index}", daemon=True)
            thread.start()
            self._threads.append(thread)
        poller = threading.Thread(target=self._poll, name="poller", daemon=True)
        poller.start()
        self._threads.append(poller)

    def stop(self, timeout: float = 10) -> None:
        """Finish what is running, start nothing more. What is left stays in the table."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout)
        if self._lock_file is not None:
            self._lock_file.close()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is due or running; False when the time is up. For demo and tests."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._runnable and not self._running, timeout)

    # -- admission -------------------------------------------------------------------------------

    def _admit(self, job: Job) -> None:
        """A committed job comes to know of us. Called by the writer and the poller, once a job."""
        with self._wake:
            if job.id <= self._last_id:
                return
            self._last_id = job.id
            self._place(job)

    def _place(self, job: Job) -> None:
        """Queue a job for now or for later. The caller holds the lock."""
        waits_in_lane = job.lock is not None and job.attempts > 0
        if job.run_at > self._clock() and not waits_in_lane:
            heapq.heappush(self._timed, (job.run_at, job.id, job))
        elif job.lock is None:
            self._runnable.append(job)
        else:
            lane = self._lanes.setdefault(job.lock, deque())
            lane.append(job)
            if len(lane) == 1:
                self._head(job)
        self._wake.notify()

    def _head(self, job: Job) -> None:
        """The first of a lane runs now, or holds its lane until its next try."""
        if job.run_at > self._clock():
            heapq.heappush(self._timed, (job.run_at, job.id, job))
        else:
            self._runnable.append(job)

    def _catch_up(self) -> None:
        with self._store.read() as connection:
            jobs = queue.ready_after(connection, self._last_id)
        for job in jobs:
            self._admit(job)

    def _poll(self) -> None:
        due = {name: self._clock() for name, _ in self._periodic}
        while not self._stopping:
            self._catch_up_safely()
            now = self._clock()
            for name, every in self._periodic:
                if due[name] <= now:
                    due[name] = now + every
                    self._store.submit(lambda tx, n=name: self.enqueue(tx, n, {}, lock=n))  # type: ignore[misc]
            self._stopped.wait(POLL_SECONDS)

    def _catch_up_safely(self) -> None:
        try:
            self._catch_up()
        except Exception:
            log.warning("jobs.poll_failed", exc_info=True)

    # -- work ------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._take()) is not None:
            later = self._attempt(job)
            with self._wake:
                self._running -= 1
                self._release(job, later)
                self._wake.notify()
                self._idle.notify_all()

    def _take(self) -> Job | None:
        with self._wake:
            while not self._stopping:
                now = self._clock()
                while self._timed and self._timed[0][0] <= now:
                    job = heapq.heappop(self._timed)[2]
                    lane = self._lanes.get(job.lock) if job.lock else None
                    if lane and lane[0].id == job.id:
                        self._runnable.append(job)  # the head of a lane, waiting for its next try
                    else:
                        self._place(job)
                if self._runnable:
                    self._running += 1
                    return self._runnable.popleft()
                wait = (self._timed[0][0] - now).total_seconds() if self._timed else None
                self._wake.wait(wait)
            return None

    def _release(self, job: Job, again: Job | None) -> None:
        """The job is done (or parked), or keeps its lane for its next try."""
        if job.lock is None:
            if again is not None:
                self._place(again)
            return
        lane = self._lanes[job.lock]
        lane.popleft()
        if again is not None:
            lane.appendleft(again)
        if lane:
            self._head(lane[0])
        else:
            del self._lanes[job.lock]

    def _attempt(self, job: Job) -> Job | None:
        """Run one job; gives the job to try again later, None when it is over."""
        structlog.contextvars.bind_contextvars(
            job=job.name, job_id=job.id, attempt=job.attempts + 1
        )
        try:
            self._handlers[job.name](job.args)
            self._store.write(lambda tx: queue.remove(tx, job.id))
        except Exception as error:  # noqa: BLE001 - the one place where a job's failure is judged
            return self._judge(job, error)
        finally:
            structlog.contextvars.clear_contextvars()
        return None

    def _judge(self, job: Job, error: Exception) -> Job | None:
        reason = f"{type(error).__name__}: {error}"
        told = error.retry_after if isinstance(error, Transient) else None
        final = isinstance(error, Rejected) or job.attempts + 1 >= self._max_attempts
        try:
            if final and told is None:
                log.error("job.parked", error=reason, exc_info=error)
                self._store.write(lambda tx: queue.park(tx, job.id, job.attempts + 1, reason))
                return None
            run_at = self._clock() + _pause(job, error, told)
            expected = isinstance(error, Transient | Stale)
            log.warning("job.retry", error=reason, at=run_at.isoformat(), exc_info=not expected)
            return self._store.write(lambda tx: queue.put_back(tx, job, run_at, reason))
        except Exception:
            log.error("jobs.not_saved", error=reason, exc_info=True)
            return queue.Job(
                job.id, job.name, job.args, job.lock, self._clock() + timedelta(seconds=5),
                job.attempts + 1, job.created_at,
            )  # fmt: skip


def _pause(job: Job, error: Exception, told: float | None) -> timedelta:
    """What the service said; not at all when the record moved; else twice as long as before."""
    if told is not None:
        return timedelta(seconds=told)
    if isinstance(error, Stale):
        return timedelta()
    return min(timedelta(seconds=2 ** min(job.attempts, 20)), LONGEST_WAIT)


def _hold(path: Path) -> Any:
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise AlreadyRunning(
            f"Another `emptychair serve` works on this database ({path}). Stop it first, or give "
            "this one its own EMPTYCHAIR_DATABASE_URL."
        ) from None
    return handle
