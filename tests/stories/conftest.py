"""The whole bot for tests with real payloads, in which nothing may go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, examples


@pytest.fixture(scope="module")
def real() -> list[Example]:
    return examples()


@pytest.fixture(scope="module")
def pull(real: list[Example]) -> Json:
    """A real pull request."""
    found: Json = next(e for e in real if e.name == "pull_request.opened").payload["pull_request"]
    return found


@pytest.fixture
def bot(tmp_path: Path, pull: Json) -> Iterator[Listening]:
    """Whatever is posted to it, nothing may go wrong in there."""
    with capture_logs() as logs:
        listening = Listening(tmp_path / "bot", pull)
        yield listening
        listening.settle()
        parked, refused = listening.parked(), listening.github.refused
        listening.stop()
    assert wrong(logs) == []
    assert (parked, refused) == (0, [])


def wrong(logs: list[EventDict]) -> list[EventDict]:
    """What an operator would be called for; and every job that had to be tried again, except
    where two wrote to one record at once, of whom one has to do it again."""
    return [
        line
        for line in logs
        if line["log_level"] in ("error", "critical")
        or (line["event"] == "job.retry" and not line["error"].startswith("Stale: "))
    ]
