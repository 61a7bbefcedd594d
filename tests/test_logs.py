"""Logs: one JSON line an event, with the delivery that caused it, never a secret, never a stop."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.cli.pair import start_pair
from bot.sandbox.records import FileChange
from bot.store import secret_rules

SECRETS = (
    "ghs_0123456789abcdef0123",
    "ghs_123_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2ln-bmF0dXJl",
    "gho_0123456789abcdef",
    "github_pat_0123456789_abcdef",
    "xoxb-1234-abcd",
    "sk-0123456789abcdef0123",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEow cut off",
)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


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


def heart(secret: str) -> str:
    """What must not be seen of a secret."""
    return "MIIEow" if "BEGIN" in secret else secret[-8:]


def test_from_a_warning_on_personal_data_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True, redact=lambda text: secret_rules.redactor().redact(text))
    log = structlog.get_logger()
    log.info("review.opened", subject="jo@acme.example")
    log.warning("job.retry", error="no such user: jo@acme.example, call +49 170 1234567")
    info, warning = map(json.loads, capsys.readouterr().err.splitlines())
    assert info["subject"] == "jo@acme.example"
    assert warning["error"] == "no such user: [E-MAIL#1], call [PHONE#1]"
    assert warning["event"] == "job.retry"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("as_json", [True, False])
def test_a_secret_is_masked_wherever_it_slipped_in(
    capsys: pytest.CaptureFixture[str], secret: str, as_json: bool
) -> None:
    logs.configure(json=as_json)
    try:
        raise ValueError(f"no: {secret}")
    except ValueError as error:
        structlog.get_logger().error(
            f"event {secret}",
            plain=secret,
            inside={"list": [1, {"deep": (f"text {secret} text",)}]},
            thing=error,
            exc_info=True,
        )
    text = capsys.readouterr().err
    assert "ValueError" in text
    assert "***" in text
    assert heart(secret) not in text


def test_a_line_is_json_with_level_and_time_and_keeps_what_is_harmless(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    structlog.get_logger().warning("job.retry", job="größer 🛒", attempt=2, done=False, none=None)
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "job.retry",
        "level": "warning",
        "job": "größer 🛒",
        "attempt": 2,
        "done": False,
        "none": None,
    }
    assert "größer 🛒" in line


def test_an_exception_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    structlog.get_logger().error("web.error", exc_info=ValueError("no"))
    assert "ValueError: no" in json.loads(capsys.readouterr().err)["exception"]


def test_half_a_surrogate_pair_does_not_stop_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(json=True)
    structlog.get_logger().warning("odd", text="\ud800")


@pytest.mark.parametrize("error", [BrokenPipeError, ValueError])
def test_a_log_that_nobody_reads_any_more_stops_no_work(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise error

        def flush(self) -> None:
            raise error

    monkeypatch.setattr(sys, "stderr", Gone())
    logs.configure(json=True)
    structlog.get_logger().error("nobody hears this")
