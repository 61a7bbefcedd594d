"""What people write after `/impact`, end to end: what is seen, done, answered, and left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.pair import Pair
from bot.core.answers import Door, Fate
from bot.core.gate import Gate, standing
from bot.core.tier import Tier
from bot.sandbox.records import FileChange
from bot.views.words import fate
from tests.flows.people import (
    ALL,
    BODY,
    CHECK,
    EDIT,
    PRICE,
    REACTION,
    SAY,
    THEME,
    answer,
    answered,
    body,
    calls,
    events,
    later,
    only_comment,
    opened,
    record,
    replies,
    reply,
    rewrite,
    say,
    says,
    settle,
    until,
)

DONE = ["eyes", "rocket"]
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def done(pair: Pair, number: int, comment: int) -> bool:
    """It was seen and done, and nobody was told anything."""
    return pair.github.reactions(comment) == DONE and not reply(pair, number, comment)


# -- what goes well, goes quietly ------------------------------------------------------------------


def test_an_answer_is_seen_done_and_not_replied_to(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    comment = say(pair, number, "/impact effect: better")
    assert done(pair, number, comment)
    assert calls(pair) == {REACTION: 2, CHECK: 1, EDIT: 1}
    found = answer(pair, number, "effect")
    assert (found.picks, found.by.login, found.door) == (("better",), "author", Door.COMMAND)
    assert found.comment == comment
    assert says(pair, number)[1] == "1 of 5 answered"
    assert "✅ Effect: <b>Better</b> (author)" in body(pair, number)


def test_all_answers_in_one_comment_complete_it(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    comment = say(pair, number, f"Here is what we know:\n\n{ALL}\nCheers!")
    assert done(pair, number, comment)
    assert calls(pair) == {REACTION: 2, CHECK: 1, EDIT: 1}
    assert says(pair, number)[0] == "success"
    assert set(answered(pair, number)) == {"who", "why", "effect", "feeling"}
    assert [e.link for e in record(pair, number).evidence] == ["https://example.com/tickets/7"]
    assert events(pair, number).count("answer.given") == 5
    assert pair.github.merge(number).merged


def test_an_answer_needs_no_colon_behind_the_word_answer(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact answer effect different, the menu has another colour")
    assert done(pair, number, comment)
    found = answer(pair, number, "effect")
    assert (found.picks, found.text) == (("different",), "the menu has another colour")


def test_evidence_joins_what_was_heard(pair: Pair) -> None:
    number = opened(pair)
    first = '/impact evidence asked 2026-02-20 [admins] "I get a headache" https://example.com/7'
    say(pair, number, f"{first}\n/impact evidence observed They turn the screen darker")
    heard = [(e.kind, e.segment, e.text, e.by.login) for e in record(pair, number).evidence]
    assert heard == [
        ("asked", "admins", "I get a headache", "author"),
        ("observed", "", "They turn the screen darker", "author"),
    ]


def test_what_does_not_apply_is_answered_with_the_reason(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact na feeling nobody sees this page yet, it is hidden")
    assert done(pair, number, comment)
    assert answer(pair, number, "feeling").not_applicable
    assert "➖ Feeling: not applicable" in body(pair, number)
    assert events(pair, number)[-1] == "answer.not_applicable"


def test_undo_takes_an_answer_back_whoever_gave_it(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact effect: better", by="reviewer")
    comment = say(pair, number, "/impact undo effect")
    assert done(pair, number, comment)
    assert record(pair, number).answer("effect") is None
    assert says(pair, number)[1] == "0 of 5 answered"
    assert events(pair, number)[-1] == "answer.undone"


def test_none_attests_that_no_customer_will_notice(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact none only the names of our own log files change")
    assert done(pair, number, comment)
    assert says(pair, number) == ("success", "Not needed: no customer will notice, says author")
    assert "no customer will notice" in body(pair, number)


def test_tier_asks_for_more(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact tier R2 a button that people use every day moves")
    assert done(pair, number, comment)
    assert record(pair, number).tier is Tier.R2
    assert "9 answered" in str(says(pair, number)[1])
    assert "author asked for more" in body(pair, number)


@pytest.mark.parametrize("what", ["why", "all"])
def test_waive_lets_questions_wait(pair: Pair, what: str) -> None:
    number = opened(pair)
    line = f"/impact waive {what} until {TOMORROW} the text is still being written"
    comment = say(pair, number, line, by="reviewer")
    assert done(pair, number, comment)
    (found,) = record(pair, number).waivers
    assert (found.scope, found.by.login, found.comment) == (what, "reviewer", comment)
    assert says(pair, number)[0] == ("success" if what == "all" else "action_required")


def test_accept_takes_what_the_description_offers(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact accept why")
    assert done(pair, number, comment)
    found = answer(pair, number, "why")
    assert (found.by.login, found.text) == (
        "author", "People with migraines asked for a theme that does not hurt.",
    )  # fmt: skip


def test_pause_turns_the_bot_off_and_resume_on_again(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact pause this is a trial and is not merged", by="reviewer")
    assert done(pair, number, comment)
    assert says(pair, number)[0] == "success"
    assert "paused by reviewer" in body(pair, number)
    comment = say(pair, number, "/impact resume")
    assert done(pair, number, comment)
    assert says(pair, number)[0] == "action_required"


def test_recheck_looks_again(pair: Pair) -> None:
    number = opened(pair)
    pair.github.pull_request(number).files.append(PRICE)
    comment = say(pair, number, "/impact recheck")
    assert done(pair, number, comment)
    assert record(pair, number).tier is Tier.R3


def test_help_is_replied_to_with_what_can_be_written(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    comment = say(pair, number, "/impact help")
    assert pair.github.reactions(comment) == DONE
    assert reply(pair, number, comment).startswith("### 🪑 What you can write here")
    assert calls(pair) == {REACTION: 2, SAY: 1}
    assert replies(pair, number) == 1


def test_status_says_what_is_missing_with_lines_to_copy(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact effect: better")
    comment = say(pair, number, "/impact status")
    told = reply(pair, number, comment)
    assert "4 of 5 questions open" in told
    assert "/impact\nwho: …\nwhy: …\nfeeling: …\nvoice: …" in told
    block = told.split("```")[1].replace("who: …", "who: existing").replace("why: …", "why: …")
    say(pair, number, block)
    assert says(pair, number)[1] == "2 of 5 answered"


def test_two_questions_to_the_bot_are_answered_in_one_reply(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact help\n\n/impact status")
    assert "What you can write here" in reply(pair, number, comment)
    assert "5 of 5 questions open" in reply(pair, number, comment)
    assert replies(pair, number) == 1


# -- what goes wrong, is said once -----------------------------------------------------------------

WRONG = [
    ("/impact effekt: better", "effect", "`/impact effect: better, and one sentence about it`"),
    ("/impact effect: bettr", "none of `better`", "`/impact effect: better, and one sentence"),
    ("/impact waive why until soon it is late", "not a date", "`/impact waive"),
    ("/impact waive why it is late", "until which day", "`/impact waive"),
    ("/impact tier R7 because", "no tier", "`/impact tier R2"),
    ("/impact none", "reason is missing", "`/impact none only the names"),
    ("/impact undo effect", "no answer to `effect`", ""),
    ("/impact accept feeling", "nothing to accept for `feeling`", ""),
    ("/impact resume", "not paused", ""),
    ("/impact", "Write a command behind", "`/impact help`"),
    ("/impact na feeling no", "why the question does not apply", ""),
    ("/impact waive reach2 until 2026-01-01 so", "no question `reach2`", "`/impact waive"),
    ("/impact tier R1 it is small enough", "It is R1 already", ""),
    ("/impact waive all until 2020-01-01 it is late", "is over", "`/impact waive"),
]


@pytest.mark.parametrize(("line", "why", "example"), WRONG)
def test_an_error_is_told_once_with_line_reason_and_example(
    pair: Pair, line: str, why: str, example: str
) -> None:
    number = opened(pair)
    before = record(pair, number)
    pair.github.call_counts.clear()
    comment = say(pair, number, f"Hello\n{line}", by="reviewer")
    told = reply(pair, number, comment)
    assert told.startswith("### 🪑 Line 2 was not taken")
    assert "**Line 2**" in told
    assert why in told
    assert example in told
    assert pair.github.reactions(comment) == ["eyes"]
    assert {REACTION: 1, SAY: 1}.items() <= calls(pair).items()
    assert record(pair, number) == before


def test_of_several_lines_the_right_ones_count_and_the_reply_says_so(pair: Pair) -> None:
    number = opened(pair)
    lines = "/impact who: existing\neffect: bettr\nfeeling: relieved"
    comment = say(pair, number, lines)
    assert set(answered(pair, number)) == {"who", "feeling"}
    told = reply(pair, number, comment)
    assert told.startswith("### 🪑 Line 2 was not taken")
    assert "The other 2 lines of the comment counted." in told
    assert pair.github.reactions(comment) == ["eyes"]


def test_a_corrected_error_turns_the_reply_into_thanks(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: bettr")
    pair.github.call_counts.clear()
    rewrite(pair, comment, "/impact effect: better")
    assert pair.github.reactions(comment) == DONE
    assert reply(pair, number, comment).startswith("### 🪑 Corrected")
    assert replies(pair, number) == 1
    assert calls(pair) == {REACTION: 1, CHECK: 1, EDIT: 2}  # it was seen before


def test_another_error_edits_the_reply(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: bettr")
    rewrite(pair, comment, "/impact effect: best")
    assert "“best” is none of" in reply(pair, number, comment)
    assert replies(pair, number) == 1


def test_a_right_line_beside_one_that_is_still_wrong_does_not_hide_it(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: bettr\nfeeling: happyish")
    rewrite(pair, comment, "/impact effect: better\nfeeling: happyish")
    assert set(answered(pair, number)) == {"effect"}
    told = reply(pair, number, comment)
    assert told.startswith("### 🪑 Line 2 was not taken")
    assert "“happyish”" in told
    rewrite(pair, comment, "/impact effect: better\nfeeling: relieved")
    assert reply(pair, number, comment).startswith("### 🪑 Corrected")


def test_a_wrong_line_that_is_taken_out_is_not_held_against_anybody(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "Thanks.\n/impact effect: bettr")
    rewrite(pair, comment, "Thanks.")
    assert "was not taken" not in reply(pair, number, comment)
    assert replies(pair, number) == 1


def test_an_answer_that_waits_for_a_yes_is_said_in_the_reply_and_taken_back_by_an_edit(
    pair: Pair,
) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: worse")
    told = reply(pair, number, comment)
    assert "makes this R2" in told
    assert "`/impact accept effect`" in told
    assert pair.github.reactions(comment) == ["eyes"]
    rewrite(pair, comment, "/impact effect: better")
    assert answer(pair, number, "effect").picks == ("better",)
    assert reply(pair, number, comment).startswith("### 🪑 Corrected")


def test_an_edit_that_adds_a_command_to_a_question_leaves_its_reply_alone(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact help")
    rewrite(pair, comment, "/impact help\n/impact effect: better")
    assert answered(pair, number) == {"effect": "author"}
    assert "What you can write here" in reply(pair, number, comment)


def test_a_deleted_reply_comes_back_with_the_next_error_only(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: bettr")
    (told,) = [c for c in pair.github.bot_comments(number) if c.id != only_comment(pair, number).id]
    pair.github.delete_comment(told.id, "reviewer")
    settle(pair)
    assert replies(pair, number) == 0
    rewrite(pair, comment, "/impact effect: best")
    assert replies(pair, number) == 1


# -- edited, deleted, told twice -------------------------------------------------------------------


def test_of_an_edited_comment_only_new_lines_count(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: better")
    say(pair, number, "/impact effect: different", by="reviewer")
    rewrite(pair, comment, "Well:\n/impact effect: better\nfeeling: relieved")
    assert answer(pair, number, "effect").picks == ("different",)
    assert answer(pair, number, "feeling").picks == ("relieved",)


def test_an_answer_whose_line_is_gone_stays_and_says_so(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: better\nfeeling: relieved")
    rewrite(pair, comment, "/impact feeling: relieved")
    assert answer(pair, number, "effect").fate is Fate.EDITED
    assert answer(pair, number, "feeling").fate is Fate.STANDS
    assert f"<b>Better</b> (author{fate(Fate.EDITED)})" in body(pair, number)
    assert says(pair, number)[1] == "2 of 5 answered"
    assert events(pair, number)[-1] == "comment.withdrawn"


def test_an_edit_without_commands_marks_the_answers_too(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: better")
    pair.github.call_counts.clear()
    rewrite(pair, comment, "Never mind.")
    assert answer(pair, number, "effect").fate is Fate.EDITED
    assert calls(pair) == {EDIT: 1}


def test_an_answer_that_is_changed_in_its_comment_is_the_new_one(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: better")
    rewrite(pair, comment, "/impact effect: different")
    found = answer(pair, number, "effect")
    assert (found.picks, found.fate) == (("different",), Fate.STANDS)


def test_an_answer_of_a_deleted_comment_stays_and_says_so(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: better")
    pair.github.delete_comment(comment, "author")
    settle(pair)
    assert answer(pair, number, "effect").fate is Fate.DELETED
    assert f"<b>Better</b> (author{fate(Fate.DELETED)})" in body(pair, number)
    assert says(pair, number)[1] == "1 of 5 answered"


def test_suggestions_of_a_deleted_comment_go_and_those_of_others_stay(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact effect: different", by="outsider")
    say(pair, number, "/impact feeling: relieved", by="outsider")
    pair.github.delete_comment(comment, "outsider")
    settle(pair)
    assert [s.question for s in record(pair, number).suggestions] == ["feeling"]


def test_a_waiver_whose_comment_is_deleted_holds_and_says_so(pair: Pair) -> None:
    number = opened(pair)
    line = f"/impact waive all until {TOMORROW} an outage cannot wait"
    comment = say(pair, number, line, by="reviewer")
    pair.github.delete_comment(comment, "reviewer")
    settle(pair)
    assert standing(record(pair, number)).gate is Gate.WAIVED
    assert fate(Fate.DELETED) in body(pair, number)


def test_what_is_deleted_without_a_command_in_it_is_none_of_ours(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "Looks good.")
    pair.github.call_counts.clear()
    pair.github.delete_comment(comment, "author")
    settle(pair)
    assert calls(pair) == {}


def test_a_command_that_is_delivered_twice_is_done_once(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.duplicate_deliveries = 1
    comment = say(pair, number, "/impact evidence asked We called three of them\n/impact help")
    assert len(record(pair, number).evidence) == 1
    assert replies(pair, number) == 1
    assert pair.github.reactions(comment) == DONE
    pair.github.faults.duplicate_deliveries = 0
    before = record(pair, number)
    pair.github.call_counts.clear()
    for found in pair.github.deliveries[-6:]:
        pair.github.redeliver(found.guid)
    settle(pair)
    assert record(pair, number) == before
    assert calls(pair) == {}


def test_an_edit_that_is_heard_of_before_the_comment_ends_in_the_same_record(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    comment = pair.github.comment(number, "/impact effect: better\nfeeling: relieved", "author")
    later(pair)
    pair.github.edit_comment(comment, "/impact effect: different\nfeeling: relieved", "author")
    pair.github.release([1, 0])
    settle(pair)
    assert answer(pair, number, "effect").picks == ("different",)
    assert answer(pair, number, "feeling").picks == ("relieved",)
    assert record(pair, number).answers[0].fate is Fate.STANDS


# -- none of our business --------------------------------------------------------------------------

QUIET = [
    "Looks good to me.",
    "See `/impact help` for more.",
    "> /impact effect: better",
    "```\n/impact effect: better\n```",
    "This has an /impact on customers.",
    "/impactful effect: better",
    "<!-- /impact effect: better -->",
]


@pytest.mark.parametrize("text", QUIET)
def test_a_comment_without_a_command_costs_no_call(pair: Pair, text: str) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    comment = say(pair, number, text)
    rewrite(pair, comment, f"{text}\n\nAnd more.")
    assert calls(pair) == {}
    assert pair.github.reactions(comment) == []


def test_a_bot_commands_nothing(pair: Pair) -> None:
    number = opened(pair)
    pair.github.grant("tidy[bot]", "admin")
    pair.github.call_counts.clear()
    comment = say(pair, number, ALL, by="tidy[bot]")
    rewrite(pair, comment, f"{ALL}\n/impact help", by="tidy[bot]")
    assert calls(pair) == {}
    assert record(pair, number).answers == ()


def test_commands_in_our_own_replies_do_nothing(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact help")
    pair.github.call_counts.clear()
    (told,) = [c for c in pair.github.bot_comments(number) if c.id != only_comment(pair, number).id]
    assert "/impact effect" in told.body
    settle(pair)
    assert calls(pair) == {}
    assert record(pair, number).answers == ()


# -- bad days --------------------------------------------------------------------------------------


def test_a_command_on_a_pull_request_that_we_never_saw_counts(pair: Pair) -> None:
    later(pair)
    pair.github.faults.lose_deliveries = 1
    number = pair.github.open_pull_request(
        title="Add a dark theme", body=BODY, author="author", files=(THEME,)
    )
    pair.github.faults.lose_deliveries = 0
    later(pair)
    comment = say(pair, number, "/impact effect: better")
    assert done(pair, number, comment)
    assert says(pair, number)[1] == "1 of 5 answered"
    assert only_comment(pair, number)
    pair.github.redeliver_lost()
    settle(pair)
    assert says(pair, number)[1] == "1 of 5 answered"
    assert len(pair.github.bot_comments(number)) == 1


@pytest.mark.parametrize("fault", ["502-after", "lost-answer", "502-before", "limit-429"])
def test_whatever_github_answers_there_is_one_reply(pair: Pair, fault: str) -> None:
    number = opened(pair)
    on = "POST /repos/*/issues/*/comments"
    pair.github.faults.add(fault, on=on, times=1, seconds=0.1)  # type: ignore[arg-type]
    comment = pair.github.comment(number, "/impact help", "author")
    assert until(lambda: bool(reply(pair, number, comment)))
    settle(pair)
    assert replies(pair, number) == 1


def test_a_command_on_what_was_deleted_meanwhile_is_done_without_a_trace(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    comment = pair.github.comment(number, "/impact effect: better", "author")
    later(pair)
    pair.github.delete_comment(comment, "author")
    pair.github.release()
    settle(pair)
    assert answer(pair, number, "effect").fate is Fate.DELETED


def test_answers_after_the_merge_are_still_taken(pair: Pair) -> None:
    number = opened(pair)
    assert pair.github.merge(number, bypass=True).merged
    settle(pair)
    comment = say(pair, number, "/impact effect: better")
    assert done(pair, number, comment)
    assert record(pair, number).bypassed


def test_a_draft_takes_answers_without_saying_anything(pair: Pair) -> None:
    number = opened(pair, draft=True)
    comment = say(pair, number, ALL)
    assert pair.github.reactions(comment) == DONE
    assert pair.github.bot_comments(number) == []
    assert says(pair, number)[0] == "success"


def test_where_nothing_is_asked_the_reply_says_how_and_the_answer_is_kept(pair: Pair) -> None:
    number = opened(pair, FileChange("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n"))
    comment = say(pair, number, "/impact effect: better")
    told = reply(pair, number, comment)
    assert "Nothing is asked on this pull request" in told
    assert "`/impact tier R1" in told
    say(pair, number, "/impact tier R1 customers will notice, because exports move")
    assert says(pair, number)[1] == "1 of 5 answered"
    rewrite(pair, comment, "/impact effect: better, now that it is asked")
    assert says(pair, number)[1] == "1 of 5 answered"


def test_a_comment_that_somebody_deleted_comes_back_also_when_all_is_answered(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    assert says(pair, number)[0] == "success"
    pair.github.delete_comment(only_comment(pair, number).id, "reviewer")
    settle(pair)
    assert "complete ✅" in body(pair, number)


def test_what_was_refused_is_not_asked_to_be_corrected(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "/impact pause this is only a trial of ours", by="author")
    assert "an edit counts too" not in reply(pair, number, comment)


def test_however_often_a_comment_is_tried_it_is_marked_as_seen_once(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.faults.add("502-before", on="GET /repos/*/collaborators/*", times=3)
    pair.github.comment(number, "/impact effect: better", "reviewer")
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    assert calls(pair)[REACTION] == 2
