"""Every payload that GitHub's people publish, posted to the whole bot: what comes of it.

The payloads are real (`octokit.py`), or made of real ones where they lack something
(`derived.py`). GitHub is one in which everything exists (`anywhere.py`).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace

import pytest
from structlog.testing import capture_logs

from bot.core.review import State
from bot.inbound.github import MOST
from bot.inbound.github_events import READERS
from tests import make
from tests.stories.derived import derived
from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, in_a_place_of_its_own, installed
from tests.stories.octokit import repositories as named


@dataclass(frozen=True)
class Effect:
    """What a payload does where nothing was known before: how the door answers, where the review
    stands and how much of it is answered, how many comments of ours there are, and the conclusions
    of our checks."""

    status: int = 202
    review: str = ""
    answers: int = 0
    comments: int = 0
    checks: tuple[str, ...] = ()


NOTHING = Effect(200)  # "Nothing to do for this event."
KEPT = Effect()  # noted, or looked at; nobody sees anything of it
ASKED = Effect(review="open", comments=1, checks=("action_required",))
SILENT = Effect(review="open", checks=("action_required",))  # a draft: only the check says so
SPARED = Effect(review="open", checks=("success",))  # a bot's: nobody is asked
OBEYED = replace(ASKED, answers=1)
QUEUED = Effect(review="open", comments=1, checks=("action_required", "action_required"))
SEEDED = Effect(checks=("success",))  # on the default branch, so that it can be made required
# What is not named here has no effect. A name without the part behind the comma stands for all
# that are not named with it.
TABLE = {
    "check_suite.rerequested": ASKED,
    "check_suite.rerequested, of a fork": KEPT,  # whose pull request nobody has seen
    "check_run.rerequested, ours": ASKED,
    "check_run.rerequested, ours, of a fork": KEPT,
    "check_run.requested_action, our button": ASKED,
    "installation.created": SEEDED,
    "installation.created, no repository yet": KEPT,
    "installation.deleted": KEPT,
    "installation.suspend": KEPT,
    "installation.unsuspend": KEPT,
    "installation_repositories.added": SEEDED,
    "issue_comment.created, talk": KEPT,
    "issue_comment.created, a command": OBEYED,
    "issue_comment.created, a command by a bot": KEPT,
    "issue_comment.created, another App": KEPT,
    "issue_comment.created, author deleted": KEPT,
    "issue_comment.edited, talk": KEPT,
    "issue_comment.edited, a command": OBEYED,
    "issue_comment.edited, a command by a bot": KEPT,
    "issue_comment.edited, another App": KEPT,
    "issue_comment.edited, author deleted": KEPT,
    "issue_comment.edited, nothing said of it": KEPT,
    "issue_comment.deleted, talk": KEPT,
    "issue_comment.deleted, a command": KEPT,
    "issue_comment.deleted, a command by a bot": KEPT,
    "issue_comment.deleted, another App": KEPT,
    "issue_comment.deleted, author deleted": KEPT,
    "merge_group.checks_requested": QUEUED,
    "merge_group.checks_requested, odd branch": NOTHING,
    "pull_request.opened": ASKED,
    "pull_request.opened, a draft": SILENT,
    "pull_request.opened, by a bot": SPARED,
    "pull_request.edited": ASKED,
    "pull_request.synchronize": ASKED,
    "pull_request.reopened": ASKED,
    "pull_request.ready_for_review": ASKED,
    "pull_request.converted_to_draft": SILENT,
    "pull_request.labeled": ASKED,
    "pull_request.unlabeled": ASKED,
    "pull_request.closed": KEPT,  # closed before we ever saw it: none of ours
    "repository.publicized": KEPT,
    "repository.privatized": KEPT,
}


def concerns_us(example: Example) -> bool:
    return example.event in READERS


def kind(label: str) -> str:
    """`event.action`, without how it differs."""
    return label.split(",")[0]


def effect(bot: Listening, status: int, payload: Json) -> Effect:
    """What there is by now, in the one repository that a payload is about."""
    repository = (named(payload) or [{"id": 0, "full_name": ""}])[0]
    name = repository["full_name"]
    found = [bot.review(repository["id"], number) for number in (1, 2, 104)]
    reviews = [review for review in found if review]
    state = ",".join(review.state.value for review in reviews)
    answers = sum(len(review.answers) for review in reviews)
    comments = [c for key, said in bot.github.comments.items() if key[0] == name for c in said]
    checks = [check["conclusion"] for check in bot.github.checks[name].values()]
    return Effect(status, state, answers, len(comments), tuple(checks))


def test_every_payload_has_the_effect_that_the_table_says(
    bot: Listening, real: list[Example]
) -> None:
    told = [(example.name, example) for example in real] + list(derived(real))
    assert len(real) == 329
    posted = []
    for number, (label, example) in enumerate(told):
        payload = installed(in_a_place_of_its_own(example.payload, number))
        bot.github.hear(payload)
        posted.append((label, payload, bot.post(example.event, payload)))
    bot.settle()
    expected = {label: TABLE.get(label) or TABLE.get(kind(label), NOTHING) for label, _ in told}
    found = [(label, effect(bot, answer.status, raw)) for label, raw, answer in posted]
    assert [pair for pair in found if pair[1] != expected[pair[0]]] == []
    said = {answer.text for _, _, answer in posted if answer.status == 200}
    assert said == {"Nothing to do for this event."}
    labels = {part for label, _ in told for part in (label, kind(label))}
    assert set(TABLE) <= labels, "the table names what no payload tells"


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
    where = replace(review.subject.repository, installation=0, private=False)
    kept = replace(
        review,
        subject=replace(review.subject, repository=where),
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
    told = list(filter(concerns_us, real))
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
    told = list(filter(concerns_us, real))
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


def test_the_webhook_of_a_repository_is_told_to_use_that_of_the_app(
    bot: Listening, real: list[Example]
) -> None:
    for example in filter(concerns_us, real):
        bare = {key: value for key, value in example.payload.items() if key != "installation"}
        answer = bot.post(example.event, bare)
        effect = TABLE.get(example.name, NOTHING)
        if effect.status == 200:
            assert answer.status == 200, example.name
        else:
            assert answer.status == 400, example.name
            assert "installation" in answer.text


def test_one_byte_changed_on_the_way_is_refused(bot: Listening, real: list[Example]) -> None:
    place = random.Random(1)
    for example in filter(concerns_us, real):
        body = bytearray(json.dumps(installed(example.payload)).encode())
        headers = make.headers(example.event, bytes(body))
        body[place.randrange(len(body))] ^= 1
        assert bot.send(bytes(body), headers).status == 401, example.name
    assert bot.github.comments == {}


@pytest.mark.parametrize(("size", "status"), [(MOST, 202), (MOST + 1, 413)])
def test_a_body_of_25_mb_is_taken_and_a_larger_one_is_not(
    bot: Listening, real: list[Example], size: int, status: int
) -> None:
    payload = installed(next(e.payload for e in real if e.name == "pull_request.opened"))
    body = json.dumps({**payload, "padding": ""}).encode()
    body = body[:-2] + b"x" * (size - len(body)) + body[-2:]
    assert len(body) == size
    assert bot.post("pull_request", body).status == status
    bot.settle()
    pull = payload["pull_request"]
    seen = bot.review(payload["repository"]["id"], pull["number"])
    assert (seen is not None) == (status == 202)
