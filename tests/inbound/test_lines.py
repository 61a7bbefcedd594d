"""A flood of one mistake hides no other one in the log."""

from __future__ import annotations

from datetime import timedelta

from structlog.typing import EventDict

from bot.inbound.lines import MOST_KINDS, Lines
from tests.inbound.conftest import Web
from tests.make import NOW


def test_each_reason_has_its_own_line_and_says_how_many_were_left_out() -> None:
    now = [NOW]
    lines = Lines(lambda: now[0])
    told = [lines.next("refused", reason) for reason in ("unsigned", "unsigned", "large")]
    assert told == [{}, None, {}]
    lines.next("refused", "unsigned")
    now[0] += timedelta(seconds=10)
    assert lines.next("refused", "unsigned") == {"left_out": 2}
    assert lines.next("refused", "large") == {}


def test_any_number_of_reasons_takes_no_more_room() -> None:
    lines = Lines(lambda: NOW)
    for number in range(3 * MOST_KINDS):
        lines.next("refused", str(number))
    assert len(lines._told) <= MOST_KINDS


def test_a_wrong_secret_is_told_also_while_others_send_none(
    web: Web, logs: list[EventDict]
) -> None:
    for signature in ("", "", "sha256=" + "0" * 64):
        web.deliver("ping", b"{}", x_hub_signature_256=signature)
    told = [line["reason"] for line in logs if line["event"] == "webhook.refused"]
    assert [reason.split(" ")[1] for reason in told] == ["header", "signature"]
