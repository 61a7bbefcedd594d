"""The stage: the bot and the stand-in GitHub, a clock of whole seconds, and one pull request."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from bot import main
from bot.cli.pair import Pair, start_pair
from bot.flows import explain, look_first
from bot.flows.identity import text_hash
from bot.jobs import embedded
from bot.sandbox import api
from bot.sandbox.records import Comment, Delivery, User
from bot.views.github_comment import MARKER

Edit = tuple[str, str, datetime, str, str]  # text, who, when, and the hashes of before and after
PATIENCE = 60  # seconds until the bot counts as hung
SOON = timedelta(milliseconds=20)  # instead of a second and more until a failed job runs again


class Clock:
    """GitHub's: whole seconds, and it stands still until somebody moves it. The bot's own goes on
    between them."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self._latest, self._moved = self.now, time.monotonic()

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self._moved = time.monotonic()

    def exact(self) -> datetime:
        going = self.now + timedelta(seconds=time.monotonic() - self._moved)
        self._latest = max(self._latest, going)
        return self._latest


class Times:
    """The clock of the play that is on."""

    clock = Clock()


def bot_time() -> datetime:
    return Times.clock.exact()


@contextmanager
def running(folder: Path) -> Iterator[Pair]:
    """Both, with a bot that tries again at once, and GitHub's hourly limit far away."""
    with (
        mock.patch.object(api, "HOURLY_LIMIT", 1_000_000),
        mock.patch.object(embedded, "pause", return_value=SOON),
        mock.patch.object(explain, "LAG", timedelta(seconds=0.3)),
        mock.patch.object(look_first, "SHOWS", timedelta(seconds=0.3)),
        mock.patch.object(main, "_now", bot_time),
        start_pair(folder, quiet_seconds=0, workers=4) as pair,
    ):
        pair.github.grant("writer", "write")
        yield pair


class Stage:
    """One pull request, and the edits that people made on it, as the stand-in saw them."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.github = pair, pair.github
        Times.clock = self.clock = Clock()
        self.github.state.clock = self.clock
        self.edits: Counter[Edit] = Counter()
        self.number = 0

    def later(self, seconds: int) -> None:
        self.clock.move(seconds)

    @property
    def description(self) -> str:
        return f"description:{self.github.state.repository_id}:{self.number}"

    def our_comments(self) -> list[Comment]:
        """Those that hold, or held, the questions; replies are none."""
        found = self.github.bot_comments(self.number)
        return [c for c in found if MARKER in c.history[0].text]

    def edit_ours(self, by: str, change: object) -> tuple[str, str, str] | None:
        """Somebody edits our comment; gives its name, what it said before and what it says now.

        `change` makes the new text of the old one. None where there is no comment, or no change.
        """
        with self.github.state.lock:
            found = self.our_comments()
            if not found:
                return None
            before, comment = found[-1].body, found[-1]
            after = change(before)  # type: ignore[operator]
            if after == before:
                return None
            self.github.edit_comment(comment.id, after, by)
        name = f"comment:{comment.id}"
        self.note(name, by, before, after)
        return name, before, after

    def note(self, text: str, by: str, before: str, after: str) -> None:
        hashes = text_hash(before) if before else "", text_hash(after)
        if text == self.description:
            hashes = text_hash(before), text_hash(after)
        self.edits[text, by, self.clock.now, *hashes] += 1

    def user(self, login: str) -> User:
        return self.github.state.user(login)

    @property
    def holding(self) -> bool:
        """Whether deliveries are kept."""
        return self._held() is not None

    def release(self, seed: int | None, copies: int = 1) -> None:
        """Send what was kept, in the order that the seed makes; None for that in which it came."""
        with self.github.state.lock:
            order = list(range(len(self._held() or ())))
            if seed is not None:
                random.Random(seed).shuffle(order)
            self.github.release(order, copies)

    def _held(self) -> list[Delivery] | None:
        return self.github._world.webhooks._held

    def settle(self) -> None:
        """Everything is told, nothing goes wrong any more, and the bot has come to rest."""
        self.github.faults.clear()
        self.github.release()
        self.github.redeliver_lost()
        self.wait()

    def wait(self) -> None:
        """Until the bot has nothing left to do."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.pair.settle(PATIENCE), "deliveries do not come through"
            if not self.pair.bot_backlog():
                return
            time.sleep(0.005)
        raise AssertionError("the bot does not come to rest")
