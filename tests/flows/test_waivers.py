"""Waivers and pauses: who lets what wait, how that looks, and what happens when the day is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

import bot.main
from bot.cli import cli
from bot.cli.pair import Pair, start_pair
from bot.core.gate import Gate, standing
from bot.views.words import day
from tests.flows.people import (
    ALL,
    PRICE,
    answer,
    body,
    calls,
    events,
    only_comment,
    opened,
    record,
    reply,
    rewrite,
    say,
    says,
    settle,
    summary,
    tick,
)

WHY = "the interviews are next week"


@dataclass
class Days:
    """The bot's clock, which tests let go on by days. It never goes back, so each test asks it."""

    gone: int = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.gone)


DAYS = Days()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.main, "_now", DAYS)
        with start_pair(tmp_path_factory.mktemp("pair"), quiet_seconds=0) as pair:
            pair.github.grant("bob", "write")
            yield pair


def today() -> date:
    return DAYS().date()


def soon() -> date:
    return today() + timedelta(days=9)


def waive(
    pair: Pair, number: int, scope: str = "all", by: str = "bob", until: date | None = None
) -> int:
    return say(pair, number, f"/impact waive {scope} until {until or soon()} {WHY}", by=by)


def gate(pair: Pair, number: int) -> Gate:
    return standing(record(pair, number)).gate


def look_after_waivers(pair: Pair) -> None:
    """What the bot does every minute."""
    assert pair.bot is not None
    jobs = pair.bot.jobs
    pair.bot.store.write(lambda tx: jobs.enqueue(tx, "run_out", {}, lock="run_out"))
    settle(pair)


def a_day_goes_by(pair: Pair) -> None:
    DAYS.gone += 1
    look_after_waivers(pair)


# -- letting wait ----------------------------------------------------------------------------------


def test_the_merge_is_held_while_pending_and_free_while_waived(pair: Pair) -> None:
    number = opened(pair)
    assert not pair.github.merge(number).merged
    waive(pair, number)
    assert says(pair, number) == ("success", f"Waived by bob until {day(soon())}: {WHY}")
    assert pair.github.merge(number).merged
    settle(pair)
    assert not record(pair, number).bypassed
    assert gate(pair, number) is Gate.WAIVED


def test_a_waiver_of_all_shows_with_name_day_and_reason(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number)
    for shown in (body(pair, number), summary(pair, number)):
        assert f"waived by <b>bob</b> until {day(soon())}: “{WHY}”" in shown
    assert f"waived until {day(soon())}" in body(pair, number).splitlines()[2]
    status = say(pair, number, "/impact status")
    assert f"bob lets everything that is missing wait until {soon()}" in reply(pair, number, status)
    assert events(pair, number)[-1] == "waiver.given"


def test_a_waiver_of_one_question_shows_and_the_others_are_still_asked(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number, "voice")
    assert says(pair, number) == ("action_required", "0 of 5 answered, 1 waived")
    waived = f"Voice: waived by <b>bob</b> until {day(soon())}: “{WHY}”"
    assert f"⏭️ {waived}" in body(pair, number)
    assert waived in summary(pair, number)
    for box in ("who=existing", "why=accept", "effect=better", "feeling=relieved"):
        tick(pair, number, box)
    assert says(pair, number) == ("success", f"Waived by bob until {day(soon())}: {WHY}")
    assert pair.github.merge(number).merged


def test_what_waits_may_be_answered_all_the_same(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number)
    say(pair, number, ALL)
    assert gate(pair, number) is Gate.COMPLETE
    assert "complete ✅" in body(pair, number)


def test_of_two_waivers_of_one_question_the_newer_counts(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number, "voice")
    waive(pair, number, "voice", by="reviewer", until=today())
    (found,) = record(pair, number).waivers
    assert (found.by.login, found.until) == ("reviewer", today())


@pytest.mark.parametrize("scope", ["all", "voice"])
def test_nobody_waives_what_they_wrote_themselves(pair: Pair, scope: str) -> None:
    number = opened(pair, author="bob")
    comment = waive(pair, number, scope)
    assert record(pair, number).waivers == ()
    assert "never for the author" in reply(pair, number, comment)
    rewrite(
        pair, comment, f"/impact waive {scope} until {soon()} {WHY}, all of them", by="reviewer"
    )
    assert [w.by.login for w in record(pair, number).waivers] == ["reviewer"]


