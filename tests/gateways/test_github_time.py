"""A clock that is wrong by minutes: GitHub refuses what it signs, and its answer tells the time."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.core.facts import Repository
from bot.errors import Rejected, Transient
from bot.flows.pacer import Pacer
from bot.gateways import github_time
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from tests.gateways.conftest import APP_ID
from tests.gateways.test_github import opened

OFF = (-600, 600, 86_400)


class Wall:
    """The clock of this machine, as somebody set it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = 0.0
        monkeypatch.setattr(github_time, "wall", self)
        monkeypatch.setattr("github.Auth.time", SimpleNamespace(time=self))

    def __call__(self) -> float:
        return time.time() + self.off


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@pytest.mark.parametrize("off", OFF)
def test_a_wrong_clock_is_named_once_and_the_next_try_works(
    github: StandIn, gateway: GitHubGateway, shop: Repository, wall: Wall, off: float
) -> None:
    number = opened(github)
    wall.off = off
    with capture_logs() as logs:
        with pytest.raises(Transient, match="401"):
            gateway.pull_request(shop, number)
        for _ in range(3):
            assert gateway.pull_request(shop, number).number == number
    (line,) = logs
    assert line["event"] == "clock.wrong"
    assert line["seconds_ahead_of_github"] == pytest.approx(off, abs=2)
    assert "Put the clock of this machine right" in line["hint"]
    assert gateway.time.ahead() == pytest.approx(off, abs=2)
    assert sum("access_tokens" in call.path for call in github.calls) == 2  # the refused one too


def test_who_we_are_is_asked_again_with_the_right_time(gateway: GitHubGateway, wall: Wall) -> None:
    wall.off = 600
    with pytest.raises(Transient, match="401"):
        gateway.identity()
    assert gateway.identity().slug == "empty-chair"


def test_a_clock_that_is_put_right_counts_at_once(
    github: StandIn, gateway: GitHubGateway, shop: Repository, wall: Wall
) -> None:
    number = opened(github)
    wall.off = -600
    with pytest.raises(Transient):
        gateway.pull_request(shop, number)
    wall.off = 0
    assert gateway.time.ahead() == 0
    assert gateway.pull_request(shop, number).number == number


def test_a_small_difference_is_none_and_a_wrong_key_stays_a_wrong_key(
    github: StandIn, gateway: GitHubGateway, wall: Wall
) -> None:
    wall.off = 20
    assert gateway.identity().slug == "empty-chair"
    assert gateway.time.ahead() == 0
    stranger = GitHubGateway(app_auth(APP_ID, make_app_key().private), github.api_url, Pacer(False))
    with pytest.raises(Rejected, match="401"):
        stranger.identity()


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Nov 2026 01:00:00 GMT"])
def test_a_time_that_is_none_is_not_followed(date: str) -> None:
    found = github_time.GitHubTime()
    assert not found.learn({"Date": date})
    assert not found.learn(None)
    assert found.ahead() == 0
