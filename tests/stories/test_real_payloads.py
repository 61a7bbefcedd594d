"""Every payload that GitHub's people publish, posted to the whole bot: what comes of it.

The payloads are real (`octokit.py`), or made of real ones where they lack something
(`derived.py`). GitHub is one in which everything exists (`anywhere.py`).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace

import pytest

from bot.inbound.github import MOST
from tests import make
from tests.stories.derived import derived
from tests.stories.listening import Listening
from tests.stories.octokit import Example, Json, heard, in_a_place_of_its_own, installed
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
    "ping": KEPT,
    "repository.publicized": KEPT,
    "repository.privatized": KEPT,
}


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


def test_the_webhook_of_a_repository_is_told_to_use_that_of_the_app(
    bot: Listening, real: list[Example]
) -> None:
    for example in heard(real):
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
    for example in heard(real):
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