def test_what_is_not_asked_cannot_be_waived(pair: Pair) -> None:
    number = opened(pair)
    comment = waive(pair, number, "left")
    assert "`left` is not asked here" in reply(pair, number, comment)
    assert record(pair, number).waivers == ()


# -- the day is over -------------------------------------------------------------------------------


def test_when_its_day_is_over_an_open_pull_request_is_held_again(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number, until=today())
    look_after_waivers(pair)
    assert says(pair, number)[0] == "success"
    a_day_goes_by(pair)
    assert says(pair, number) == ("action_required", "0 of 5 answered")
    assert not pair.github.merge(number).merged
    assert "(that day is over)" in body(pair, number)
    assert record(pair, number).waivers[0].expired
    assert events(pair, number)[-1] == "waiver.expired"


def test_a_day_that_is_over_is_told_once(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number, until=today())
    a_day_goes_by(pair)
    pair.github.call_counts.clear()
    a_day_goes_by(pair)
    a_day_goes_by(pair)
    assert calls(pair) == {}
    assert events(pair, number).count("waiver.expired") == 1


def test_one_question_is_asked_again_when_its_day_is_over(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact who: existing\nwhy: It hurts the eyes of people.\neffect: better")
    waive(pair, number, "feeling", until=today())
    waive(pair, number, "voice")
    assert gate(pair, number) is Gate.WAIVED
    a_day_goes_by(pair)
    assert says(pair, number) == ("action_required", "3 of 5 answered, 1 waived")
    waive(pair, number, "feeling")
    assert gate(pair, number) is Gate.WAIVED


def test_on_what_was_merged_it_is_marked_and_listed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, done, until = opened(pair), opened(pair), today()
    for each in (number, done):
        waive(pair, each, until=today())
        assert pair.github.merge(each).merged
        settle(pair)
    say(pair, done, ALL)
    a_day_goes_by(pair)
    assert record(pair, number).waivers[0].expired
    assert gate(pair, number) is Gate.PENDING
    assert "(that day is over)" in body(pair, number)
    assert not record(pair, number).bypassed
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", pair.settings.database_url)
    monkeypatch.setattr("bot.cli.stats.datetime", _Now)
    told = CliRunner().invoke(cli, ["stats"]).output
    assert f"acme/shop#{number} the whole review, waived by bob until {until}" in told
    assert f"acme/shop#{done} " not in told


class _Now(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return DAYS()


# -- off and on again ------------------------------------------------------------------------------


def test_a_pause_turns_the_bot_off_visibly_and_resume_brings_it_back(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact pause this is a trial of ours", by="bob")
    assert says(pair, number) == ("success", "Paused by bob: this is a trial of ours")
    for shown in (body(pair, number), summary(pair, number)):
        assert "“this is a trial of ours”" in shown
        assert "<code>/impact resume</code>" in shown
    pair.github.push(number, [PRICE])
    settle(pair)
    assert says(pair, number)[0] == "success"
    say(pair, number, "/impact resume", by="author")
    assert says(pair, number)[0] == "action_required"
    assert [e for e in events(pair, number) if e.startswith(("review.p", "review.res"))] == [
        "review.paused", "review.resumed",
    ]  # fmt: skip


def test_the_author_does_not_pause(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact pause this is a trial of ours")
    assert "never for the author" in reply(pair, number, comment)
    assert says(pair, number)[0] == "action_required"


def test_what_is_paused_may_be_merged_and_takes_answers(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact pause this is a trial of ours", by="bob")
    say(pair, number, "/impact effect: better")
    assert answer(pair, number, "effect").picks == ("better",)
    assert pair.github.merge(number).merged


def test_a_waiver_survives_a_pause(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number)
    say(pair, number, "/impact pause this is a trial of ours", by="bob")
    say(pair, number, "/impact resume")
    assert gate(pair, number) is Gate.WAIVED


def test_a_waiver_survives_that_the_comment_is_wiped(pair: Pair) -> None:
    number = opened(pair)
    waive(pair, number)
    pair.github.edit_comment(only_comment(pair, number).id, "<!-- empty-chair:review -->", "bob")
    settle(pair)
    assert f"waived by <b>bob</b> until {day(soon())}" in body(pair, number)
