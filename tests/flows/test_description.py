"""The description as a door: what it says under its heading counts, and mails nobody."""

from __future__ import annotations

import pytest

from bot.cli.pair import Pair
from bot.core.answers import Door
from bot.core.tier import Tier
from tests.flows.people import (
    BODY,
    CHECK,
    EDIT,
    PRICE,
    answer,
    answered,
    body,
    boxes,
    calls,
    describe,
    events,
    later,
    opened,
    record,
    say,
    says,
    settle,
    tick,
    until,
)

POST_CHECK = "POST /repos/{owner}/{repo}/check-runs"
FILES = "GET /repos/{owner}/{repo}/pulls/{number}/files"
WHY = "why: People with migraines cannot read the page for long."
VOICE = "voice: signal https://example.com/tickets/7"
LINES = ("who: existing", WHY, "effect: better", "feeling: relieved", VOICE)
TICKS = """
effect:
- [x] Better
- [ ] Worse

feeling:
- [ ] Relieved
- [x] Confident
"""


def section(*lines: str) -> str:
    return "\n".join(["Dark theme.", "", "## Customer impact", "", *lines, ""])


# -- at opening ------------------------------------------------------------------------------------


def test_where_all_is_answered_at_opening_nobody_is_notified(pair: Pair) -> None:
    pair.github.call_counts.clear()
    number = opened(pair, body=section(*LINES))
    assert says(pair, number)[0] == "success"
    assert pair.github.comments(number) == []
    assert calls(pair) == {FILES: 1, POST_CHECK: 1}
    assert set(answered(pair, number).values()) == {"author"}
    assert {a.door for a in record(pair, number).answers} == {Door.DESCRIPTION}
    assert [e.link for e in record(pair, number).evidence] == ["https://example.com/tickets/7"]
    assert pair.github.merge(number).merged


def test_what_is_answered_at_opening_is_not_asked(pair: Pair) -> None:
    number = opened(pair, body=section(TICKS))
    assert says(pair, number)[1] == "2 of 5 answered"
    assert "3 quick questions" in body(pair, number)
    assert {a.question: a.picks for a in record(pair, number).answers} == {
        "effect": ("better",),
        "feeling": ("confident",),
    }
    assert boxes(pair, number)["effect=better"]


def test_a_section_in_bold_and_with_windows_line_ends_is_read_too(pair: Pair) -> None:
    text = section("effect: better").replace("## Customer impact", "**Customer impact:**")
    number = opened(pair, body=text.replace("\n", "\r\n"))
    assert answered(pair, number) == {"effect": "author"}


def test_what_stands_elsewhere_says_nothing(pair: Pair) -> None:
    text = (
        "effect: better\n\n## Notes\n\nfeeling: relieved\n\n```\n## Customer impact\nwho: new\n```"
    )
    number = opened(pair, body=text)
    assert answered(pair, number) == {}


# -- later edits -----------------------------------------------------------------------------------


def test_an_edit_answers_in_the_name_of_who_made_it_and_notifies_nobody(pair: Pair) -> None:
    number = opened(pair, body=section("effect: better"))
    comments = len(pair.github.comments(number))
    pair.github.call_counts.clear()
    describe(pair, number, section("effect: better", "feeling: relieved"), by="reviewer")
    assert answered(pair, number) == {"effect": "author", "feeling": "reviewer"}
    assert len(pair.github.comments(number)) == comments
    assert calls(pair) == {CHECK: 1, EDIT: 1}


def test_the_last_line_completes_it(pair: Pair) -> None:
    number = opened(pair, body=section(*LINES[:-1]))
    assert says(pair, number)[1] == "4 of 5 answered"
    describe(pair, number, section(*LINES))
    assert says(pair, number)[0] == "success"
    assert events(pair, number)[-1] == "review.completed"


def test_a_changed_line_is_the_new_answer_and_another_spelling_is_none(pair: Pair) -> None:
    number = opened(pair, body=section("effect: better"))
    before = answer(pair, number, "effect")
    describe(pair, number, section("**Effect**: Better."), by="reviewer")
    assert answer(pair, number, "effect") == before
    describe(pair, number, section("effect: different"), by="reviewer")
    found = answer(pair, number, "effect")
    assert (found.picks, found.by.login) == (("different",), "reviewer")


