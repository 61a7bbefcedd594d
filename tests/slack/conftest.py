"""The bot, the stand-in GitHub and the stand-in Slack, all running, for tests that tell what people
see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from bot.cli.pair import Pair, start_pair
from bot.flows.slack import publish_card
from bot.jobs.names import PERIODIC
from tests.make import wait_until
from tests.slack.talk import Talk


@pytest.fixture(scope="module", autouse=True)
def _soon() -> Iterator[None]:
    """Nobody waits two seconds in a test, and nothing is swept beside it."""
    with (
        mock.patch.dict(PERIODIC),
        mock.patch.object(publish_card, "TOGETHER", timedelta(seconds=0.02)),
    ):
        del PERIODIC["sweep_deliveries"], PERIODIC["sweep_repositories"]
        yield


ORGANISATION = """
mode:
  - {repositories: '**', mode: enforce}
teams:
  - {name: Growth, channels: [proposals]}
"""


@pytest.fixture(scope="module")
def organisation() -> str:
    """A module that needs another one names it."""
    return ORGANISATION


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, organisation: str) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("slack")
    with start_pair(folder, organisation=organisation, quiet_seconds=0, slack=True) as pair:
        wait_until(lambda: pair.slack.calls_of("auth.test"))
        yield pair


@pytest.fixture
def talk(running: Pair) -> Iterator[Talk]:
    """Shared by the tests of a module: each posts proposals of its own. No block that Slack would
    refuse was ever sent."""
    running.slack.faults.clear()
    running.slack.reinstate()
    running.slack.workspace.broken_rules.clear()
    running.slack.views.stacks.clear()
    yield Talk(running)
    assert running.slack.broken_rules == []
