"""How many questions are asked: raised, lowered, attested, drawn by lot, and answers that raise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.core.rulings import Ruled, Sample
from bot.core.tier import Tier
from bot.sandbox.records import FileChange
from tests.flows.people import (
    ALL,
    BODY,
    LOCK,
    PRICE,
    THEME,
    answered,
    body,
    boxes,
    describe,
    events,
    opened,
    record,
    reply,
    say,
    says,
    settle,
    summary,
    tick,
    ticked,
)

RAISE = "/impact tier R2 a habit of theirs changes"
LOWER = "/impact tier R1 only the colour of a border changes"
NONE = "/impact none only the names of our own log files change"


def tier(pair: Pair, number: int) -> Tier:
    return record(pair, number).tier


def held(pair: Pair, number: int) -> list[str]:
    return [s.question for s in record(pair, number).suggestions if s.held]


# -- raised and lowered ----------------------------------------------------------------------------


def test_whoever_may_answer_raises_and_it_says_who_and_why(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, RAISE)
    assert says(pair, number) == ("action_required", "0 of 9 answered")
    for shown in (body(pair, number), summary(pair, number)):
        assert "author raised this to R2: “a habit of theirs changes”" in shown
    assert events(pair, number)[-2:] == ["tier.raised", "review.tiered"]


def test_what_was_answered_counts_after_a_raise_and_a_bare_pick_wants_its_line(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    assert says(pair, number)[0] == "success"
    say(pair, number, RAISE, by="reviewer")
    assert says(pair, number)[0] == "action_required"
    assert set(answered(pair, number)) >= {"who", "why", "effect", "feeling"}
    assert "review.reopened" in events(pair, number)


def test_a_raise_asks_also_where_nothing_was_needed(pair: Pair) -> None:
    number = opened(pair, LOCK)
    assert pair.github.bot_comments(number) == []
    say(pair, number, "/impact tier R1 customers will notice, because it is slower")
    assert says(pair, number) == ("action_required", "0 of 5 answered")
    assert "5 quick questions" in body(pair, number)


def test_a_raise_holds_whatever_is_pushed(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, RAISE)
    pair.github.push(number, [PRICE])
    settle(pair)
    assert tier(pair, number) is Tier.R3


def test_a_reviewer_lowers_until_a_push_matches_a_new_rule(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, RAISE)
    say(pair, number, LOWER, by="reviewer")
    assert tier(pair, number) is Tier.R1
    assert "reviewer lowered this to R1" in body(pair, number)
    pair.github.push(number, [THEME])
    settle(pair)
    assert tier(pair, number) is Tier.R1
    pair.github.push(number, [PRICE])
    settle(pair)
    assert tier(pair, number) is Tier.R3
    found = [r for r in record(pair, number).rulings if r.ruled is Ruled.LOWERED]
    assert [r.ended for r in found] == [True]
    assert "does not hold any more" in body(pair, number)


def test_the_author_does_not_lower(pair: Pair) -> None:
    number = opened(pair, PRICE)
    comment = say(pair, number, "/impact tier R1 it is only a comment in that file")
    assert "never for the author" in reply(pair, number, comment)
    assert tier(pair, number) is Tier.R3


def test_to_r0_by_a_reviewer_nothing_is_asked(pair: Pair) -> None:
    number = opened(pair, PRICE)
    say(pair, number, "/impact tier R0 it is only a comment in that file", by="reviewer")
    assert says(pair, number)[0] == "success"
    assert "lowered to R0 by reviewer" in str(says(pair, number)[1])
    say(pair, number, RAISE)
    assert tier(pair, number) is Tier.R3


# -- answers that raise ----------------------------------------------------------------------------


def test_a_tick_that_would_raise_says_so_first_and_counts_after_a_yes(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=worse", by="author")
    assert (tier(pair, number), answered(pair, number)) == (Tier.R1, {})
    assert held(pair, number) == ["effect"]
    assert says(pair, number)[1] == "0 of 5 answered"
    assert "makes this R2" in body(pair, number)
    assert "it also asks" in body(pair, number)
    assert ticked(pair, number) == ["effect=worse"]
    tick(pair, number, "effect=use-", by="author")
    assert (tier(pair, number), answered(pair, number)) == (Tier.R2, {"effect": "author"})
    assert held(pair, number) == []
    assert "suggestion.used" in events(pair, number)


def test_the_yes_may_be_a_command_and_another_persons(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: mixed, the contrast is worse for some")
    assert "`/impact accept effect`" in reply(pair, number, comment)
    say(pair, number, "/impact accept effect", by="reviewer")
    assert (tier(pair, number), answered(pair, number)) == (Tier.R2, {"effect": "reviewer"})


@pytest.mark.parametrize("pick", ["over-50", "unknown", "10-to-50"])
def test_a_reach_that_raises_waits_too(pair: Pair, pick: str) -> None:
    number = opened(pair)
    tick(pair, number, "feeling=relieved")
    tick(pair, number, f"reach={pick}")
    assert held(pair, number) == ["reach"]
    assert "makes this R2" in body(pair, number)
    tick(pair, number, "reach=use-")
    assert tier(pair, number) is Tier.R2


def test_an_answer_that_raises_no_further_counts_at_once(pair: Pair) -> None:
    number = opened(pair, PRICE)
    tick(pair, number, "effect=worse")
    assert held(pair, number) == []
    assert answered(pair, number) == {"effect": "reviewer"}


def test_what_waits_is_dropped_by_an_untick(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=worse")
    tick(pair, number, "effect=worse", on=False)
    assert (held(pair, number), answered(pair, number)) == ([], {})
    assert "counts once you agree" not in body(pair, number)


def test_what_waits_is_dropped_by_another_answer(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=worse")
    tick(pair, number, "effect=better")
    assert (held(pair, number), answered(pair, number)) == ([], {"effect": "reviewer"})
    assert ticked(pair, number) == ["effect=better"]
    tick(pair, number, "effect=worse")
    say(pair, number, "/impact undo effect")
    assert (held(pair, number), answered(pair, number)) == ([], {})


def test_an_answer_that_counts_stays_while_a_worse_one_waits(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    tick(pair, number, "effect=worse")
    assert answered(pair, number) == {"effect": "reviewer"}
    assert says(pair, number)[1] == "1 of 5 answered"
    tick(pair, number, "effect=worse", on=False)
    assert ticked(pair, number) == ["effect=better"]


def test_an_answer_that_raised_lowers_again_when_it_is_taken_back(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact effect: worse")
    say(pair, number, "/impact accept effect")
    assert tier(pair, number) is Tier.R2
    say(pair, number, "/impact effect: better, for everybody who reads at night")
    assert tier(pair, number) is Tier.R1


def test_a_lowering_ends_when_an_answer_raises(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, RAISE)
    say(pair, number, LOWER, by="reviewer")
    say(pair, number, "/impact effect: worse")
    assert (tier(pair, number), held(pair, number)) == (Tier.R1, ["effect"])
    say(pair, number, "/impact accept effect")
    assert tier(pair, number) is Tier.R2


# -- attested --------------------------------------------------------------------------------------


def test_r1_is_attested_away_by_whoever_may_answer(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, NONE)
    assert says(pair, number) == ("success", "Not needed: no customer will notice, says author")
    assert "no customer will notice" in body(pair, number)
    assert "“only the names of our own log files change”" in body(pair, number)
    assert boxes(pair, number) == {}
    assert pair.github.merge(number).merged


def test_more_than_r1_is_not_attested_away(pair: Pair) -> None:
    number = opened(pair, PRICE)
    comment = say(pair, number, NONE)
    assert "only a reviewer lowers" in reply(pair, number, comment)
    assert tier(pair, number) is Tier.R3


def test_an_attestation_ends_with_a_new_rule(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, NONE)
    pair.github.push(number, [THEME])
    settle(pair)
    assert tier(pair, number) is Tier.R0
    pair.github.push(number, [PRICE])
    settle(pair)
    assert tier(pair, number) is Tier.R3
    assert says(pair, number)[0] == "action_required"


def test_an_attestation_ends_with_a_raise_and_brings_the_answers_back(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    say(pair, number, NONE)
    assert tier(pair, number) is Tier.R0
    say(pair, number, "/impact tier R1 customers will notice, as the icon moves", by="reviewer")
    assert says(pair, number)[1] == "1 of 5 answered"


def test_a_title_that_matches_a_new_rule_ends_an_attestation(pair: Pair) -> None:
    number = opened(pair, FileChange("web/export.tsx", 1, 1, "@@ -1 +1 @@\n-a\n+b\n"))
    say(pair, number, NONE)
    pair.github.edit_pull_request(number, title="Remove the export button from the page")
    settle(pair)
    assert tier(pair, number) is Tier.R2


def test_a_description_that_does_not_matter_ends_nothing(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, NONE)
    describe(pair, number, f"{BODY}\n\nAnd more words.")
    assert tier(pair, number) is Tier.R0


# -- drawn by lot ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def always(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Every attestation is put before a reviewer."""
    organisation = f"{ENFORCE}thresholds: {{sampled_percent: 100}}\n"
    folder = tmp_path_factory.mktemp("always")
    with start_pair(folder, organisation=organisation, quiet_seconds=0) as pair:
        yield pair


