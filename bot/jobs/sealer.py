"""Sealing goes on beside the jobs: nobody promises it, what waits for it stands in the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import structlog

from bot.flows.seal import Notary, look, seal

SECONDS = 10  # for how long a row waits for its seal, about
log = structlog.get_logger()


class Sealer:
    """Has the ledger sealed at the start, every few seconds, and once more at the end."""

    def __init__(self, notary: Notary) -> None:
        self._notary = notary
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Seal what was left, and go on."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Seal what is there, and sign it. What does not end in time is left for the next start."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        self._safely(look)
        self._safely(seal)
        while not self._stopped.wait(SECONDS):
            self._safely(seal)
        self._safely(partial(seal, closing=True))

    def _safely(self, work: Callable[[Notary], None]) -> None:
        """A database that does not take it now will take it the next time."""
        try:
            work(self._notary)
        except Exception:
            log.warning("ledger.not_sealed", exc_info=True)
