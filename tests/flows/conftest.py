"""The bot and the stand-in GitHub, both running, for tests that tell what people see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import text

from bot.cli.pair import Pair, start_pair
from bot.jobs.names import PERIODIC
from tests.make import wait_until


@pytest.fixture(scope="module", autouse=True)
def _no_sweeps() -> Iterator[None]:
    """Here a test says itself what is told, and when."""
    with mock.patch.dict(PERIODIC):
        del PERIODIC["sweep_deliveries"], PERIODIC["sweep_repositories"]
        yield


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("pair")
    with start_pair(folder, quiet_seconds=0) as pair:
        started(pair)
        yield pair


def started(pair: Pair) -> None:
    """Wait until what the bot does at each start is done, so that it counts for no test."""
    assert pair.bot is not None
    store = pair.bot.store

    def promised() -> bool:
        with store.read() as connection:
            last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'job'"))
            return (last.scalar() or 0) >= len(PERIODIC)

    wait_until(promised)
    assert pair.settle()


@pytest.fixture
def pair(running: Pair) -> Pair:
    """Shared by the tests of a module: each opens pull requests of its own."""
    running.github.faults.clear()
    running.github.call_counts.clear()
    return running
