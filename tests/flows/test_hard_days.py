"""What goes wrong between people, GitHub and the bot, and how it comes right again."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import requests

from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.core.review import State
from bot.views.github_boxes import parse_comment
from tests.flows.test_pull_request_door import (
    BODY,
    PRICE,
    THEME,
    later,
    offers,
    only_comment,
    opened,
    place,
    says,
    tick,
    until,
    writes,
)


def test_the_check_that_seeds_a_branch_never_hides_one_that_holds_a_pull_request(
    pair: Pair,
) -> None:
    number = opened(pair)
    head = pair.github.pull_request(number).head_sha
    pair.github.state.branches["main"] = head
    pair.github.add_repository()
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    assert says(pair, number) == ("action_required", "0 of 5 answered")
    assert not pair.github.merge(number).merged


def test_a_pull_request_whose_closing_is_heard_of_first_stays_none_of_ours(pair: Pair) -> None:
    pair.stop_bot()
    number = pair.github.open_pull_request(title="Theme", body=BODY, files=(THEME,))
    later(pair)
    pair.github.close(number)
    assert pair.github.wait_idle(10)
    pair.start_bot()
    missed = [d.guid for d in pair.github.deliveries if d.status == 0][-2:]
    for guid in reversed(missed):
        pair.github.redeliver(guid)
    assert pair.settle()
    assert pair.review(number) is None
    assert pair.github.bot_comments(number) == []


def test_an_edit_that_github_does_not_find_never_leads_to_a_second_comment(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.add("404-before", on="PATCH /repos/*/issues/comments/*", times=1)
    tick(pair, number, "effect=better")
    assert until(lambda: "✅ Effect" in only_comment(pair, number).body)


def test_a_comment_from_an_earlier_life_is_found_and_not_doubled(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0) as pair:
        number = opened(pair)
        pair.stop_bot()
        for path in tmp_path.glob("emptychair.db*"):
            path.unlink()
        pair.start_bot()
        pair.github.edit_pull_request(number, title="A theme for the night")
        assert until(lambda: pair.settle() and not pair.bot_backlog())
        only_comment(pair, number)
        tick(pair, number, "effect=better")
        assert says(pair, number)[1] == "1 of 5 answered"


def test_another_mode_reaches_the_pull_requests_that_are_open(tmp_path: Path) -> None:
    with start_pair(tmp_path, organisation="mode: []\n", quiet_seconds=0) as pair:
        number = opened(pair)
        assert says(pair, number)[0] == "neutral"
        pair.stop_bot()
        (tmp_path / "checklists" / "organisation.yaml").write_text(ENFORCE)
        pair.start_bot()
        assert until(lambda: says(pair, number)[0] == "action_required")
        assert until(lambda: pair.settle() and not pair.bot_backlog())
        assert "The merge waits" in only_comment(pair, number).body


def test_a_tick_accepts_the_text_that_was_shown_and_no_other(pair: Pair) -> None:
    number = opened(pair)
    found = only_comment(pair, number)
    shown = found.body.replace("- [ ] Yes, that is it", "- [x] Yes, that is it", 1)
    pair.github.edit_pull_request(number, body="Words that nobody has read yet, put here quickly.")
    assert pair.settle()
    later(pair)
    pair.github.edit_comment(found.id, shown, "reviewer")
    assert until(lambda: pair.settle() and not pair.bot_backlog())
    review = pair.review(number)
    assert review is not None
    assert review.answer("why") is None
    assert "Words that nobody has read" in only_comment(pair, number).body
    tick(pair, number, "why=accept")
    review = pair.review(number)
    assert review is not None
    assert review.answer("why") is not None


def test_recheck_reads_the_files_again(pair: Pair) -> None:
    number = opened(pair)
    pair.github.pull_request(number).files.append(PRICE)
    run = pair.github.check(number)
    assert run is not None
    pair.github.call_counts.clear()
    pair.github.press(run.id, "recheck", "reviewer")
    assert until(lambda: "of 21 answered" in str(says(pair, number)[1]))
    assert writes(pair).get("GET /repos/{owner}/{repo}/pulls/{number}/files") == 1


def test_an_assumption_with_its_plan_stays_an_assumption(pair: Pair) -> None:
    body = "## What customers said\n\nNobody was asked yet; we will ask three shop owners in May."
    number = opened(pair, body=body)
    tick(pair, number, "voice=assumed")
    assert offers(pair, number, "voice")
    tick(pair, number, "voice=accept")
    review = pair.review(number)
    assert review is not None
    assert review.evidence == ()
    answer = review.answer("voice")
    assert answer is not None
    assert (answer.picks, answer.text[:16]) == (("assumed",), "Nobody was asked")


def test_two_boxes_ticked_while_the_bot_is_away_count_when_it_is_back(pair: Pair) -> None:
    number = opened(pair)
    found = only_comment(pair, number)
    pair.stop_bot()
    pair.github.tick(found.id, place(found.body, "effect=better"), "reviewer", checked=True)
    pair.github.tick(found.id, place(found.body, "feeling=relieved"), "author", checked=True)
    assert pair.github.wait_idle(10)
    pair.start_bot()
    for guid in [d.guid for d in pair.github.deliveries if d.status == 0][-2:]:
        pair.github.redeliver(guid)
    assert until(lambda: says(pair, number)[1] == "2 of 5 answered")
    assert until(lambda: sum(parse_comment(only_comment(pair, number).body).values()) == 2)


def test_a_late_event_does_not_bring_an_old_state_back(pair: Pair) -> None:
    number = opened(pair)
    first = next(d.guid for d in pair.github.deliveries[::-1] if d.action == "opened")
    pair.github.close(number)
    assert pair.settle()
    pair.github.redeliver(first)
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.state is State.WITHDRAWN


def test_an_older_event_that_arrives_last_changes_nothing(pair: Pair) -> None:
    number = opened(pair)
    first = next(d for d in pair.github.deliveries[::-1] if d.action == "opened")
    pair.github.close(number)
    assert pair.settle()
    payload = json.loads(first.body)
    payload["pull_request"]["updated_at"] = "2020-02-02T02:02:02Z"
    assert post(pair, "pull_request", payload) == 202
    assert pair.settle()
    review = pair.review(number)
    assert review is not None
    assert review.state is State.WITHDRAWN
    assert review.subject.updated_at.year > 2020


def test_an_edit_of_which_github_does_not_say_what_stood_before_is_held_against_our_text(
    pair: Pair,
) -> None:
    number = opened(pair)
    pair.stop_bot()
    found = only_comment(pair, number)
    pair.github.tick(found.id, place(found.body, "effect=better"), "reviewer", checked=True)
    assert pair.github.wait_idle(10)
    pair.start_bot()
    lost = next(d for d in pair.github.deliveries[::-1] if d.event == "issue_comment")
    payload = json.loads(lost.body)
    del payload["changes"]
    assert post(pair, "issue_comment", payload) == 202
    assert until(lambda: says(pair, number)[1] == "1 of 5 answered")


def test_a_head_that_one_of_two_pull_requests_left_shows_the_other_alone(pair: Pair) -> None:
    first, second = opened(pair), opened(pair)
    shared = pair.github.pull_request(first).head_sha
    pair.github.pull_request(second).head_sha = shared
    pair.github.edit_pull_request(second, body=BODY + "\n\nMore.")
    assert pair.settle()
    for box in ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept"):
        tick(pair, second, box)
    assert says(pair, second)[0] == "action_required"
    later(pair)
    pair.github.push(first, [PRICE])
    assert until(lambda: says(pair, second)[0] == "success")


def post(pair: Pair, event: str, payload: object) -> int:
    """A delivery as GitHub would sign it."""
    body = json.dumps(payload).encode()
    (secret,) = pair.settings.github.webhook_secret
    mac = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": f"test-{mac[:20]}",
        "X-Hub-Signature-256": f"sha256={mac}",
    }
    url = f"{pair.bot_url}/github/webhooks"
    return requests.post(url, data=body, headers=headers, timeout=10).status_code