def test_an_edit_elsewhere_does_not_answer_again(pair: Pair) -> None:
    number = opened(pair, body=section("effect: better"))
    say(pair, number, "/impact effect: different")
    describe(pair, number, f"More words.\n\n{section('effect: better')}")
    assert answer(pair, number, "effect").picks == ("different",)


def test_a_line_taken_out_takes_back_what_the_description_had_said(pair: Pair) -> None:
    number = opened(pair, body=section(*LINES))
    describe(pair, number, section(*LINES[:2]))
    assert set(answered(pair, number)) == {"who", "why"}
    assert record(pair, number).evidence == ()
    assert says(pair, number) == ("action_required", "2 of 5 answered")
    assert "answer.undone" in events(pair, number)


def test_a_line_taken_out_leaves_what_somebody_said_elsewhere(pair: Pair) -> None:
    number = opened(pair, body=section("effect: better", "feeling: relieved", VOICE))
    say(pair, number, "/impact effect: different\nvoice: asked We called three of them")
    tick(pair, number, "feeling=confident")
    describe(pair, number, section())
    assert {a.question: a.picks for a in record(pair, number).answers} == {
        "effect": ("different",),
        "feeling": ("confident",),
    }
    assert [e.text for e in record(pair, number).evidence] == ["We called three of them"]


def test_a_box_unticked_in_the_description_is_taken_back(pair: Pair) -> None:
    number = opened(pair, body=section(TICKS))
    describe(pair, number, section(TICKS.replace("[x] Better", "[ ] Better")))
    assert set(answered(pair, number)) == {"feeling"}


def test_a_description_that_is_wiped_takes_back_only_its_own(pair: Pair) -> None:
    number = opened(pair, body=section("effect: better"))
    tick(pair, number, "feeling=relieved")
    describe(pair, number, "")
    assert answered(pair, number) == {"feeling": "reviewer"}


def test_what_would_raise_waits_for_a_yes(pair: Pair) -> None:
    number = opened(pair, body=section("effect: worse", "feeling: annoyed"))
    assert answered(pair, number) == {"feeling": "author"}
    assert record(pair, number).tier is Tier.R1
    assert "makes this R2" in body(pair, number)
    describe(pair, number, section("effect: better", "feeling: annoyed"))
    assert answered(pair, number) == {"feeling": "author", "effect": "author"}
    describe(pair, number, section("effect: worse", "feeling: annoyed"))
    assert answer(pair, number, "effect").picks == ("better",)
    say(pair, number, "/impact accept effect")
    assert record(pair, number).tier is Tier.R2


def test_what_waits_goes_with_its_line(pair: Pair) -> None:
    number = opened(pair, body=section("effect: worse"))
    describe(pair, number, section())
    assert record(pair, number).suggestions == ()
    assert answered(pair, number) == {}


def test_a_line_that_cannot_be_read_is_said_in_the_comment(pair: Pair) -> None:
    number = opened(pair, body=section("effect: bettr", "feeling: relieved"))
    assert answered(pair, number) == {"feeling": "author"}
    assert "could not be read" in body(pair, number)
    assert "“bettr” is none of" in body(pair, number)
    assert len(pair.github.comments(number)) == 1
    describe(pair, number, section("effect: better", "feeling: relieved"))
    assert set(answered(pair, number)) == {"feeling", "effect"}
    assert "could not be read" not in body(pair, number)


# -- told late, twice, or not at all ---------------------------------------------------------------


