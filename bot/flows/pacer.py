"""One pace for all that we ask of GitHub, kept per installation and shared by all workers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.core.pace import LONGEST, Rank, wait
from bot.errors import NotYet

MOST_SECONDS = 3600.0  # GitHub's longest window
FIRST_REST = 60.0  # where GitHub says "slow down" and not for how long
FORGIVEN = 600.0  # after so long without a refusal the next one rests as little as the first
LATE = 60.0  # who does not come within this time after their turn is not waited for
LOOK_AGAIN = 600.0  # who waits longer asks again by then: much may have changed
LOW = 0.1  # of the hourly calls: from here on only the gate is kept up


@dataclass(frozen=True, slots=True)
class _Turn:
    """Somebody's place among those who wait, and when they were told to come again."""

    number: int
    due: float


@dataclass
class _Account:
    """What we know of one installation. Times are those of `ticks`."""

    writes: deque[float] = field(default_factory=deque)
    waiting: dict[Rank, dict[str, _Turn]] = field(default_factory=lambda: {r: {} for r in Rank})
    turns: int = 0
    rests_until: float = 0.0
    low_until: float = 0.0
    refused: int = 0  # times in a row


class Pacer:
    """Says when the next call may be made. Never waits itself: who has to wait comes again.

    `on`: keep within GitHub's limits by ourselves; what GitHub asks for is obeyed in any case.
    `ticks` gives seconds that only ever go up, so that a clock that is set does no harm.
    """

    def __init__(self, on: bool, ticks: Callable[[], float] = time.monotonic) -> None:
        self.on, self._ticks = on, ticks
        self._lock = threading.Lock()
        self._accounts: dict[int, _Account] = {}

    def ready(self, installation: int) -> None:
        """Any call may be made now. Raises NotYet while GitHub asked us to rest."""
        with self._lock:
            self._rested(self._account(installation))

    def write(self, installation: int, rank: Rank, what: str) -> None:
        """A write may be made now, and counts as made. Raises NotYet.

        `what` names the write, so that it keeps its place while it waits.
        """
        with self._lock:
            account, now = self._account(installation), self._ticks()
            self._rested(account)
            if not self.on:
                return
            self._forget_old(account, now)
            seconds = self._seconds(account, rank, what, now)
            if seconds > 0:
                raise NotYet("GitHub's limits leave no room for more writes", seconds)
            account.waiting[rank].pop(what, None)
            account.writes.append(now)

    def heard(self, installation: int, remaining: int, limit: int, resets_in: float) -> None:
        """What the headers of an answer say of the hourly calls that are left."""
        with self._lock:
            account = self._account(installation)
            if 0 <= remaining <= limit * LOW:
                until = self._ticks() + min(max(0.0, resets_in), MOST_SECONDS)
                account.low_until = until
                if remaining == 0:
                    account.rests_until = max(account.rests_until, until)

    def refused(self, installation: int, seconds: float | None) -> float:
        """GitHub refused a call because of its limits; gives how long we rest.

        `seconds` is None where it did not say: then a minute, and twice as long each time.
        """
        with self._lock:
            account, now = self._account(installation), self._ticks()
            if now > account.rests_until + FORGIVEN:
                account.refused = 0
            if seconds is None:
                seconds = min(FIRST_REST * 2**account.refused, MOST_SECONDS)
                account.refused = min(account.refused + 1, 6)
            account.rests_until = max(account.rests_until, now + seconds)
            return seconds

    def rests(self) -> dict[int, float]:
        """For how many more seconds each installation rests; empty when none does."""
        with self._lock:
            now = self._ticks()
            left = {id: account.rests_until - now for id, account in self._accounts.items()}
        return {id: seconds for id, seconds in left.items() if seconds > 0}

    def waiting(self) -> int:
        """How many writes wait for room."""
        with self._lock:
            for account in self._accounts.values():
                _drop_who_did_not_come(account, self._ticks())
            return sum(len(w) for a in self._accounts.values() for w in a.waiting.values())

    def remember(self, installation: int, ages: Iterable[float], rest: float = 0.0) -> None:
        """After a restart: the seconds since each of our last writes, and what rest is left."""
        with self._lock:
            account, now = self._account(installation), self._ticks()
            account.writes = deque(sorted([*account.writes, *(now - age for age in ages)]))
            account.rests_until = max(account.rests_until, now + min(rest, MOST_SECONDS))

    def _account(self, installation: int) -> _Account:
        return self._accounts.setdefault(installation, _Account())

    def _rested(self, account: _Account) -> None:
        left = account.rests_until - self._ticks()
        if left > 0:
            raise NotYet("GitHub asked us to wait", left)

    @staticmethod
    def _forget_old(account: _Account, now: float) -> None:
        while account.writes and account.writes[0] <= now - LONGEST:
            account.writes.popleft()

    @staticmethod
    def _seconds(account: _Account, rank: Rank, what: str, now: float) -> float:
        if rank is not Rank.GATE and now < account.low_until:
            return min(account.low_until - now, LOOK_AGAIN)
        turns = account.waiting[rank]
        first = _due_before(account, rank, what, now)
        if wait(account.writes, now, rank, first) <= 0:
            return 0.0
        _drop_who_did_not_come(account, now)
        number = turns[what].number if what in turns else account.turns
        before = number - next(iter(turns.values())).number if turns else 0
        better = sum(len(account.waiting[r]) for r in Rank if r.value > rank.value)
        seconds = min(wait(account.writes, now, rank, before + better), LOOK_AGAIN)
        account.turns = max(account.turns, number + 1)
        turns[what] = _Turn(number, now + seconds)
        return seconds


def _drop_who_did_not_come(account: _Account, now: float) -> None:
    """Many a write is not needed any more when its turn comes."""
    for turns in account.waiting.values():
        while turns and (first := next(iter(turns))) and turns[first].due + LATE < now:
            del turns[first]


def _due_before(account: _Account, rank: Rank, what: str, now: float) -> int:
    """How many of those who were told to come by now go before this one."""
    if what in account.waiting[rank]:
        return 0
    better = (account.waiting[r] for r in Rank if r.value >= rank.value)
    due = (turn.due for turns in better for turn in turns.values())
    return sum(now - LATE <= at <= now for at in due)
