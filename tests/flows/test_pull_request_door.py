"""The pull request door end to end: real webhooks, real client, a GitHub on loopback."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.pair import Pair, start_pair
from bot.core.review import State
from bot.core.tier import Tier
from bot.sandbox.records import Comment, FileChange
from bot.store import ledger, tables
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import MARKER, comment, same

THEME = FileChange("web/theme.css", 5, 1, "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n")
PRICE = FileChange("pricing/plans.json", 1, 1, '@@ -1 +1 @@\n-"price": 12\n+"price": 15\n')
LOCK = FileChange("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n")
BODY = "People with migraines asked for a theme that does not hurt.\n\nFixes #4"
LABELS = ("Existing customers", "Yes, that is it", "Better", "Relieved")


def opened(pair: Pair, *files: FileChange, **more: object) -> int:
    fields: dict[str, object] = {"title": "Add a dark theme", "body": BODY, "author": "author"}
    number = pair.github.open_pull_request(**{**fields, **more}, files=files or (THEME,))  # type: ignore[arg-type]
    assert pair.settle()
    later(pair)
    return number


def later(pair: Pair, seconds: int = 2) -> None:
    """Time passes: what happens next has another second than what happened before."""
    before = pair.github.state.clock
    pair.github.state.clock = lambda: before() + timedelta(seconds=seconds)


def only_comment(pair: Pair, number: int) -> Comment:
    (found,) = pair.github.bot_comments(number)
    return found


def place(body: str, box: str) -> int:
    """Where a box stands; of an offer to accept only the question is named."""
    boxes = list(parse_comment(body))
    return next(index for index, name in enumerate(boxes) if name.startswith(box))


def offers(pair: Pair, number: int, question: str) -> bool:
    boxes = parse_comment(only_comment(pair, number).body)
    return any(box.startswith(f"{question}=accept") for box in boxes)


def tick(pair: Pair, number: int, box: str, by: str = "reviewer") -> None:
    """Click the box with that id, wherever it stands."""
    found = only_comment(pair, number)
    index = place(found.body, box)
    pair.github.tick(found.id, index, by, checked=True)
    assert pair.settle()


def answer_all(pair: Pair, number: int) -> None:
    for box in ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept"):
        tick(pair, number, box)


def says(pair: Pair, number: int) -> tuple[str | None, str | None]:
    run = pair.github.check(number)
    return (run.conclusion, run.title) if run else (None, None)


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


def writes(pair: Pair) -> dict[str, int]:
    counted = {f"{method} {route}": n for (method, route), n in pair.github.call_counts.items()}
    once = ("POST /app/installations/{id}/access_tokens", "GET /app")  # for all pull requests
    return {name: n for name, n in counted.items() if name not in once}


def ledger_of(pair: Pair, number: int) -> Sequence[Any]:
    """What the ledger says of one pull request, in order."""
    review = pair.review(number)
    assert review is not None
    assert pair.bot is not None
    rows = tables.ledger.select().where(tables.ledger.c.review_id == review.id)
    with pair.bot.store.read() as connection:
        return connection.execute(rows.order_by(tables.ledger.c.seq)).all()


def test_an_opened_pull_request_gets_one_comment_and_a_check_that_holds_it(pair: Pair) -> None:
    number = opened(pair)
    assert says(pair, number) == ("action_required", "0 of 5 answered")
    assert "5 quick questions" in only_comment(pair, number).body
    refused = pair.github.merge(number)
    assert not refused.merged
    assert "0 of 5 answered" in refused.message
    assert writes(pair) == {
        "GET /repos/{owner}/{repo}/pulls/{number}/files": 1,
        "POST /repos/{owner}/{repo}/check-runs": 1,
        "POST /repos/{owner}/{repo}/issues/{number}/comments": 1,
    }


def test_five_ticks_turn_it_green_and_it_merges(pair: Pair) -> None:
    number = opened(pair)
    answer_all(pair, number)
    assert says(pair, number) == ("success", "Complete: heard from existing customers (a signal)")
    assert "complete ✅" in only_comment(pair, number).body
    assert pair.github.merge(number).merged
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert (review.state, review.bypassed) == (State.DECIDED, False)
    assert {answer.by.login for answer in review.answers} == {"reviewer"}


def test_what_customers_cannot_notice_gets_a_green_check_and_no_comment(pair: Pair) -> None:
    number = opened(pair, LOCK)
    conclusion, title = says(pair, number)
    assert conclusion == "success"
    assert title is not None
    assert title.startswith("Not needed: only files that customers never meet")
    assert pair.github.bot_comments(number) == []


def test_a_tick_costs_one_check_update_and_an_edit_only_for_more_than_the_tally(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    tick(pair, number, "who=existing")
    assert writes(pair) == {"PATCH /repos/{owner}/{repo}/check-runs/{id}": 1}
    tick(pair, number, "effect=better")
    assert writes(pair) == {
        "PATCH /repos/{owner}/{repo}/check-runs/{id}": 2,
        "PATCH /repos/{owner}/{repo}/issues/comments/{id}": 1,
    }


def test_what_is_none_of_our_business_costs_nothing(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    other = pair.github.comment(number, "Looks good to me", "reviewer")
    pair.github.edit_comment(other, "Looks very good to me - [x] really", "reviewer")
    pair.github.delete_comment(other, "reviewer")
    pair.github.label(number, "frontend")
    assert pair.settle()
    assert writes(pair) == {}


def test_the_same_delivery_twice_has_one_effect(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "feeling=relieved")
    before = only_comment(pair, number).body
    for delivery in pair.github.deliveries[-20:]:
        pair.github.redeliver(delivery.guid)
    assert pair.settle()
    assert only_comment(pair, number).body == before
    assert says(pair, number)[1] == "1 of 5 answered"
    review = pair.review(number)
    assert review is not None
    assert review.version == 2


def test_a_push_is_triaged_anew_and_keeps_the_answers(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    pair.github.call_counts.clear()
    pair.github.push(number, [PRICE])
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.tier is Tier.R3
    assert review.answer("effect") is not None
    assert says(pair, number)[0] == "action_required"
    assert "<code>pricing/plans.json</code>" in only_comment(pair, number).body
    assert sum(writes(pair).values()) <= 3


def test_a_description_written_later_is_offered_without_reading_the_files_again(pair: Pair) -> None:
    number = opened(pair, body="")
    assert not offers(pair, number, "why")
    pair.github.call_counts.clear()
    pair.github.edit_pull_request(number, body=BODY)
    assert pair.settle()
    assert offers(pair, number, "why")
    assert writes(pair) == {"PATCH /repos/{owner}/{repo}/issues/comments/{id}": 1}


def test_a_new_title_or_label_counts_without_reading_the_files_again(pair: Pair) -> None:
    number = opened(pair, FileChange("web/export.tsx", 1, 1, "@@ -1 +1 @@\n-a\n+b\n"))
    pair.github.call_counts.clear()
    pair.github.edit_pull_request(number, title="Remove the export button from the page")
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.pull_request.title == "Remove the export button from the page"
    assert review.tier is Tier.R2
    assert "GET /repos/{owner}/{repo}/pulls/{number}/files" not in writes(pair)


def test_two_descriptions_of_one_second_have_github_asked_which_came_last(pair: Pair) -> None:
    number = pair.github.open_pull_request(title="Theme", body="", files=(THEME,))
    pair.github.set_draft(number, True)
    pair.github.set_draft(number, False)
    assert pair.settle()
    assert says(pair, number)[1] == "0 of 5 answered"
    drafts = [d for d in pair.github.deliveries if d.action == "converted_to_draft"]
    later(pair, 60)
    pair.github.redeliver(drafts[0].guid)
    assert pair.settle()
    assert says(pair, number)[1] == "0 of 5 answered"


def test_another_base_branch_has_the_files_read_again(pair: Pair) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    pair.github.edit_pull_request(number, base="release")
    assert pair.settle()
    assert writes(pair).get("GET /repos/{owner}/{repo}/pulls/{number}/files") == 1
    review = pair.review(number)
    assert review is not None
    assert review.pull_request.base_ref == "release"


def test_a_draft_is_quiet_and_says_why_until_it_is_ready(pair: Pair) -> None:
    number = opened(pair, draft=True)
    assert pair.github.bot_comments(number) == []
    assert says(pair, number)[1] == "Draft: 5 questions when it is ready for review"
    pair.github.set_draft(number, False)
    assert pair.settle()
    assert says(pair, number)[1] == "0 of 5 answered"
    assert len(pair.github.bot_comments(number)) == 1


def test_a_dependency_bot_is_not_asked_unless_it_matters_most(pair: Pair) -> None:
    quiet = opened(pair, author="dependabot[bot]")
    assert says(pair, quiet) == (
        "success",
        "Not needed: opened by dependabot[bot], which is not asked below R3",
    )
    loud = opened(pair, PRICE, author="dependabot[bot]")
    assert says(pair, loud)[0] == "action_required"
    assert len(pair.github.bot_comments(loud)) == 1


def test_any_other_bot_is_asked_like_a_person(pair: Pair) -> None:
    number = opened(pair, author="coding-agent[bot]")
    assert says(pair, number)[0] == "action_required"


def test_a_fork_that_was_deleted_is_no_obstacle(pair: Pair) -> None:
    number = opened(pair, from_fork=True, author="outsider", body="")
    pair.github.delete_fork(number)
    pair.github.edit_pull_request(number, body=BODY)
    assert pair.settle()
    assert offers(pair, number, "why")


def test_closed_is_withdrawn_and_reopened_is_asked_again(pair: Pair) -> None:
    number = opened(pair)
    pair.github.close(number)
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.state is State.WITHDRAWN
    pair.github.reopen(number)
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.state is State.OPEN
    assert len(pair.github.bot_comments(number)) == 1


def test_a_merge_past_the_gate_is_recorded_as_a_bypass_and_said(pair: Pair) -> None:
    number = opened(pair)
    assert pair.github.merge(number, bypass=True).merged
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.bypassed
    assert "merged with 5 questions open" in only_comment(pair, number).body
    assert [row.event for row in ledger_of(pair, number)][-2:] == [
        "review.decided",
        "review.bypassed",
    ]


def test_text_that_somebody_destroyed_comes_back_with_their_tick(pair: Pair) -> None:
    number = opened(pair)
    found = only_comment(pair, number)
    broken = found.body.replace("- [ ] Relieved", "- [x] Relieved")
    broken = broken.replace("### 🪑", "### Nothing").replace("Which customers", "Which penguins")
    pair.github.edit_comment(found.id, broken, "reviewer")
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert same(only_comment(pair, number).body, comment(review))
    assert "Which customers" in only_comment(pair, number).body
    assert says(pair, number)[1] == "1 of 5 answered"


def test_a_deleted_comment_comes_back_with_all_answers(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "feeling=relieved")
    pair.github.delete_comment(only_comment(pair, number).id, "reviewer")
    assert pair.settle()
    again = only_comment(pair, number)
    assert parse_comment(again.body)["feeling=relieved"]
    tick(pair, number, "effect=better")
    assert says(pair, number)[1] == "2 of 5 answered"


def test_ticks_of_two_people_at_once_both_count(pair: Pair) -> None:
    number = opened(pair)
    found = only_comment(pair, number)
    boxes = list(parse_comment(found.body))
    pair.github.tick(found.id, boxes.index("feeling=relieved"), "reviewer")
    pair.github.tick(found.id, boxes.index("effect=better"), "author")
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    by = {answer.question: answer.by.login for answer in review.answers}
    assert by == {"feeling": "reviewer", "effect": "author"}


def test_a_bot_that_ticks_answers_nothing_and_its_edit_is_undone(pair: Pair) -> None:
    number = opened(pair)
    pair.github.grant("tidy[bot]", "write")
    found = only_comment(pair, number)
    ticked = found.body.replace("- [ ]", "- [x]")
    pair.github.edit_comment(found.id, ticked, "tidy[bot]")
    assert pair.settle()
    assert says(pair, number)[1] == "0 of 5 answered"
    assert "- [x]" not in only_comment(pair, number).body


@pytest.mark.parametrize("how", ["rerun", "rerun_all", "button"])
def test_asking_for_the_check_again_looks_afresh_and_always_answers(pair: Pair, how: str) -> None:
    number = opened(pair)
    run = pair.github.check(number)
    assert run is not None
    pair.github.call_counts.clear()
    if how == "rerun":
        pair.github.rerun_check(run.id, "reviewer")
    elif how == "rerun_all":
        pair.github.rerun_all_checks(number, "reviewer")
    else:
        pair.github.press(run.id, "recheck", "reviewer")
    assert pair.settle()
    assert says(pair, number) == ("action_required", "0 of 5 answered")
    assert writes(pair).get("PATCH /repos/{owner}/{repo}/check-runs/{id}") == 1


def test_a_button_that_we_do_not_know_does_nothing(pair: Pair) -> None:
    number = opened(pair)
    run = pair.github.check(number)
    assert run is not None
    run.actions.append({"label": "x", "description": "x", "identifier": "approve-all"})
    pair.github.call_counts.clear()
    pair.github.press(run.id, "approve-all", "reviewer")
    assert pair.settle()
    assert writes(pair) == {}


def test_the_merge_queue_is_answered_from_the_record_for_every_member(pair: Pair) -> None:
    done, open_ = opened(pair), opened(pair)
    answer_all(pair, done)
    pair.github.call_counts.clear()
    first = pair.github.queue(done)
    assert pair.settle()
    run = pair.github.check_on(first)
    assert run is not None
    assert run.conclusion == "success"
    assert sum(writes(pair).values()) == 1
    second = pair.github.queue(open_)
    assert pair.settle()
    run = pair.github.check_on(second)
    assert run is not None
    assert run.conclusion == "action_required"


def test_an_installation_puts_a_check_on_everything_that_is_open(tmp_path: Path) -> None:
    def before_us(github: object) -> None:
        for title in ("One", "Two", "Three"):
            github.open_pull_request(title=title, files=(THEME,))  # type: ignore[attr-defined]

    with start_pair(tmp_path, quiet_seconds=0, tune=before_us) as pair:
        assert pair.settle()
        pair.github.install()
        assert until(lambda: all(pair.github.check(n) is not None for n in (1, 2, 3)))
        assert pair.settle()
        head = pair.github.state.branches["main"]
        seed = pair.github.check_on(head)
        assert seed is not None
        assert (seed.conclusion, seed.title) == ("success", "Ready to be required")


def test_two_pull_requests_with_one_head_share_the_worse_check(pair: Pair) -> None:
    first = opened(pair)
    second = opened(pair)
    pair.github.pull_request(second).head_sha = pair.github.pull_request(first).head_sha
    pair.github.edit_pull_request(second, body=BODY + "\n\nMore.")
    assert pair.settle()
    answer_all(pair, first)
    conclusion, title = says(pair, first)
    assert conclusion == "action_required"
    assert title is not None
    assert f"#{second} 0 of 5 answered" in title
    answer_all(pair, second)
    assert says(pair, first)[0] == "success"


@pytest.mark.parametrize("mode", ["warn", "shadow"])
def test_warn_and_shadow_hold_nothing(tmp_path: Path, mode: str) -> None:
    organisation = f"mode: [{{repositories: '**', mode: {mode}}}]\n"
    with start_pair(tmp_path, organisation=organisation, quiet_seconds=0) as pair:
        number = opened(pair)
        assert says(pair, number)[0] == "neutral"
        assert len(pair.github.bot_comments(number)) == (1 if mode == "warn" else 0)
        assert pair.github.merge(number).merged
        assert pair.settle()
        review = pair.review(number)
        assert review is not None
        assert not review.bypassed


def test_the_comment_is_left_alone_while_somebody_is_at_it_and_the_check_is_not(
    tmp_path: Path,
) -> None:
    with start_pair(tmp_path, quiet_seconds=0.4) as pair:
        number = opened(pair)
        tick(pair, number, "effect=better")
        assert says(pair, number)[1] == "1 of 5 answered"
        ticked = only_comment(pair, number).body
        assert "✅" not in ticked
        assert until(lambda: "✅ Effect" in only_comment(pair, number).body)


FAULTS = ["limit-429", "limit-403", "502-before", "502-after", "lost-answer", "reset"]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_github_answers_there_is_one_comment_and_the_right_check(
    pair: Pair, fault: str
) -> None:
    pair.github.faults.add(fault, on="POST /repos/*", times=2, seconds=0.2)  # type: ignore[arg-type]
    number = pair.github.open_pull_request(title="Add a dark theme", body=BODY, files=(THEME,))
    assert until(
        lambda: len(pair.github.bot_comments(number)) == 1 and says(pair, number)[0] is not None
    )
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    only_comment(pair, number)
    runs = pair.github.state.checks_on(pair.github.pull_request(number).head_sha)
    assert [run.conclusion for run in runs] == ["action_required"]
    tick(pair, number, "effect=better")
    assert says(pair, number)[1] == "1 of 5 answered"


def test_what_was_answered_survives_a_restart(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    pair.stop_bot()
    pair.start_bot()
    tick(pair, number, "feeling=relieved")
    assert says(pair, number)[1] == "2 of 5 answered"
    assert len(pair.github.bot_comments(number)) == 1


def test_the_ledger_tells_the_story_and_holds(pair: Pair) -> None:
    number = opened(pair)
    answer_all(pair, number)
    assert pair.github.merge(number).merged
    assert pair.settle()
    rows = ledger_of(pair, number)
    assert pair.bot is not None
    pair.bot.store.write(lambda tx: ledger.seal_next(tx, pair.ledger_key(), 100_000))
    with pair.bot.store.read() as connection:
        assert ledger.first_broken(connection, pair.ledger_key()) is None
    assert [row.event for row in rows] == [
        "review.opened", *["answer.given"] * 5, "review.completed", "review.decided",
    ]  # fmt: skip
    assert re.fullmatch(r"\d+:reviewer", rows[1].actor)
    assert "migraines" not in str([row.data for row in rows])


def test_our_marker_in_a_strangers_comment_fools_nobody(pair: Pair) -> None:
    number = opened(pair)
    body = only_comment(pair, number).body.replace("- [ ]", "- [x]")
    assert MARKER in body
    forged = pair.github.comment(number, body, "outsider")
    pair.github.edit_comment(forged, body.replace("- [x]", "- [ ]"), "outsider")
    pair.github.edit_comment(forged, body, "outsider")
    assert pair.settle()
    assert says(pair, number)[1] == "0 of 5 answered"
    assert len(pair.github.bot_comments(number)) == 1


def slow_answers(pair: Pair, on: str) -> None:
    """GitHub does it at once, and takes its time to say so."""
    pair.github.faults.add("slow-answer", on=on, times=1, seconds=0.5)


def test_text_destroyed_while_we_write_comes_back(pair: Pair) -> None:
    number = opened(pair)
    found = only_comment(pair, number)
    slow_answers(pair, "PATCH /repos/*/issues/comments/*")
    pair.github.edit_pull_request(number, body="Another reason, long enough to count as one.")
    assert until(lambda: "Another reason" in only_comment(pair, number).body)
    pair.github.edit_comment(found.id, "wiped", "reviewer")
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    assert "Which customers" in only_comment(pair, number).body


def test_a_tick_before_we_know_our_own_comment_counts(pair: Pair) -> None:
    slow_answers(pair, "POST /repos/*/issues/*/comments")
    number = pair.github.open_pull_request(title="Theme", body=BODY, files=(THEME,))
    assert until(lambda: len(pair.github.bot_comments(number)) == 1)
    found = only_comment(pair, number)
    index = list(parse_comment(found.body)).index("effect=better")
    pair.github.tick(found.id, index, "reviewer", checked=True)
    assert until(lambda: says(pair, number)[1] == "1 of 5 answered")
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    assert parse_comment(only_comment(pair, number).body)["effect=better"]


def test_what_github_has_announced_may_be_missing_for_a_moment(pair: Pair) -> None:
    pair.github.faults.add("404-before", on="GET /repos/*/pulls/*/files", times=1)
    number = pair.github.open_pull_request(title="Theme", body=BODY, files=(THEME,))
    assert until(lambda: says(pair, number)[1] == "0 of 5 answered")
