"""Which job is next: in order within a lane, later ones at their time.

A lane holds the jobs of one lock. Its first job runs, or waits for its next try; the others follow.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from bot.store.queue import Job

LONGEST_NAP = 60.0  # seconds; somebody may set the clock


class Lanes:
    """What is to be done, in memory. Whoever asks holds a lock: it is for one thread at a time."""

    def __init__(
        self, clock: Callable[[], datetime], prompt: Collection[str] = frozenset()
    ) -> None:
        """Jobs that are named in `prompt` come before the others."""
        self._clock, self._prompt_names = clock, prompt
        self._prompt: deque[Job] = deque()
        self._runnable: deque[Job] = deque()
        self._timed: list[tuple[datetime, int, Job]] = []
        self._lanes: dict[str, deque[Job]] = {}

    @property
    def ready(self) -> int:
        """How many jobs could run now, as far as is known."""
        return len(self._runnable) + len(self._prompt)

    @property
    def later(self) -> int:
        """How many wait for their time."""
        return len(self._timed)

    @property
    def empty(self) -> bool:
        """Nothing runs, and nothing waits."""
        return not (self._prompt or self._runnable or self._timed or self._lanes)

    def place(self, job: Job) -> None:
        """Queue a job for now or for later."""
        waits_in_lane = job.lock is not None and job.holds_lane
        if job.run_at > self._clock() and not waits_in_lane:
            self._wait(job)
        elif job.lock is None:
            self._run(job)
        else:
            lane = self._lanes.setdefault(job.lock, deque())
            lane.append(job)
            if len(lane) == 1:
                self._head(job)

    def next(self, prompt_only: bool = False) -> Job | None:
        """The next job to run; None when none is due."""
        self._bring_due()
        if self._prompt:
            return self._prompt.popleft()
        return self._runnable.popleft() if self._runnable and not prompt_only else None

    def release(self, job: Job, again: Job | None) -> None:
        """The job that ran is done or parked; or keeps its lane for its next try, `again`."""
        if job.lock is None:
            if again is not None:
                self.place(again)
            return
        lane = self._lanes[job.lock]
        lane.popleft()
        if again is not None:
            lane.appendleft(again)
        if lane:
            self._head(lane[0])
        else:
            del self._lanes[job.lock]

    def nap(self) -> float:
        """For how many seconds nothing becomes due."""
        if not self._timed:
            return LONGEST_NAP
        return min((self._timed[0][0] - self._clock()).total_seconds(), LONGEST_NAP)

    def clock_set_back(self, by: timedelta) -> None:
        """What waits is not to wait for that much longer."""
        waiting = [(at - by, id, job) for at, id, job in self._timed]
        self._timed = [(at, id, replace(job, run_at=at)) for at, id, job in waiting]

    def _wait(self, job: Job) -> None:
        heapq.heappush(self._timed, (job.run_at, job.id, job))

    def _head(self, job: Job) -> None:
        """The first of a lane runs now, or holds its lane until its next try.

        What never failed was due when it joined the lane, whatever the clock says by now.
        """
        if job.holds_lane and job.run_at > self._clock():
            self._wait(job)
        else:
            self._run(job)

    def _run(self, job: Job) -> None:
        (self._prompt if job.name in self._prompt_names else self._runnable).append(job)

    def _bring_due(self) -> None:
        """What waited for its time comes forward."""
        while self._timed and self._timed[0][0] <= self._clock():
            job = heapq.heappop(self._timed)[2]
            lane = self._lanes.get(job.lock) if job.lock else None
            if lane and lane[0].id == job.id:
                self._head(job)  # it held its lane until its next try
            else:
                self.place(job)
