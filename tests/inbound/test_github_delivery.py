"""A delivery whose turn has come, in the running bot."""

from __future__ import annotations

from pathlib import Path

from structlog.typing import EventDict

from bot.cli.pair import start_pair


def test_a_delivery_whose_body_is_gone_is_an_error_that_the_operator_sees(
    tmp_path: Path, logs: list[EventDict]
) -> None:
    with start_pair(tmp_path) as pair:
        assert pair.bot is not None
        jobs = pair.bot.jobs
        pair.bot.store.write(lambda tx: jobs.enqueue(tx, "deliver", {"delivery": "d-1"}))
        assert pair.settle()
    assert [entry["log_level"] for entry in logs if entry["event"] == "delivery.lost"] == ["error"]