def test_an_edit_whose_delivery_comes_late_still_counts(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    pair.github.edit_pull_request(number, body=section("effect: better"), by="reviewer")
    later(pair)
    pair.github.label(number, "frontend")
    later(pair)
    pair.github.edit_pull_request(number, title="A darker theme")
    pair.github.release([1, 2, 0])
    settle(pair)
    assert answered(pair, number) == {"effect": "reviewer"}
    assert record(pair, number).subject.title == "A darker theme"


@pytest.mark.parametrize("order", [[1, 0], [0, 1]])
def test_two_edits_in_any_order_end_in_the_last_one(pair: Pair, order: list[int]) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    pair.github.edit_pull_request(number, body=section("effect: better"), by="reviewer")
    later(pair)
    pair.github.edit_pull_request(number, body=section("effect: different"), by="author")
    pair.github.release(order, copies=2)
    settle(pair)
    found = answer(pair, number, "effect")
    assert (found.picks, found.by.login) == (("different",), "author")


def test_an_edit_that_is_heard_of_before_the_opening_ends_in_the_same_record(pair: Pair) -> None:
    later(pair)
    pair.github.hold_deliveries()
    number = pair.github.open_pull_request(
        title="Theme", body=section("effect: better"), author="author", files=(PRICE,)
    )
    later(pair)
    both = section("effect: better", "feeling: relieved")
    pair.github.edit_pull_request(number, body=both, by="reviewer")
    pair.github.release([1, 0])
    settle(pair)
    assert answered(pair, number) == {"effect": "author", "feeling": "reviewer"}


def _while_away(pair: Pair, number: int, text: str, by: str) -> None:
    pair.stop_bot()
    pair.github.edit_pull_request(number, body=text, by=by)
    assert pair.github.wait_idle(10)
    later(pair)
    pair.start_bot()


@pytest.mark.parametrize("how", ["command", "rerun", "push"])
def test_what_was_written_while_the_bot_was_away_is_the_word_of_who_wrote_it(
    pair: Pair, how: str
) -> None:
    number = opened(pair, body=section("feeling: relieved"))
    text = section("feeling: relieved", "effect: better")
    _while_away(pair, number, text, "reviewer")
    if how == "command":
        say(pair, number, "/impact recheck")
    elif how == "rerun":
        run = pair.github.check(number)
        assert run is not None
        pair.github.rerun_check(run.id, "author")
    else:
        pair.github.push(number, [PRICE])
        settle(pair)
        say(pair, number, "/impact recheck")
    assert until(lambda: "effect" in answered(pair, number))
    settle(pair)
    assert answered(pair, number) == {"feeling": "author", "effect": "reviewer"}
    lost = next(d for d in pair.github.deliveries[::-1] if d.action == "edited" and not d.status)
    say(pair, number, "/impact undo effect")
    pair.github.redeliver(lost.guid)
    settle(pair)
    assert "effect" not in answered(pair, number)


def test_where_github_cannot_say_who_wrote_it_it_is_the_authors_word(pair: Pair) -> None:
    number = opened(pair, body=section("feeling: relieved"))
    pair.github.faults.add("404-before", on="POST /graphql")
    _while_away(pair, number, section("feeling: relieved", "effect: better"), "reviewer")
    say(pair, number, "/impact recheck")
    assert until(lambda: answered(pair, number).get("effect") == "author", 15)


def test_a_bots_description_answers_nothing_and_a_persons_edit_of_it_does(pair: Pair) -> None:
    pair.github.grant("renovate[bot]", "write")
    number = opened(pair, PRICE, author="renovate[bot]", body=section("effect: better"))
    assert answered(pair, number) == {}
    describe(pair, number, section("effect: better", "who: existing"), by="reviewer")
    assert answered(pair, number) == {"who": "reviewer"}
    describe(pair, number, section("effect: better"), by="renovate[bot]")
    assert answered(pair, number) == {"who": "reviewer"}


def test_a_persons_edit_of_a_bots_description_counts_also_when_it_was_missed(pair: Pair) -> None:
    pair.github.grant("renovate[bot]", "write")
    number = opened(pair, PRICE, author="renovate[bot]", body="Updates the plans.")
    _while_away(pair, number, section("who: existing"), "reviewer")
    say(pair, number, "/impact recheck", by="reviewer")
    assert until(lambda: answered(pair, number) == {"who": "reviewer"})


def test_what_the_description_offers_is_not_offered_where_it_is_answered(pair: Pair) -> None:
    number = opened(pair, body=f"{BODY}\n\n{section(WHY)}")
    assert answer(pair, number, "why").text.startswith("People with migraines cannot read")
    assert "✅ Problem" in body(pair, number)


def test_what_a_bot_wrote_below_the_heading_is_offered_to_be_accepted(pair: Pair) -> None:
    number = opened(
        pair, author="coding-agent[bot]", body=section("effect: better", "who: existing")
    )
    assert answered(pair, number) == {}
    say(pair, number, "/impact accept effect", by="reviewer")
    assert answered(pair, number) == {"effect": "reviewer"}
