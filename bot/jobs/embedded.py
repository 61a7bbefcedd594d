"""The embedded runner: worker threads over the `job` table of the same SQLite database.

One runner a database (a lock file refuses a second), so there are no leases: what was running at
a crash is still in the table and runs again. Waiting is done here, never in a worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

import structlog

from bot.errors import NotYet, Stale, Transient
from bot.jobs.lanes import Lanes
from bot.jobs.retries import LONGEST_PAUSE, final, pause, told_to_wait
from bot.jobs.traffic import Traffic
from bot.ports import Closing, Transaction
from bot.store import queue, throttle
from bot.store.queue import Job
from bot.store.store import Store

Handler = Callable[[Mapping[str, Any]], Closing | None]
Clock = Callable[[], datetime]

PROMPT_WORKERS, ALWAYS_PROMPT = 8, 2  # threads for what a person waits for; some never give way
POLL_SECONDS = 0.5  # how soon jobs of another process (a command line) are seen
SET_BACK = 5.0  # seconds; less is an everyday correction of the clock
NOT_SAVED = timedelta(seconds=5)  # until the next try where not even the failure could be noted
BETWEEN_LINES = 10.0  # seconds between two log lines about the same trouble
log = structlog.get_logger()


class EmbeddedJobs:
    """Runs promised jobs: in order per lock, at least once, again later when they fail."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        workers: int,
        max_attempts: int,
        lock: IO[str] | None = None,
        traffic: Traffic | None = None,
        prompt: Collection[str] = frozenset(),
    ) -> None:
        """`lock` is what `hold` gave; it is let go when the last job has ended.

        All workers but one give way to `traffic`. Jobs named in `prompt` come first, and have
        workers of their own, for a person waits for them.
        """
        self._traffic = traffic or Traffic()
        self._store, self._clock = store, clock
        self._workers, self._max_attempts = workers, max_attempts
        self._handlers: Mapping[str, Handler] = {}
        self._periodic: list[tuple[str, timedelta]] = []
        inner = threading.Lock()
        self._wake = threading.Condition(inner)  # only workers wait here: one notify, one worker
        self._idle = threading.Condition(inner)
        self._stopped = threading.Event()
        self._lanes = Lanes(clock, prompt)
        self._prompt_workers = PROMPT_WORKERS if prompt else 0
        self._polled = 0  # the poller has seen every job up to this id
        self._ahead: set[int] = set()  # jobs beyond it, admitted when they were committed
        self._running = 0
        self._threads: list[threading.Thread] = []
        self._lock = lock
        self._rests_until, self._rest_told = 0.0, -BETWEEN_LINES  # by the monotonic clock

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

    def revive(self, tx: Transaction, since: datetime, most: int) -> int:
        """Set what an outage parked back to work; it starts right after the commit."""
        jobs = queue.revive(tx, since, most, self._clock())
        tx.after_commit.extend(partial(self._admit, job) for job in jobs)
        return len(jobs)

    def start(self, handlers: Mapping[str, Handler], periodic: Mapping[str, timedelta]) -> None:
        """Take up what was left, then work. `periodic` jobs run at start and then at that pace."""
        self._handlers = handlers
        self._periodic = list(periodic.items())
        self._catch_up()
        for index in range(self._workers):
            self._start(partial(self._work, gives_way=index > 0), f"worker-{index}")
        for index in range(self._prompt_workers):
            give = index >= ALWAYS_PROMPT
            self._start(partial(self._work, give, prompt_only=True), f"prompt-{index}")
        self._start(self._poll, "poller")

    def _start(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def stop(self, timeout: float = 10) -> None:
        """Finish what is running, start nothing more. What is left stays in the table.

        After `timeout` seconds what still runs is left alone, and the lock with it.
        """
        self._stopped.set()
        with self._wake:
            self._wake.notify_all()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))
        if self._lock is not None and not any(t.is_alive() for t in self._threads):
            self._lock.close()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is due or running; False when the time is up. For demo and tests."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._lanes.ready and not self._running, timeout)

    # -- admission -------------------------------------------------------------------------------

    def _admit(self, job: Job) -> None:
        """A committed job comes to know of us. Called by the writer and the poller."""
        with self._wake:
            if job.id > self._polled and job.id not in self._ahead:
                self._ahead.add(job.id)
                self._lanes.place(_of_now(job, self._clock()))
                self._call()

    def _catch_up(self) -> None:
        """Admit what is in the table and not known yet: left from before, or of another process."""
        with self._wake:
            newest = max(self._ahead, default=self._polled)
        with self._store.read() as connection:
            jobs = queue.ready_after(connection, self._polled)
        for job in jobs:
            self._admit(job)
        with self._wake:
            # Commits come in the order of ids: all up to the newest one were there to be read.
            self._polled = max(newest, jobs[-1].id if jobs else 0)
            self._ahead = {id for id in self._ahead if id > self._polled}

    def _poll(self) -> None:
        due = {name: self._clock() for name, _ in self._periodic}
        ahead = self._clock().timestamp() - time.monotonic()
        while not self._stopped.is_set():
            try:
                was, ahead = ahead, self._clock().timestamp() - time.monotonic()
                if was - ahead > SET_BACK:
                    back = timedelta(seconds=was - ahead)
                    log.warning("clock.set_back", seconds=round(was - ahead))
                    with self._wake:
                        self._lanes.clock_set_back(back)
                        self._wake.notify_all()
                    due = {name: at - back for name, at in due.items()}
                self._catch_up()
                self._promise_periodic(due)
            except Exception as error:
                if not self._rest(error):
                    log.warning("jobs.poll_failed", exc_info=True)
            self._stopped.wait(POLL_SECONDS)

    def _promise_periodic(self, due: dict[str, datetime]) -> None:
        for name, every in self._periodic:
            if due[name] <= self._clock():
                self._promise(name)
                due[name] = self._clock() + every

    def _promise(self, name: str) -> None:
        """One at a time: while GitHub is away, or after many starts, they would pile up."""
        with self._store.read() as connection:
            waiting = queue.waiting(connection, name, name)
        if not waiting:
            self._store.write(partial(self.enqueue, name=name, args={}, lock=name))

    # -- work ------------------------------------------------------------------------------------

    def _work(self, gives_way: bool, prompt_only: bool = False) -> None:
        while (job := self._take(gives_way, prompt_only)) is not None:
            try:
                again = self._attempt(job)
            except BaseException as error:
                if not self._rest(error):
                    log.error("jobs.not_saved", job=job.name, exc_info=error)
                again = replace(job, paced=True), NOT_SAVED
            with self._wake:
                self._running -= 1
                self._lanes.release(job, again and self._after(*again))
                self._call()
                self._idle.notify_all()

    def _after(self, job: Job, rest: timedelta) -> Job:
        """The job is due that much later by the clock of now, which may have been set meanwhile."""
        return replace(job, run_at=self._clock() + rest)

    def _rest(self, error: BaseException) -> bool:
        """Where the machine is in trouble nobody works for a while: what cannot be noted would be
        asked of GitHub again and again. False for other errors."""
        reason = self._store.trouble(error)
        if reason is None:
            return False
        now = time.monotonic()
        with self._wake:
            self._rests_until = now + NOT_SAVED.total_seconds()
            tell = now - self._rest_told >= BETWEEN_LINES
            self._rest_told = now if tell else self._rest_told
        if tell:
            log.error("jobs.resting", reason=reason)
        return True

    def _call(self) -> None:
        """One worker is enough for a job, unless it may be one that leaves the job to others."""
        if self._prompt_workers:
            self._wake.notify_all()
        else:
            self._wake.notify()

    def _take(self, gives_way: bool, prompt_only: bool = False) -> Job | None:
        while not self._stopped.is_set():
            if gives_way and self._traffic.crowded:
                with self._wake:
                    self._call()  # for the one that goes on
                self._traffic.give_way()
            with self._wake:
                if self._stopped.is_set():
                    break
                if (rest := self._rests_until - time.monotonic()) > 0:
                    self._wake.wait(rest)
                    continue
                if (job := self._lanes.next(prompt_only)) is not None:
                    self._running += 1
                    if self._lanes.ready:
                        self._call()
                    return job
                self._wake.wait(self._lanes.nap())
        return None

    def _attempt(self, job: Job) -> tuple[Job, timedelta] | None:
        """Run one job; gives the job to try again and how much later, None when it is over."""
        structlog.contextvars.bind_contextvars(
            job=job.name, job_id=job.id, attempt=job.attempts + 1
        )
        try:
            if job.attempts and self._given_up(job):
                return None
            closing = self._handlers[job.name](job.args)
            self._store.write(partial(_end, job.id, closing))
        except BaseException as error:  # noqa: BLE001 - the one place where a failure is judged
            return self._judge(job, error)
        finally:
            structlog.contextvars.clear_contextvars()
        return None

    def _given_up(self, job: Job) -> bool:
        """Whether an operator dropped the job while it waited for its next try."""
        with self._store.read() as connection:
            return not queue.stands(connection, job.id)

    def _judge(self, job: Job, error: BaseException) -> tuple[Job, timedelta] | None:
        """Park it, or put it back. To wait because we were told to is no failure of the job."""
        if self._store.trouble(error):
            raise error  # no failure of the job, and nothing could be noted now
        reason = f"{type(error).__name__}: {error}"
        told = told_to_wait(error)
        failed = job.attempts + 1 if told is None else job.attempts
        if told is None and (final(error, failed, job.error) or failed >= self._max_attempts):
            log.error("job.parked", error=reason, exc_info=error)
            passing = isinstance(error, Transient | Stale)
            self._store.write(lambda tx: queue.park(tx, job.id, failed, reason, passing))
            return None
        rest = pause(job, error)
        run_at = self._clock() + rest
        if not isinstance(error, NotYet):
            expected = isinstance(error, Transient | Stale)
            log.warning("job.retry", error=reason, at=run_at.isoformat(), exc_info=not expected)

        def work(tx: Transaction) -> Job:
            if told is not None and isinstance(error, Transient) and error.throttle:
                throttle.block(tx, error.throttle, run_at)
            return queue.put_back(tx, job, run_at, failed, reason)

        return self._store.write(work), rest


def _end(job: int, closing: Closing | None, tx: Transaction) -> None:
    """The job is done; what its handler wants noted is noted with that."""
    if closing is not None:
        closing(tx)
    queue.remove(tx, job)


def _of_now(job: Job, now: datetime) -> Job:
    """What a clock that was ahead promised in the future waits as long as it was to, not longer;
    and what failed no longer than a failure makes it wait."""
    ahead = job.created_at - now
    if ahead.total_seconds() > SET_BACK:
        return replace(job, run_at=job.run_at - ahead)
    return replace(job, run_at=min(job.run_at, now + LONGEST_PAUSE)) if job.attempts else job
