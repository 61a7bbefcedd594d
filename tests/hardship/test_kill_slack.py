"""Killed at any instant while Slack is at its worst: what was acknowledged is on record, once."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

import pytest

from bot.core.review import State
from bot.sandbox.slack.faults import SlackFaults
from bot.views.slack_card import card
from tests.hardship.process import Bot, bot_in
from tests.hardship.slack_crowd import Proposed, SlackCrowd
from tests.make import wait_until

FULL = os.environ.get("EMPTYCHAIR_TORTURE") == "full"


def storm(faults: SlackFaults) -> None:
    """Slack at its worst: calls fail before and after their effect, and many are slow."""
    for kind in ("502-before", "502-after", "lost-answer"):
        faults.add(kind, probability=0.15)
    faults.add("limit-429", probability=0.05, seconds=1)
    faults.add("reset", probability=0.05)
    faults.add("latency", probability=0.2, seconds=0.2)


def play(bot: Bot, crowd: SlackCrowd, chance: random.Random, kills: int, seconds: float) -> None:
    bot.start()
    for _ in range(kills):
        until = time.monotonic() + chance.uniform(0.1, seconds)
        while time.monotonic() < until:
            crowd.act()
            time.sleep(chance.uniform(0, 0.03))
        bot.kill()
        crowd.act()
        bot.start()


def clear_up(bot: Bot, crowd: SlackCrowd, seconds: float) -> None:
    bot.slack.faults.clear()
    until = time.monotonic() + seconds
    while crowd.busy and time.monotonic() < until:
        crowd.act()
    crowd.forget()
    bot.settle(seconds)
    for one in crowd.proposed:
        settle_account(bot, one)
    assert bot.rows("SELECT name, state, attempts, error FROM job WHERE state = 'parked'") == []
    assert bot.first_broken() is None
    assert bot.rows("PRAGMA integrity_check") == ["ok"]
    assert bot.rows("PRAGMA foreign_key_check") == []
    assert bot.rows("SELECT count(*) FROM card WHERE intent_at IS NOT NULL") == [0]
    assert bot.slack.broken_rules == []


def settle_account(bot: Bot, one: Proposed) -> None:
    """Record, card and the line of the decision say what was acknowledged, once each."""
    review = bot.proposal(one.message.channel, one.message.ts)
    assert review is not None, f"{one.ref} is not on record"
    answers = {answer.question for answer in review.answers}
    answers |= {"voice"} if review.evidence else set()
    assert answers == set(one.said) - {"open", "object", "decide"}, one.ref
    assert len(review.evidence) <= 1
    assert len(review.course.consents) == ("object" in one.said)
    assert (review.state is State.DECIDED) == ("decide" in one.said)
    thread = bot.slack.messages(one.message.channel, one.message.ts)
    keys = [m.metadata["event_payload"]["key"].partition(":")[0] for m in thread if m.metadata]
    assert sorted(keys) == ["card", *(["decision"] if "decide" in one.said else [])], one.ref
    users = {-1: "", -2: ""}
    shown = next(
        m for m in thread if m.metadata and m.metadata["event_payload"]["key"].startswith("card")
    )
    assert shown.text == card(review, users)["text"], one.ref


def test_killed_at_any_instant_what_slack_was_told_is_kept(tmp_path: Path) -> None:
    chance = random.Random(5)
    with bot_in(tmp_path, JOBS__MAX_ATTEMPTS=100) as bot:
        crowd = SlackCrowd(bot.slack, chance, most=10)
        storm(bot.slack.faults)
        play(bot, crowd, chance, kills=4, seconds=1.2)
        wait_until(bot.answers)
        clear_up(bot, crowd, 40)


@pytest.mark.skipif(not FULL, reason="`make torture` runs it")
@pytest.mark.timeout(1800)
def test_twenty_kills_while_slack_storms(tmp_path: Path) -> None:
    chosen = int(os.environ.get("EMPTYCHAIR_TORTURE_SEED") or random.randrange(2**32))
    sys.stderr.write(f"\nEMPTYCHAIR_TORTURE_SEED={chosen}\n")
    chance = random.Random(chosen)
    with bot_in(tmp_path, JOBS__MAX_ATTEMPTS=100) as bot:
        crowd = SlackCrowd(bot.slack, chance, most=150)
        storm(bot.slack.faults)
        play(bot, crowd, chance, kills=20, seconds=5)
        clear_up(bot, crowd, 300)
    sys.stderr.write(
        f"20 kills, {len(crowd.proposed)} proposals, {len(bot.slack.calls)} calls, "
        f"{len(bot.slack.deliveries)} deliveries\n"
    )
