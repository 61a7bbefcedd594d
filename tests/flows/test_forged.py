"""Somebody else reports a check by our name: noticed, kept, and not believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.registry import REGISTRY
from sqlalchemy import select
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.cli.pair import Pair, start_pair
from bot.ports import Transaction
from bot.sandbox.records import FileChange
from bot.store import installations, ledger, throttle
from bot.store import tables as t
from tests.flows.test_pull_request_door import answer_all, opened, says, until

NAME = "Customer impact"
ACTIONS = 15368
POST = ("POST", "/repos/{owner}/{repo}/check-runs")


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def anyone(pair: Pair) -> Iterator[Pair]:
    """A repository whose rule takes the check from anybody."""
    pair.github.require(NAME, app=None)
    yield pair
    pair.github.require(NAME, app=1)


def noted(pair: Pair, sha: str) -> list[Any]:
    """The ledger's rows about forged checks on a commit."""
    assert pair.bot is not None
    rows = select(t.ledger).where(t.ledger.c.event == "check.forged").order_by(t.ledger.c.seq)
    with pair.bot.store.read() as connection:
        return [row for row in connection.execute(rows) if row.data["commit"] == sha]


def forge(pair: Pair, sha: str, conclusion: str | None = "success", name: str = NAME) -> int:
    id = pair.github.report_check(sha, name, conclusion)
    assert pair.settle()
    return id


def counted() -> float:
    return REGISTRY.get_sample_value("emptychair_forged_checks_total") or 0


def review_id(pair: Pair, number: int) -> int:
    found = pair.review(number)
    assert found is not None
    return found.id


def test_a_forged_pass_is_noted_with_its_review_and_ours_is_put_on_top_of_it(
    anyone: Pair, logs: list[EventDict]
) -> None:
    number, before = opened(anyone), counted()
    head = anyone.github.pull_request(number).head_sha
    id = forge(anyone, head)
    assert says(anyone, number) == ("action_required", "0 of 5 answered")
    assert not anyone.github.merge(number).merged
    (row,) = noted(anyone, head)
    assert row.review_id == review_id(anyone, number)
    assert row.data == {
        "kind": "check",
        "repository": anyone.github.state.repository_id,
        "id": id,
        "app": ACTIONS,
        "commit": head,
        "outcome": "success",
    }
    assert counted() == before + 1
    (line,) = [entry for entry in logs if entry["event"] == "check.forged"]
    assert (line["log_level"], line["by"]) == ("warning", "App 15368")
    assert line["subject"] == f"acme/shop#{number}"


