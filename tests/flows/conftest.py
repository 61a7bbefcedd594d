"""The bot and the stand-in GitHub, both running, for tests that tell what people see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.pair import Pair, start_pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with start_pair(tmp_path, quiet_seconds=0) as running:
        yield running
