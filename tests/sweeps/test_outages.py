"""A third of what GitHub tells never arrives, or all of it for a while; ten minutes later nobody
can tell from the record, the checks and the comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.core.review import State
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import MARKER
from tests.flows.people import ALL, LOCK, PRICE, THEME
from tests.sweeps.conftest import Clock, Days, running

FACE: dict[str, Any] = {
    "title": "Add a dark theme",
    "body": "Asked for.\n\nFixes #4",
    "author": "author",
}
LIST, ASK = "GET /app/hook/deliveries", "POST /app/hook/deliveries/{id}/attempts"


def calm(days: Days) -> None:
    """What everybody knows of before anything goes wrong."""
    github = days.pair.github
    for n in range(6):
        github.open_pull_request(**{**FACE, "title": f"Theme {n}"}, files=(THEME,))
        days.settle()
    github.comment(2, ALL, "author")
    days.settle()


def wild(days: Days) -> None:
    """What people do meanwhile: they tick, command, push, merge, close and open."""
    github = days.pair.github
    click(days, 1, "effect=better", "reviewer")
    github.push(1, (THEME, PRICE))
    days.clock.forward(seconds=2)
    click(days, 1, "who=existing", "writer")
    assert github.merge(2).merged
    github.comment(3, ALL, "author")
    days.clock.forward(seconds=2)
    click(days, 3, "who=new", "writer")
    github.close(4)
    days.clock.forward(seconds=2)
    github.edit_pull_request(5, title="A theme for the night", body=FACE["body"] + "\n\nMore.")
    github.set_draft(6, True)
    days.clock.forward(seconds=2)
    click(days, 5, "who=new", "reviewer")
    click(days, 5, "who=new", "reviewer", on=False)
    github.open_pull_request(**FACE, files=(THEME,))
    github.open_pull_request(**FACE, files=(LOCK,))
    days.clock.forward(seconds=2)
    github.comment(7, ALL, "author")
    days.clock.forward(seconds=2)
    github.push(7, (THEME, LOCK))
    github.open_pull_request(**FACE, files=(THEME,))
    days.clock.forward(seconds=2)
    github.close(9)


def click(days: Days, number: int, box: str, by: str, on: bool = True) -> None:
    """Somebody clicks a box of the comment as it stands, whatever became of the clicks before."""
    github = days.pair.github
    with github.state.lock:
        comment = next(c for c in github.bot_comments(number) if MARKER in c.body)
        boxes = list(parse_comment(comment.body))
        index = next(i for i, name in enumerate(boxes) if name.startswith(box))
        github.tick(comment.id, index, by, checked=on)
    days.clock.forward(seconds=2)


def all_of_it(days: Days) -> dict[str, Any]:
    """What is on record and what people see, by pull request and what it is."""
    found: dict[str, Any] = {}
    for number in range(1, 10):
        review, run = days.pair.review(number), days.pair.github.check(number)
        comments = [c for c in days.pair.github.bot_comments(number) if MARKER in c.body]
        facts: dict[str, Any] = {} if review is None else {
            "state": review.state,
            "tier": review.tier,
            "title": review.pull_request.title,
            "head": review.pull_request.head_sha == days.pair.github.pull_request(number).head_sha,
            "bypassed": review.bypassed,
            "answers": sorted((a.question, a.picks, a.text, a.by.login) for a in review.answers),
            "check": run and (run.conclusion, run.title),
            "comment": [[b for b, on in parse_comment(c.body).items() if on] for c in comments],
        }  # fmt: skip
        found |= {f"#{number} {name}": value for name, value in facts.items()}
    return found


@pytest.fixture(scope="module")
def untroubled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of it where everything arrives."""
    with running(tmp_path_factory.mktemp("calm"), Clock()) as days:
        calm(days)
        wild(days)
        days.minutes(2)
        return all_of_it(days)


def test_in_calm_days_all_of_it_is_heard(untroubled: dict[str, Any]) -> None:
    states = [untroubled[f"#{number} state"] for number in range(1, 5)]
    assert states == [State.OPEN, State.DECIDED, State.OPEN, State.WITHDRAWN]
    answers = [len(untroubled[f"#{number} answers"]) for number in (1, 2, 3, 5, 7)]
    assert answers == [2, 4, 4, 0, 4]


def a_third_is_lost(days: Days) -> None:
    days.pair.github.faults.lose_deliveries = 1 / 3
    wild(days)
    days.settle()
    days.pair.github.faults.clear()


def all_is_lost(days: Days) -> None:
    days.pair.github.faults.lose_deliveries = 1.0
    wild(days)
    days.settle()
    days.pair.github.faults.clear()


def an_hour_away(days: Days) -> None:
    days.pair.stop_bot()
    wild(days)
    assert days.pair.github.wait_idle(30)
    days.clock.forward(hours=1)
    days.pair.start_bot()


def nothing_is_kept(days: Days) -> None:
    all_is_lost(days)
    days.pair.github.deliveries.clear()


@pytest.mark.parametrize("trouble", [a_third_is_lost, all_is_lost, an_hour_away, nothing_is_kept])
def test_ten_minutes_after_an_outage_nobody_can_tell(
    days: Days, untroubled: dict[str, Any], trouble: Callable[[Days], None]
) -> None:
    calm(days)
    trouble(days)
    days.minutes(10)
    found, wanted = all_of_it(days), dict(untroubled)
    if "#9 state" not in found:  # who is closed before anybody heard of it is none of ours
        wanted = {name: value for name, value in wanted.items() if not name.startswith("#9")}
    if not found["#7 comment"]:  # it was answered before anything was asked: nothing to post
        wanted["#7 comment"] = []
    different = {name: (found.get(name), wanted.get(name)) for name in {*found, *wanted}}
    assert {name: pair for name, pair in different.items() if pair[0] != pair[1]} == {}
    assert days.most[LIST] <= 10
    assert days.most.get(ASK, 0) <= 50
    assert days.pair.bot_backlog() == 0


def test_once_all_is_well_again_each_sweep_costs_a_call_or_two(days: Days) -> None:
    calm(days)
    a_third_is_lost(days)
    days.minutes(15)
    days.pair.github.call_counts.clear()
    days.minutes(20)
    counts = {f"{m} {route}": n for (m, route), n in days.pair.github.call_counts.items()}
    assert 10 <= counts.pop(LIST) <= 12
    assert 4 <= counts.pop("GET /repos/{owner}/{repo}/pulls") <= 6
    assert 4 <= counts.pop("GET /repos/{owner}/{repo}/issues/comments") <= 6
    assert counts == {}