def test_deliveries_that_repeat_add_nothing_and_ours_is_put_there_once(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    id = forge(anyone, head)
    assert anyone.github.call_counts[POST] == 1
    ours = anyone.github.check(number)
    anyone.github.finish_check(id, "success")  # `completed` again, as a delivery of its own
    for delivery in [d for d in anyone.github.deliveries if str(id).encode() in d.body]:
        anyone.github.redeliver(delivery.guid)
    assert anyone.settle()
    assert len(noted(anyone, head)) == 1
    assert anyone.github.call_counts[POST] == 1
    assert anyone.github.check(number) == ours


def test_what_the_forger_does_with_one_run_is_kept_but_answered_only_once(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    id = forge(anyone, head, None)
    for conclusion in ("success", "failure", "success", "neutral"):
        anyone.github.finish_check(id, conclusion)
        assert anyone.settle()
    assert [row.data["outcome"] for row in noted(anyone, head)] == [
        "", "success", "failure", "neutral",
    ]  # fmt: skip
    assert anyone.github.call_counts[POST] == 1


def test_our_new_check_is_the_one_that_goes_on(anyone: Pair) -> None:
    number = opened(anyone)
    forge(anyone, anyone.github.pull_request(number).head_sha)
    answer_all(anyone, number)
    found = says(anyone, number)[0]
    assert found == "success"
    assert anyone.github.merge(number).merged


@pytest.mark.parametrize("conclusion", ["failure", "action_required"])
def test_a_check_that_holds_fools_nobody(anyone: Pair, conclusion: str) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    forge(anyone, head, conclusion)
    assert len(noted(anyone, head)) == 1
    assert anyone.github.call_counts[POST] == 0


def test_a_pass_beside_our_own_pass_is_noted_and_left(anyone: Pair) -> None:
    number = opened(anyone)
    answer_all(anyone, number)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    forge(anyone, head)
    assert len(noted(anyone, head)) == 1
    assert anyone.github.call_counts[POST] == 0


def test_a_status_by_our_name_is_noted_with_who_reported_it(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    id = anyone.github.report_status(head, "customer impact", "success", by="mallory")
    assert anyone.settle()
    (row,) = noted(anyone, head)
    sender = anyone.github.state.user("mallory").id
    assert (row.data["kind"], row.data["id"], row.data["sender"]) == ("status", id, sender)
    assert "app" not in row.data
    assert not anyone.github.call_counts  # nothing was asked and nothing written


def test_a_status_that_we_reported_ourselves_is_no_forgery(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    assert anyone.bot is not None
    us = anyone.github.state.bot
    with anyone.bot.store.read() as connection:
        assert installations.bot_user(connection, anyone.github.installation_id) == us.id
    anyone.github.report_status(head, NAME, "success", by=us.login)
    assert anyone.settle()
    assert noted(anyone, head) == []


def test_on_a_commit_of_no_pull_request_it_is_about_no_review(anyone: Pair) -> None:
    opened(anyone)
    head = anyone.github.state.branches["main"]
    for _ in range(2):
        forge(anyone, head)
    rows = noted(anyone, head)
    assert [row.review_id for row in rows] == [None, None]
    assert len({row.data["id"] for row in rows}) == 2


def test_our_own_checks_and_those_of_other_names_leave_no_row_and_cost_no_call(
    anyone: Pair,
) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.call_counts.clear()
    forge(anyone, head, name="build")
    anyone.github.report_status(head, "build", "success", by="mallory")
    assert anyone.settle()
    assert not anyone.github.call_counts
    assert anyone.bot is not None
    told = {
        d.guid
        for d in anyone.github.deliveries
        if d.event in ("check_run", "status") and head.encode() in d.body
    }
    assert len(told) >= 5  # ours created and completed, the build twice, the status
    with anyone.bot.store.read() as connection:
        assert told.isdisjoint(connection.execute(select(t.delivery.c.id)).scalars())
    assert noted(anyone, head) == []


def test_in_a_merge_queue_ours_is_put_on_top_as_well(anyone: Pair) -> None:
    number = opened(anyone)
    group = anyone.github.queue(number)
    assert anyone.settle()
    row = anyone.github.check_on(group)
    assert row is not None
    assert row.conclusion == "action_required"
    forge(anyone, group)
    assert [row.review_id for row in noted(anyone, group)] == [review_id(anyone, number)]
    latest = anyone.github.check_on(group)
    assert latest is not None
    assert (latest.app, latest.conclusion) == ("", "action_required")


def test_a_pinned_rule_does_not_care(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    pair.github.report_check(pair.github.pull_request(number).head_sha, NAME, "success")
    assert not pair.github.merge(number).merged
    pair.github.release()
    assert pair.settle()


def test_the_ledger_still_holds(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0) as pair:
        number = opened(pair)
        forge(pair, pair.github.state.branches["main"])
        forge(pair, pair.github.pull_request(number).head_sha)
        assert pair.bot is not None
        with pair.bot.store.read() as connection:
            assert ledger.first_broken(connection, pair.ledger_key()) is None


def test_a_new_check_whose_answer_was_lost_is_found_again(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.faults.add("lost-answer", on="POST /repos/*/check-runs", times=1)
    forge(anyone, head)
    assert until(lambda: not anyone.bot_backlog())
    ours = [run for run in anyone.github.state.checks_on(head) if not run.app]
    assert len(ours) == 2
    assert says(anyone, number)[0] == "action_required"


def ours(pair: Pair, sha: str) -> int:
    """How many runs of ours there are on a commit."""
    return len([run for run in pair.github.state.checks_on(sha) if not run.app])


def test_who_answers_each_check_of_ours_with_one_of_their_own_is_not_answered_for_ever(
    anyone: Pair, logs: list[EventDict]
) -> None:
    number, before = opened(anyone), counted()
    head = anyone.github.pull_request(number).head_sha
    logs.clear()
    for _ in range(14):
        forge(anyone, head)
    assert ours(anyone, head) == 1 + 3
    assert len(noted(anyone, head)) == 10
    assert counted() >= before + 14  # beyond the rows each delivery counts
    assert len([entry for entry in logs if entry["event"] == "check.forged"]) == 10
    (line,) = [entry for entry in logs if entry["event"] == "check.forged_often"]
    assert (line["commit"], line["noted"]) == (head, 10)
    anyone.github.push(number, [FileChange("web/theme.css", 1, 1, "@@ -1 +1 @@\n-a\n+b")])
    assert anyone.settle()
    head = anyone.github.pull_request(number).head_sha
    forge(anyone, head)
    assert (ours(anyone, head), len(noted(anyone, head))) == (2, 1)


def test_many_that_fool_nobody_do_not_wear_out_the_answer(anyone: Pair) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    for _ in range(12):
        forge(anyone, head, "failure")
    for _ in range(4):
        forge(anyone, head)
    assert (ours(anyone, head), len(noted(anyone, head))) == (4, 13)


def test_those_that_come_while_ours_is_still_to_be_put_there_are_answered_together(
    anyone: Pair,
) -> None:
    number = opened(anyone)
    head = anyone.github.pull_request(number).head_sha
    anyone.github.faults.add("502-before", on="POST /repos/*/check-runs", times=1)
    for _ in range(3):
        anyone.github.report_check(head, NAME, "success")
    assert until(lambda: anyone.settle() and not anyone.bot_backlog())
    assert (ours(anyone, head), len(noted(anyone, head))) == (2, 3)


def test_with_a_token_the_answer_to_a_status_has_an_end_too(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0, token_of="machine") as pair:
        number = opened(pair)
        head = pair.github.pull_request(number).head_sha
        for _ in range(5):
            pair.github.report_status(head, NAME, "success", by="mallory")
            assert pair.settle()
        by = [status.creator.login for status in pair.github.statuses_on(head)]
        assert by.count("machine") == 1 + 3


def test_an_answer_that_has_to_wait_holds_up_no_gate(tmp_path: Path) -> None:
    with start_pair(tmp_path, quiet_seconds=0, paced=True) as pair:
        number = opened(pair)
        head = pair.github.pull_request(number).head_sha
        assert pair.bot is not None
        now, installation = datetime.now(UTC), pair.github.installation_id

        def busy(tx: Transaction) -> None:
            for _ in range(68):  # as many as may write a comment; the gate has room for more
                throttle.note_write(tx, installation, now)

        pair.bot.store.write(busy)
        pair.stop_bot()
        pair.start_bot()
        forge(pair, head)
        assert (ours(pair, head), len(noted(pair, head)), pair.bot_backlog()) == (1, 1, 1)
        answer_all(pair, number)
        assert says(pair, number)[0] == "success"