def samples(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", pair.settings.database_url)
    return CliRunner().invoke(cli, ["samples"]).output


def attested(pair: Pair, number: int) -> Sample:
    (found,) = [r for r in record(pair, number).rulings if r.ruled is Ruled.ATTESTED]
    return found.sample


def test_what_was_drawn_waits_for_a_reviewer_and_holds_nothing(
    always: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(always)
    say(always, number, NONE)
    assert attested(always, number) is Sample.WAITING
    assert says(always, number)[0] == "success"
    assert "<code>/impact tier R0 …</code>" in body(always, number)
    told = samples(always, monkeypatch)
    assert f"acme/shop#{number}" in told
    assert "author attested on" in told


@pytest.mark.parametrize(
    ("to", "found", "conclusion"),
    [("R0", Sample.RIGHT, "success"), ("R1", Sample.WRONG, "action_required")],
)
def test_a_reviewer_says_whether_it_was_right(
    always: Pair, monkeypatch: pytest.MonkeyPatch, to: str, found: Sample, conclusion: str
) -> None:
    number = opened(always)
    say(always, number, NONE)
    refused = say(always, number, "/impact tier R0 I am quite sure of it")
    assert "never for the author" in reply(always, number, refused)
    assert attested(always, number) is Sample.WAITING
    say(always, number, f"/impact tier {to} I have looked at all of it", by="reviewer")
    assert attested(always, number) is found
    assert says(always, number)[0] == conclusion
    assert f"acme/shop#{number} " not in samples(always, monkeypatch)
    assert f"1 {found}" in samples(always, monkeypatch)


def test_who_attested_does_not_judge_it_by_raising(always: Pair) -> None:
    number = opened(always)
    say(always, number, NONE)
    say(always, number, "/impact tier R1 customers will notice it after all")
    assert attested(always, number) is Sample.WAITING
    assert says(always, number)[0] == "action_required"


def test_without_a_lot_nothing_waits(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = f"{ENFORCE}thresholds: {{sampled_percent: 0}}\n"
    folder = tmp_path_factory.mktemp("never")
    with start_pair(folder, organisation=organisation, quiet_seconds=0) as pair:
        number = opened(pair)
        say(pair, number, NONE)
        assert attested(pair, number) is Sample.NOT_DRAWN
        assert "Nothing waits for a reviewer." in samples(pair, monkeypatch)
        comment = say(pair, number, "/impact tier R0 I have looked at all of it", by="reviewer")
        assert "It is R0 already" in reply(pair, number, comment)
