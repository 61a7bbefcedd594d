"""Logs: one JSON line an event, with the delivery that caused it, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import logs
from bot.cli.pair import start_pair
from bot.sandbox.records import FileChange


def test_what_happened_names_the_review_and_the_delivery_behind_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure(json=True)
    with start_pair(tmp_path, quiet_seconds=0) as pair:
        pair.github.open_pull_request(title="Theme", files=[FileChange("web/a.css", 1, 0, "+a")])
        assert pair.settle()
        (delivery,) = {d.guid for d in pair.github.deliveries if d.event == "pull_request"}
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    opened = next(line for line in lines if line["event"] == "review.opened")
    assert (opened["delivery"], opened["review"], opened["tier"]) == (delivery, 1, "R1")
    assert opened["subject"] == "acme/shop#1"
    assert {"check.published", "comment.published"} <= {line["event"] for line in lines}


@pytest.mark.parametrize(
    "secret",
    [
        "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0abcdefghijklmnop",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_secret_that_slipped_into_a_log_line_is_masked(secret: str) -> None:
    told = logs.mask(None, "info", {"event": f"sent {secret} away", "error": secret})
    assert secret not in str(told)
    assert "sent *** away" in told["event"] or "***" in told["event"]
