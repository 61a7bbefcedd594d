"""Waivers: what one lets go, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.answers import Door
from bot.core.replay import run_out
from bot.core.waivers import Waiver, holding
from tests.acting import UNTOUCHED
from tests.examples import NOW, REVIEWER

WAIVER = Waiver("why", date(2026, 3, 31), "interviews", REVIEWER, NOW, Door.COMMAND)
PAUSE = replace(WAIVER, scope="pause", until=None)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-03-02T09:30:00+00:00", False),
        ("2026-03-31T00:00:00+00:00", False),
        ("2026-03-31T23:59:59.999999+00:00", False),
        ("2026-04-01T00:00:00+00:00", True),
        ("2026-03-31T21:00:00-05:00", True),
        ("2026-04-01T01:00:00+02:00", False),
        ("2030-01-01T00:00:00+00:00", True),
    ],
)
def test_a_waiver_holds_on_its_last_day_everywhere_by_utc(now: str, over: bool) -> None:
    assert WAIVER.over(datetime.fromisoformat(now)) is over
    assert not PAUSE.over(datetime.fromisoformat(now))


def test_a_waiver_ends_at_the_midnight_after_its_day_and_a_pause_never() -> None:
    assert WAIVER.ends_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert replace(WAIVER, until=date(2026, 12, 31)).ends_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert PAUSE.ends_at is None


def test_only_a_waiver_of_just_that_scope_that_is_not_over_holds() -> None:
    expired = replace(WAIVER, expired=True)
    assert holding([PAUSE, WAIVER], "why") == WAIVER
    assert holding([PAUSE, WAIVER], "pause") == PAUSE
    assert holding([WAIVER], "who") is None
    assert holding([WAIVER], "all") is None
    assert holding([expired], "why") is None
    assert holding([], "why") is None


def test_running_out_marks_what_is_over_and_takes_the_mark_off_what_is_not() -> None:
    held = replace(UNTOUCHED, waivers=(WAIVER, PAUSE))
    over = run_out(held, datetime(2026, 4, 1, tzinfo=UTC))
    assert [w.expired for w in over.waivers] == [True, False]
    assert run_out(over, NOW) == held
