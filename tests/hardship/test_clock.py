"""The clock of the machine is set to and fro by ten minutes: all is done, and soon."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from bot import main
from bot.cli.pair import Pair, start_pair
from bot.gateways import github_time
from bot.jobs import embedded
from tests.flows.people import ALL, answered, click, only_comment, opened, say, says, settle, until

TEN_MINUTES = 600


class Wall:
    """The clock of the bot's machine; GitHub's own is right."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = 0.0
        monkeypatch.setattr(main, "_now", self.now)
        monkeypatch.setattr(github_time, "wall", self.seconds)
        monkeypatch.setattr("github.Auth.time", SimpleNamespace(time=self.seconds))

    def seconds(self) -> float:
        return time.time() + self.off

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.off)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    monkeypatch.setattr(embedded, "POLL_SECONDS", 0.05)
    return Wall(monkeypatch)


def ready(pair: Pair) -> str:
    return requests.get(f"{pair.bot_url}/readyz", timeout=5).text


@pytest.mark.parametrize("off", [-TEN_MINUTES, TEN_MINUTES])
def test_a_clock_that_is_wrong_from_the_start_is_named_and_all_is_done(
    tmp_path: Path, wall: Wall, off: float
) -> None:
    wall.off = off
    with start_pair(tmp_path, quiet_seconds=0.2) as pair:
        number = opened(pair)
        say(pair, number, ALL)
        assert says(pair, number)[0] == "success"
        where = "ahead of" if off > 0 else "behind"
        assert f"seconds {where} GitHub's: put it right" in ready(pair)
        wall.off = 0
        assert "clock" not in ready(pair)
        other = opened(pair)
        assert says(pair, other)[1] == "0 of 5 answered"


@pytest.mark.parametrize("off", [-TEN_MINUTES, TEN_MINUTES])
def test_a_clock_that_is_set_while_people_act_holds_nothing_up(
    tmp_path: Path, wall: Wall, off: float
) -> None:
    with start_pair(tmp_path, quiet_seconds=0.5) as pair:
        number = opened(pair)
        pair.github.faults.add("502-before", on="PATCH *", times=4)
        click(pair, number, "who=existing")
        click(pair, number, "effect=better")
        wall.off = off
        click(pair, number, "feeling=relieved")
        settle(pair)
        assert len(answered(pair, number)) == 3
        assert says(pair, number)[1] == "3 of 5 answered"
        assert until(lambda: "✅ Effect" in only_comment(pair, number).body)


def test_a_clock_that_was_ahead_before_a_restart_holds_nothing_up_once_it_is_right(
    tmp_path: Path, wall: Wall
) -> None:
    wall.off = TEN_MINUTES
    with start_pair(tmp_path, quiet_seconds=0.2) as pair:
        number = opened(pair)
        pair.github.faults.add("502-before", on="PATCH *")
        click(pair, number, "who=existing")
        assert until(lambda: pair.bot_backlog() > 0)
        pair.stop_bot()
        pair.github.faults.clear()
        wall.off = 0
        pair.start_bot()
        assert until(lambda: says(pair, number)[1] == "1 of 5 answered")
