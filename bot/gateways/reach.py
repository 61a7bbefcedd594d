"""Does the network bring us to GitHub? One log line when it stops to, one when it does again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from ssl import SSLError

import requests
import structlog

HINT = "What is not done is tried again. See the network, the proxy, EMPTYCHAIR_GITHUB__BASE_URL."
log = structlog.get_logger()


class Reach:
    """Kept by all threads together. `address` is that of GitHub's API."""

    def __init__(self, address: str, ticks: Callable[[], float] = time.monotonic) -> None:
        self.address, self._ticks = address, ticks
        self._lock = threading.Lock()
        self._since: float | None = None  # the first failure after the last answer

    def answered(self) -> None:
        """GitHub said something, whatever it was."""
        if self._since is None:
            return
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            log.info("github.reached", address=self.address, after=round(self._ticks() - since))

    def failed(self, error: OSError, seconds: float) -> str:
        """No answer came within these seconds, or at all. Gives what to say of it."""
        text = f"{self.address} could not be reached ({cause(error, seconds)})"
        with self._lock:
            first = self._since is None
            self._since = self._ticks() if self._since is None else self._since
        if first:
            log.error("github.unreachable", error=text, hint=HINT)
        return text

    def silent_for(self) -> float:
        """For how many seconds every call failed; 0 where the last one was answered."""
        since = self._since
        return 0.0 if since is None else self._ticks() - since


def cause(error: BaseException, seconds: float) -> str:
    """Why it failed, in a few words: the innermost reason that is known."""
    chain = list(_chain(error))
    if any(isinstance(each, requests.Timeout) for each in chain):
        return f"no answer within {seconds:g} seconds"
    kinds = (SSLError, socket.gaierror, OSError)
    for each in (each for kind in kinds for each in reversed(chain) if isinstance(each, kind)):
        if words := getattr(each, "verify_message", "") or each.strerror:
            return words[:1].lower() + words[1:] if words[:2].istitle() else words
    return type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came from; `requests` and urllib3 keep that in several places."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        kept = (getattr(found, "reason", None), *found.args, found.__cause__, found.__context__)
        found = next((each for each in kept if isinstance(each, BaseException)), None)
