"""Without an App: a machine user's token, the webhook of a repository, a status for the check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.pair import Pair, start_pair
from bot.core.review import State
from bot.sandbox.records import CommitStatus
from bot.store import repositories, surfaces
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import MARKER
from tests.flows.people import (
    ALL,
    BODY,
    LOCK,
    PRICE,
    THEME,
    answered,
    body,
    calls,
    click,
    describe,
    events,
    later,
    only_comment,
    opened,
    record,
    replies,
    reply,
    rewrite,
    say,
    settle,
    tick,
    ticked,
    until,
)

MACHINE = "empty-chair-machine"
STATUS = "POST /repos/{owner}/{repo}/statuses/{sha}"
BOXES = ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One bot with a token for the tests of this module."""
    with start_pair(tmp_path_factory.mktemp("token"), quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        yield pair


def status_on(pair: Pair, sha: str) -> CommitStatus | None:
    """The status that counts on a commit."""
    found = pair.github.statuses_on(sha)
    return found[-1] if found else None


def says(pair: Pair, number: int) -> tuple[str, str | None]:
    """State and description of the status on the head."""
    found = status_on(pair, pair.github.pull_request(number).head_sha)
    return (found.state, found.description) if found else ("", None)


def test_an_opened_pull_request_gets_one_comment_and_a_status_that_holds_it(pair: Pair) -> None:
    number = opened(pair)
    assert says(pair, number) == ("pending", "0 of 5 answered")
    assert only_comment(pair, number).user.login == MACHINE
    assert "5 quick questions" in body(pair, number)
    refused = pair.github.merge(number)
    assert (refused.merged, "0 of 5 answered" in refused.message) == (False, True)
    assert pair.github.check(number) is None


def test_it_costs_no_call_more_than_with_an_app(pair: Pair) -> None:
    opened(pair)
    assert calls(pair) == {
        "GET /repos/{owner}/{repo}/pulls/{number}/files": 1,
        STATUS: 1,
        "POST /repos/{owner}/{repo}/issues/{number}/comments": 1,
    }


def test_ticks_and_words_complete_it_and_the_status_lets_it_through(pair: Pair) -> None:
    number = opened(pair)
    for box in BOXES[:2]:
        tick(pair, number, box)
    assert says(pair, number) == ("pending", "2 of 5 answered")
    assert ticked(pair, number)[0] == "who=existing"
    say(pair, number, "/impact\neffect: better\nfeeling: relieved")
    tick(pair, number, "voice=accept", by="author")
    state, told = says(pair, number)
    assert (state, str(told)[:9]) == ("success", "Complete:")
    assert set(answered(pair, number).values()) == {"reviewer", "author"}
    found = status_on(pair, pair.github.pull_request(number).head_sha)
    assert found is not None
    assert found.target_url == (
        f"{pair.github.pull_url(number)}#issuecomment-{only_comment(pair, number).id}"
    )
    assert pair.github.merge(number).merged
    settle(pair)
    assert record(pair, number).state is State.DECIDED


def test_the_description_is_heard(pair: Pair) -> None:
    number = opened(pair)
    describe(pair, number, f"{BODY}\n\n## Customer impact\n\nwho: existing\neffect: better\n")
    assert says(pair, number) == ("pending", "2 of 5 answered")


def test_a_status_is_posted_only_when_it_says_something_new(pair: Pair) -> None:
    number = opened(pair)
    before = len(pair.github.statuses_on(pair.github.pull_request(number).head_sha))
    describe(pair, number, f"{BODY}\n\nAnd one word more for whoever reads it.")
    pair.github.label(number, "later")
    settle(pair)
    assert len(pair.github.statuses_on(pair.github.pull_request(number).head_sha)) == before == 1


def test_a_push_is_held_anew(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    pair.github.push(number, [LOCK])
    settle(pair)
    assert says(pair, number) == ("pending", "1 of 5 answered")
    pair.github.push(number, [PRICE])
    settle(pair)
    assert says(pair, number)[0] == "pending"
    assert "of 21 answered" in str(says(pair, number)[1])


def test_what_asks_nothing_is_let_through(pair: Pair) -> None:
    number = opened(pair, LOCK)
    assert says(pair, number)[0] == "success"
    assert str(says(pair, number)[1]).startswith("Not needed: ")
    assert pair.github.bot_comments(number) == []


def test_the_merge_queue_is_answered_for_every_member(pair: Pair) -> None:
    done, open_ = opened(pair), opened(pair)
    say(pair, done, ALL)
    first = pair.github.queue(done)
    settle(pair)
    assert pair.github.pull_request(done).merged
    assert status_on(pair, first) is not None
    second = pair.github.queue(open_)
    settle(pair)
    found = status_on(pair, second)
    assert found is not None
    assert (found.state, found.description) == ("pending", "0 of 5 answered")
    say(pair, open_, ALL)
    assert pair.github.pull_request(open_).merged


def test_of_two_pull_requests_on_one_head_the_worst_counts(pair: Pair) -> None:
    first, second = opened(pair), opened(pair)
    pair.github.pull_request(second).head_sha = pair.github.pull_request(first).head_sha
    describe(pair, second, BODY + "\n\nMore.")
    say(pair, first, ALL)
    state, told = says(pair, first)
    assert state == "pending"
    assert str(told).startswith(f"#{second} 0 of 5 answered · #{first} Complete")
    say(pair, second, ALL)
    assert says(pair, first)[0] == "success"


def test_our_own_comments_and_replies_are_not_heard_as_a_persons(pair: Pair) -> None:
    number = opened(pair)
    asked = say(pair, number, "/impact help")
    assert "/impact" in reply(pair, number, asked)
    assert (replies(pair, number), answered(pair, number)) == (1, {})
    tick(pair, number, "effect=better")
    rewrite(pair, asked, "/impact status")
    assert replies(pair, number) == 1
    assert answered(pair, number) == {"effect": "reviewer"}


def test_a_tick_that_our_own_edit_overwrote_is_not_taken_back_by_it(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.lose_deliveries = 1
    click(pair, number, "feeling=relieved")
    pair.github.faults.lose_deliveries = 0
    later(pair)
    say(pair, number, "/impact effect: better")
    assert until(lambda: answered(pair, number) == {"feeling": "reviewer", "effect": "author"})
    assert calls(pair)["POST /graphql"] == 1
    assert until(lambda: set(ticked(pair, number)) == {"feeling=relieved", "effect=better"})


def test_the_tokens_owner_may_write_commands_by_hand(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, "/impact effect: better", by=MACHINE)
    assert answered(pair, number) == {"effect": MACHINE}


def test_a_deleted_comment_comes_back(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    pair.github.delete_comment(only_comment(pair, number).id, "reviewer")
    settle(pair)
    assert ticked(pair, number) == ["effect=better"]


def test_a_comment_whose_answer_was_lost_is_not_posted_twice(pair: Pair) -> None:
    pair.github.faults.add("lost-answer", on="POST /repos/*/issues/*/comments", times=1)
    number = opened(pair)
    assert until(lambda: len(pair.github.bot_comments(number)) == 1)
    tick(pair, number, "effect=better")
    assert ticked(pair, number) == ["effect=better"]


def test_another_bots_copy_of_our_comment_is_not_ours(pair: Pair) -> None:
    copy = body(pair, opened(pair))
    index = list(parse_comment(copy)).index("effect=better")
    pair.github.faults.add("502-before", on="POST /repos/*/issues/*/comments", times=1)
    number = pair.github.open_pull_request(title="Add a theme", body=BODY, files=(THEME,))
    mirrored = pair.github.comment(number, copy, "mirror[bot]")
    pair.github.tick(mirrored, index, "reviewer")
    settle(pair)
    pair.github.tick(mirrored, index + 1, "reviewer")
    settle(pair)
    assert answered(pair, number) == {}
    tick(pair, number, "effect=better")
    assert answered(pair, number) == {"effect": "reviewer"}


def test_a_status_whose_answer_was_lost_ends_right(pair: Pair) -> None:
    pair.github.faults.add("lost-answer", on="POST /repos/*/statuses/*", times=1)
    number = opened(pair)
    settle(pair)
    assert says(pair, number) == ("pending", "0 of 5 answered")


def test_recheck_posts_the_status_again(pair: Pair) -> None:
    number = opened(pair)
    sha = pair.github.pull_request(number).head_sha
    say(pair, number, "/impact recheck")
    assert [s.state for s in pair.github.statuses_on(sha)] == ["pending", "pending"]


def test_warn_lets_through_and_says_so(tmp_path: Path) -> None:
    with start_pair(tmp_path, organisation="mode: []\n", quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        number = opened(pair)
        assert says(pair, number) == ("success", "0 of 5 answered; this holds nothing up")
        assert pair.github.merge(number).merged


def test_a_webhook_that_is_new_brings_what_is_open_and_a_name_for_the_ruleset(
    tmp_path: Path,
) -> None:
    with start_pair(tmp_path, quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        seed = status_on(pair, pair.github.state.branches["main"])
        assert seed is not None
        assert (seed.state, seed.context) == ("success", "Customer impact")
        pair.stop_bot()
        number = opened_unheard(pair)
        pair.start_bot()
        pair.github.hook()
        settle(pair)
        assert says(pair, number) == ("pending", "0 of 5 answered")
        only_comment(pair, number)


def test_whatever_tells_of_a_repository_first_brings_what_is_open(tmp_path: Path) -> None:
    def deaf(github: object) -> None:
        github.faults.lose_deliveries = 1  # type: ignore[attr-defined]

    with start_pair(tmp_path, quiet_seconds=0, token_of=MACHINE, tune=deaf) as pair:
        unheard = pair.github.open_pull_request(title="Theme", body=BODY, files=(PRICE,))
        pair.github.faults.lose_deliveries = 0
        opened(pair)
        assert until(lambda: says(pair, unheard)[0] == "pending")
        settle(pair)
        only_comment(pair, unheard)


def test_an_app_that_takes_over_lets_go_what_the_status_held(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        number, done = opened(pair), opened(pair)
        tick(pair, number, "effect=better")
        say(pair, done, ALL)
        pair.move_to_app()
        settle(pair)
        assert says(pair, number) == ("success", "Moved: the check of the same name counts now")
        assert str(says(pair, done)[1]).startswith("Complete")
        run = pair.github.check(number)
        assert run is not None
        assert (run.conclusion, run.title) == ("action_required", "1 of 5 answered")
        assert not pair.github.merge(number).merged
        comment = only_comment(pair, number)
        say(pair, number, ALL)
        assert pair.github.merge(number).merged
        settle(pair)
        assert only_comment(pair, number).id == comment.id
        assert len(pair.github.statuses_on(pair.github.pull_request(number).head_sha)) == 3
        assert pair.bot is not None
        with pair.bot.store.read() as connection:
            known = repositories.load(connection, pair.github.state.repository_id)
            head = pair.github.pull_request(number).head_sha
            left = surfaces.load(connection, "status", pair.github.state.repository_id, head)
        assert known is not None
        assert known.installation == pair.github.installation_id
        assert left == surfaces.Surface()


def test_a_former_tokens_owner_counts_as_the_person_that_they_are(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        opened(pair)
        pair.move_to_app()
        settle(pair)
        number = opened(pair)
        pair.github.faults.lose_deliveries = 1
        click(pair, number, "effect=better", by=MACHINE)
        pair.github.faults.lose_deliveries = 0
        later(pair)
        say(pair, number, "/impact feeling: relieved")
        assert answered(pair, number) == {"effect": MACHINE, "feeling": "author"}
        head = pair.github.pull_request(number).head_sha
        pair.github.report_status(head, "Customer impact", "success", by=MACHINE)
        settle(pair)
        assert "check.forged" in events(pair, number)


def test_an_app_that_may_not_edit_the_old_comment_posts_one_of_its_own(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0, token_of=MACHINE) as pair:
        settle(pair)
        number = opened(pair)
        old = only_comment(pair, number)
        pair.move_to_app()
        settle(pair)
        pair.github.state.forbidden.add(old.id)
        say(pair, number, ALL)
        (left, new) = [c for c in pair.github.bot_comments(number) if MARKER in c.body]
        assert (left.id, new.user.login) == (old.id, "empty-chair[bot]")
        assert "5 of 5" in new.body or "✅" in new.body


def test_an_app_that_may_not_edit_its_own_comment_posts_no_second_one(pair: Pair) -> None:
    number = opened(pair)
    pair.github.state.forbidden.add(only_comment(pair, number).id)
    say(pair, number, "/impact effect: better")
    only_comment(pair, number)


def opened_unheard(pair: Pair) -> int:
    """A pull request that the bot was not there to hear of."""
    number = pair.github.open_pull_request(
        title="Add a dark theme", body=BODY, author="author", files=(THEME,)
    )
    assert pair.github.wait_idle(10)
    return number
