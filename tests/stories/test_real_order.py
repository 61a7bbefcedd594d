"""Real payloads in any order and more than once: the record comes out the same."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.core.review import State
from tests import make
from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, heard, installed

ORDERS = ["in order", "twice", "backwards", "shuffled 1", "shuffled 2", "shuffled 3"]


def in_some_order(told: list[Example], order: str) -> list[Example]:
    """`twice`: all come once more at the end."""
    if order == "twice":
        return told + told
    if order == "backwards":
        return told[::-1]
    if order.startswith("shuffled"):
        return random.Random(order).sample(told, len(told))
    return told


def record(bot: Listening, pull: Json) -> tuple[object, ...]:
    """All that is kept of a pull request, without when it was seen; and all that people see."""
    repository, number = pull["base"]["repo"], pull["number"]
    review = bot.review(repository["id"], number)
    if review is None:
        return (None, [], [])
    where = replace(review.pull_request.repository, installation=0, private=False)
    kept = replace(
        review,
        subject=replace(review.pull_request, repository=where),
        opened_at=make.NOW,
        offered=(),  # what a description offered on the way depends on the way
        id=0,
        version=0,
    )
    name = repository["full_name"]
    comments = [said["body"] for said in bot.github.comments[name, number].values()]
    checks = [
        (run["head_sha"], run["conclusion"], run["output"])
        for run in bot.github.checks[name].values()
        if run["head_sha"] == pull["head"]["sha"]
    ]
    return (kept, comments, checks)


def post_all(bot: Listening, told: list[Example], truth: Json, order: str) -> None:
    """Post them while GitHub says of the pull request what `truth` does."""
    for example in told:
        bot.github.hear(example.payload)
    bot.github.hear(truth)
    for example in in_some_order(told, order):
        answer = bot.post(example.event, installed(example.payload))
        assert answer.status in (200, 202), (example.name, answer)
        if order == "twice":
            again = bot.post(example.event, installed(example.payload), again=True)
            assert again.status == 200, (example.name, again)
    bot.settle()


@pytest.fixture(scope="module")
def in_order(
    tmp_path_factory: pytest.TempPathFactory, real: list[Example], pull: Json
) -> tuple[object, ...]:
    """What comes of them one after the other."""
    told = heard(real)
    truth = next(e.payload for e in told if e.name == "pull_request.ready_for_review")
    with capture_logs():
        listening = Listening(tmp_path_factory.mktemp("in-order") / "bot", pull)
        post_all(listening, told, truth, "in order")
        found = record(listening, truth["pull_request"])
        listening.stop()
    return found


@pytest.mark.parametrize("order", ORDERS)
def test_in_whatever_order_and_however_often_they_come_the_record_is_the_same(
    bot: Listening, real: list[Example], in_order: tuple[object, ...], order: str
) -> None:
    told = heard(real)
    truth = next(e.payload for e in told if e.name == "pull_request.ready_for_review")
    post_all(bot, told, truth, order)
    found = record(bot, truth["pull_request"])
    assert found == in_order
    _kept, comments, checks = found
    assert (len(comments), len(checks)) == (1, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ORDERS[:4])
def test_a_pull_request_that_is_closed_by_now_is_never_asked_about_again(
    bot: Listening, real: list[Example], order: str
) -> None:
    """Three examples tell of the same second: ready, a draft again, closed. GitHub says: closed."""
    told = [example for example in real if example.event == "pull_request"]
    truth = next(e.payload for e in told if e.name == "pull_request.closed")
    post_all(bot, told, truth, order)
    pull = truth["pull_request"]
    review = bot.review(pull["base"]["repo"]["id"], pull["number"])
    assert review is None or review.state is State.WITHDRAWN


def test_what_comes_in_the_second_of_its_closing_opens_nothing(
    bot: Listening, real: list[Example]
) -> None:
    told = {example.name: example.payload for example in real}
    closed, ready = told["pull_request.closed"], told["pull_request.ready_for_review"]
    bot.github.hear(closed)
    for payload in (closed, ready):
        assert bot.post("pull_request", installed(payload)).status == 202
        bot.settle()
    pull = closed["pull_request"]
    assert record(bot, pull) == (None, [], [])
