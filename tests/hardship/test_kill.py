"""Killed at any instant while GitHub is at its worst, the bot loses nothing and doubles nothing."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

import pytest

from bot.sandbox.faults import Faults
from tests.hardship.account import settle_accounts
from tests.hardship.crowd import Crowd
from tests.hardship.process import Bot, bot_in

FULL = os.environ.get("EMPTYCHAIR_TORTURE") == "full"
SHARE = 0.2  # of the calls that each of these hits
BROKEN = ("502-before", "502-after", "lost-answer")
LIMITS = ("limit-403", "limit-429")  # each makes the bot rest for a second


def storm(faults: Faults, limited: float) -> None:
    """GitHub at its worst: calls fail before and after their effect, and many are slow."""
    for kind in BROKEN:
        faults.add(kind, probability=SHARE)  # type: ignore[arg-type]
    for kind in LIMITS:
        faults.add(kind, probability=limited)  # type: ignore[arg-type]
    faults.add("reset", probability=0.05)
    faults.add("stale-read", probability=0.1)
    faults.add("404-before", probability=0.02)
    faults.add("lagging-list", probability=SHARE, seconds=2)
    faults.add("latency", probability=SHARE, seconds=0.3)
    faults.duplicate_deliveries = faults.reorder_deliveries = 0.1


def play(bot: Bot, crowd: Crowd, chance: random.Random, kills: int, seconds: float) -> None:
    """People act, GitHub storms, the bot is killed; `seconds` is how long it lives at the most."""
    bot.start()
    for _ in range(kills):
        until = time.monotonic() + chance.uniform(0.1, seconds)
        _busy(crowd, chance, until)
        bot.kill()
        _busy(crowd, chance, time.monotonic() + 0.2)
        bot.start()
        bot.redeliver()


def _busy(crowd: Crowd, chance: random.Random, until: float) -> None:
    while time.monotonic() < until:
        crowd.act()
        time.sleep(chance.uniform(0, 0.06))


def clear_up(bot: Bot, crowd: Crowd, chance: random.Random, seconds: float) -> None:
    """The weather clears, people come to an end, and all is told and done."""
    bot.github.faults.clear()
    until = time.monotonic() + seconds / 10
    while crowd.busy and time.monotonic() < until:
        _busy(crowd, chance, time.monotonic() + 0.5)
        bot.redeliver()
    crowd.forget()
    bot.settle(seconds)
    settle_accounts(bot, crowd.subjects)


def test_killed_at_any_instant_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(4)
    with bot_in(tmp_path, JOBS__MAX_ATTEMPTS=100) as bot:
        crowd = Crowd(bot.github, chance, most=12)
        storm(bot.github.faults, limited=0.02)
        play(bot, crowd, chance, kills=4, seconds=1.5)
        clear_up(bot, crowd, chance, 50)


@pytest.mark.skipif(not FULL, reason="`make torture` runs it")
@pytest.mark.timeout(3600)
def test_twenty_kills_in_the_storm(tmp_path: Path) -> None:
    chosen = int(os.environ.get("EMPTYCHAIR_TORTURE_SEED") or random.randrange(2**32))
    sys.stderr.write(f"\nEMPTYCHAIR_TORTURE_SEED={chosen}\n")
    chance, kills = random.Random(chosen), 20
    with bot_in(tmp_path, JOBS__MAX_ATTEMPTS=100) as bot:
        crowd = Crowd(bot.github, chance, most=200)
        storm(bot.github.faults, limited=SHARE)
        play(bot, crowd, chance, kills, seconds=12)
        assert len(crowd.subjects) == 200
        in_storm = list(bot.github.calls)
        clear_up(bot, crowd, chance, 900)
    merged = sum(s.end.value == "decided" for s in crowd.subjects)
    failed = sum(call.status not in range(200, 400) for call in in_storm)
    sys.stderr.write(
        f"{kills} kills, {len(crowd.subjects)} pull requests ({merged} merged), "
        f"{len(in_storm)} calls in the storm ({failed} failed), {len(bot.github.calls)} in all, "
        f"{len(bot.github.deliveries)} deliveries\n"
    )
