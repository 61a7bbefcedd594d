"""What pushes, merges of the base and reverts do to what was answered."""

from __future__ import annotations

from bot.cli.pair import Pair
from bot.core.answers import Door
from bot.core.tier import Tier
from bot.sandbox.records import FileChange
from tests.flows.people import (
    ALL,
    BODY,
    LOCK,
    PERMISSION,
    PRICE,
    THEME,
    answer,
    answered,
    body,
    boxes,
    calls,
    events,
    later,
    opened,
    record,
    say,
    says,
    settle,
    summary,
    tick,
)

POST_CHECK = "POST /repos/{owner}/{repo}/check-runs"
FILES = "GET /repos/{owner}/{repo}/pulls/{number}/files"
# A change of a line both ways, so that its revert removes nothing.
COLOUR = FileChange("web/theme.css", 1, 1, "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n")


def push(pair: Pair, number: int, *files: FileChange) -> None:
    pair.github.push(number, files)
    settle(pair)


def again(pair: Pair, number: int) -> set[str]:
    return {a.question for a in record(pair, number).answers if a.again}


# -- pushes ----------------------------------------------------------------------------------------


def test_a_push_that_matches_nothing_new_keeps_everything(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    before = record(pair, number)
    push(pair, number, LOCK, FileChange("web/other.css", 1, 1, "@@ -1 +1 @@\n-a\n+b\n"))
    after = record(pair, number)
    assert (after.answers, after.evidence, after.tier) == (
        before.answers, before.evidence, before.tier,
    )  # fmt: skip
    assert says(pair, number)[0] == "success"


def test_a_new_rule_asks_again_what_depends_on_it_and_says_what_is_new(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    assert says(pair, number)[0] == "success"
    push(pair, number, PRICE)
    assert again(pair, number) == {"who", "effect", "feeling"}
    assert answered(pair, number)["why"] == "author"
    for shown in (body(pair, number), summary(pair, number)):
        assert "sked again: " in shown
        assert "pricing/plans.json" in shown
    assert "🔁 <b>What changes for them?</b>" in body(pair, number)
    assert "Said so far: Better (author)" in body(pair, number)
    assert says(pair, number)[0] == "action_required"
    assert "answer.asked_again" in events(pair, number)


def test_that_still_holds_confirms_it_in_the_name_of_who_says_so(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    push(pair, number, PRICE)
    tick(pair, number, "who=still")
    assert again(pair, number) == {"effect", "feeling"}
    found = answer(pair, number, "who")
    assert (found.by.login, found.picks) == ("reviewer", ("existing",))
    say(pair, number, "/impact accept effect")
    assert again(pair, number) == {"feeling"}
    assert answer(pair, number, "effect").by.login == "author"


def test_the_same_answer_given_once_more_confirms_as_well(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    push(pair, number, PRICE)
    tick(pair, number, "effect=better")  # it stands unticked or ticked: clicking it is an answer
    say(pair, number, "/impact feeling: relieved")
    assert again(pair, number) <= {"who", "effect"}
    assert "feeling" not in again(pair, number)


def test_another_answer_takes_the_place_of_what_is_asked_again(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    push(pair, number, PRICE)
    say(pair, number, "/impact effect: worse, they pay three dollars more")
    assert again(pair, number) == {"who", "feeling"}
    assert answer(pair, number, "effect").picks == ("worse",)


def test_the_same_rule_asks_once(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    push(pair, number, PRICE)
    for question in ("who", "effect", "feeling"):
        say(pair, number, f"/impact accept {question}")
    assert again(pair, number) == set()
    push(pair, number, PRICE)
    assert again(pair, number) == set()
    assert events(pair, number).count("answer.asked_again") == 1


def test_where_nothing_was_said_nothing_is_asked_again(pair: Pair) -> None:
    number = opened(pair)
    push(pair, number, PRICE)
    assert "answer.asked_again" not in events(pair, number)
    assert "🔁" not in body(pair, number)


def test_a_push_that_is_told_twice_asks_once(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    pair.github.faults.duplicate_deliveries = 1
    push(pair, number, PRICE)
    pair.github.faults.duplicate_deliveries = 0
    for question in ("who", "effect", "feeling"):
        say(pair, number, f"/impact accept {question}")
    found = next(d for d in pair.github.deliveries[::-1] if d.action == "synchronize")
    pair.github.redeliver(found.guid)
    settle(pair)
    assert again(pair, number) == set()


def test_an_answer_given_just_before_the_push_is_asked_again_and_one_after_it_is_not(
    pair: Pair,
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    pair.github.comment(number, "/impact effect: better\nfeeling: relieved", "author")
    later(pair)
    pair.github.push(number, [PRICE])
    later(pair)
    pair.github.comment(number, "/impact feeling: confused", "author")
    pair.github.release()
    settle(pair)
    assert again(pair, number) == {"effect"}


# -- the base comes in -----------------------------------------------------------------------------


def test_a_merge_of_the_base_changes_nothing_but_where_the_check_stands(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, ALL)
    before, shown = record(pair, number), body(pair, number)
    pair.github.call_counts.clear()
    pair.github.merge_base_in(number)
    settle(pair)
    after = record(pair, number)
    assert (after.answers, after.evidence, after.tier, after.completed_at) == (
        before.answers, before.evidence, before.tier, before.completed_at,
    )  # fmt: skip
    assert body(pair, number) == shown
    assert says(pair, number)[0] == "success"
    assert calls(pair) == {FILES: 1, POST_CHECK: 1}


def test_a_lowering_outlives_a_merge_of_the_base(pair: Pair) -> None:
    number = opened(pair, PRICE)
    say(pair, number, "/impact tier R1 only a comment in that file", by="reviewer")
    pair.github.merge_base_in(number)
    settle(pair)
    assert record(pair, number).tier is Tier.R1


# -- reverts ---------------------------------------------------------------------------------------


def reverted(pair: Pair, number: int, author: str = "author") -> int:
    found = pair.github.open_revert(number, author=author)
    settle(pair)
    return found


def merged(pair: Pair, *files: FileChange) -> int:
    number = opened(pair, *files)
    say(pair, number, ALL)
    assert pair.github.merge(number, bypass=True).merged
    settle(pair)
    return number


def test_a_revert_takes_the_answers_over_and_says_from_where(pair: Pair) -> None:
    number = merged(pair, COLOUR)
    back = reverted(pair, number, author="reviewer")
    assert answered(pair, back) == answered(pair, number)
    found = answer(pair, back, "effect")
    assert (found.door, found.source) == (Door.REVERT, f"#{number}")
    assert [e.link for e in record(pair, back).evidence] == ["https://example.com/tickets/7"]
    assert says(pair, back)[0] == "success"
    assert pair.github.bot_comments(back) == []
    assert events(pair, back)[:2] == ["review.opened", "answers.taken_over"]


def test_a_revert_asks_again_what_its_own_rules_concern(pair: Pair) -> None:
    patch = '@@ -0,0 +1,2 @@\n+@app.get("/exports")\n+def exports() -> Page: ...\n'
    added = FileChange("api/exports.py", 2, 0, patch)
    number = merged(pair, added)
    back = reverted(pair, number)
    assert record(pair, back).tier > record(pair, number).tier
    assert again(pair, back) == {"who", "effect", "feeling"}
    assert says(pair, back)[0] == "action_required"
    assert "which this reverts)" in body(pair, back)
    tick(pair, back, "effect=still")
    assert again(pair, back) == {"who", "feeling"}
    assert boxes(pair, back)["effect=better"]


def test_somebody_who_may_not_write_takes_nothing_over(pair: Pair) -> None:
    number = merged(pair, COLOUR)
    pair.github.grant("mallory", "read")
    pair.github.call_counts.clear()
    back = opened(
        pair, COLOUR, author="mallory", from_fork=True, body=f"Reverts acme/shop#{number}"
    )
    assert record(pair, back).answers == ()
    assert calls(pair)[PERMISSION] == 1
    assert says(pair, back) == ("action_required", "0 of 5 answered")


def test_to_revert_what_was_not_answered_or_never_seen_takes_nothing_over(pair: Pair) -> None:
    number = opened(pair, COLOUR)
    back = reverted(pair, number)
    assert record(pair, back).answers == ()
    unknown = opened(pair, body="Reverts acme/shop#99999")
    elsewhere = opened(pair, body="Reverts other/shop#1")
    told = opened(pair, body=f"{BODY} It reverts acme/shop#{number} in part.")
    for each in (unknown, elsewhere, told):
        assert record(pair, each).answers == ()


def test_what_a_revert_says_of_itself_goes_before_what_it_takes_over(pair: Pair) -> None:
    number = merged(pair, COLOUR)
    text = f"Reverts acme/shop#{number}\n\n## Customer impact\n\neffect: different\n"
    back = opened(pair, COLOUR, body=text)
    found = answer(pair, back, "effect")
    assert (found.picks, found.door) == (("different",), Door.DESCRIPTION)
    assert answer(pair, back, "who").source == f"#{number}"


def test_a_revert_that_is_told_twice_takes_over_once(pair: Pair) -> None:
    number = merged(pair, COLOUR)
    back = reverted(pair, number)
    say(pair, back, "/impact undo effect")
    found = next(d for d in pair.github.deliveries[::-1] if d.action == "opened")
    pair.github.redeliver(found.guid)
    say(pair, back, "/impact recheck")
    assert "effect" not in answered(pair, back)


def test_answers_go_on_from_what_was_taken_over(pair: Pair) -> None:
    number = merged(pair, THEME)
    back = reverted(pair, number)
    say(pair, back, "/impact effect: different, it is bright again")
    found = answer(pair, back, "effect")
    assert (found.door, found.source, found.text) == (Door.COMMAND, "", "it is bright again")
