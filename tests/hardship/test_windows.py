"""Killed, or left without an answer, just while something is made on GitHub: it is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.github import StandIn
from bot.sandbox.records import Delivery
from bot.views.github_check import EXTERNAL_ID
from bot.views.github_comment import MARKER
from bot.views.reply import MARKER as REPLY_MARKER
from tests.flows.people import ALL, BODY, THEME
from tests.hardship.process import Bot, bot_in
from tests.make import wait_until

COMMENT = "POST /repos/*/issues/*/comments"
CHECK = "POST /repos/*/check-runs"
LATE = 3.0  # seconds until GitHub acts, or answers: later than the bot is up again


def opened(github: StandIn) -> int:
    return github.open_pull_request(title="Theme", body=BODY, author="author", files=(THEME,))


def comments(github: StandIn, number: int, marker: str = MARKER) -> int:
    return sum(marker in comment.body for comment in github.bot_comments(number))


def checks(github: StandIn, number: int) -> int:
    head = github.pull_request(number).head_sha
    return sum(run.external_id == EXTERNAL_ID for run in github.state.checks_on(head))


def begun(bot: Bot, kind: str) -> bool:
    return bool(bot.rows(f"SELECT 1 FROM surface WHERE kind = '{kind}' AND intent_at IS NOT NULL"))


@pytest.mark.parametrize("kind", ["latency", "slow-answer"])
def test_killed_between_the_intent_and_the_answer_it_makes_everything_once(
    tmp_path: Path, kind: str
) -> None:
    """`latency`: what was sent takes effect after the kill; `slow-answer`: before it."""
    with bot_in(tmp_path) as bot:
        bot.start()
        for on in (COMMENT, CHECK):
            bot.github.faults.add(kind, on=on, seconds=LATE, times=1)  # type: ignore[arg-type]
        number = opened(bot.github)
        wait_until(lambda: begun(bot, "comment") and begun(bot, "check"))
        if kind == "slow-answer":
            wait_until(lambda: comments(bot.github, number) and checks(bot.github, number))
        bot.kill()
        bot.start()
        bot.settle(20)
        assert (comments(bot.github, number), checks(bot.github, number)) == (1, 1)
        assert not begun(bot, "comment")
        assert not begun(bot, "check")


def test_what_a_lagging_list_does_not_hold_yet_is_not_made_twice(tmp_path: Path) -> None:
    """Nor does a delivery tell the bot that its comment arrived."""
    with bot_in(tmp_path) as bot:
        bot.start()
        faults = bot.github.faults
        for on in (COMMENT, CHECK):
            faults.add("502-after", on=on, times=1)
        for on in ("GET /repos/*/comments", "GET /repos/*/check-runs"):
            faults.add("lagging-list", on=on, seconds=2)

        def lose(delivery: Delivery) -> None:
            faults.lose_deliveries = 1.0 if delivery.event == "pull_request" else 0.0

        bot.github.on_answer(lose)
        number = opened(bot.github)
        wait_until(lambda: begun(bot, "comment") and begun(bot, "check"))
        wait_until(lambda: not begun(bot, "comment") and not begun(bot, "check"), 15)
        assert (comments(bot.github, number), checks(bot.github, number)) == (1, 1)
        faults.lose_deliveries = 0.0
        faults.add("502-after", on=COMMENT, times=1)
        bot.github.comment(number, "/impact help", "author")
        wait_until(lambda: comments(bot.github, number, REPLY_MARKER) > 0)
        wait_until(lambda: not begun(bot, "reply"), 15)
        bot.settle(20)
        assert comments(bot.github, number, REPLY_MARKER) == 1


def test_a_comment_that_nobody_needs_any_more_when_it_is_found_says_how_it_stands(
    tmp_path: Path,
) -> None:
    """Everything is answered before the bot hears that the comment that it began did arrive."""
    with bot_in(tmp_path) as bot:
        bot.start()
        bot.github.faults.add("slow-answer", on=COMMENT, seconds=5, times=1)
        bot.github.on_answer(lambda _: setattr(bot.github.faults, "lose_deliveries", 1.0))
        number = opened(bot.github)
        wait_until(lambda: comments(bot.github, number) == 1)
        bot.kill()
        bot.github.on_answer(lambda _: None)
        bot.github.faults.clear()
        bot.github.comment(number, ALL, "author")
        assert bot.github.wait_idle(5)
        told = bot.github.deliveries[-1].guid
        bot.github.faults.add("reset", on="GET /repos/*/issues/*/comments")
        bot.start()
        bot.github.redeliver(told)
        wait_until(lambda: bot.rows("SELECT gate FROM review") == ["complete"])
        bot.github.faults.clear()
        wait_until(lambda: bot.rows("SELECT count(*) FROM job") == [0], 15)
        bot.settle(20)
        (ours,) = (c.body for c in bot.github.bot_comments(number) if MARKER in c.body)
        assert "complete ✅" in ours
