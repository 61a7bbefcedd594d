"""One pull request from opening to merge, against a GitHub that we did not write.

The bot is the real one: `build(settings)`, its web application, its job layer, its SQLite record,
and PyGithub. On the other side stands `emulate@0.12.2`; between them our shim (`shim.py`), which
fills its holes.

These asserts rest on the emulator alone; they are made at its own address, not through the shim:
- The App's JWT is verified: the right key is let in, a wrong one gets 401.
- The token was issued for this App and installation with exactly the permissions we ask for, and
  in a private repository these are what lets the bot write.
- `pull_request` events are signed by the emulator, and reach the bot byte for byte.
- Comment and check run exist, one of each, written by `empty-chair[bot]`; their texts; the
  conclusion, first `action_required`, then `success`.
- Branch protection refuses the merge while the check is not green, and merges afterwards. (GitHub
  answers 405 there, the emulator 422.)
- The files by which the bot decides how much to ask come from the emulator's own comparison of
  two commits.

These need the shim's help:
- That a tick reaches the bot as GitHub would say it: `issue.pull_request` and
  `changes.body.from` are added, and so those events carry the shim's signature. That a person
  edited the comment, and what it then says, is the emulator's own.
  (Where `changes` is missing, the bot falls back on the text that it published last; so the story
  would end well without that part of the shim, and the shim is asked whether it was there.)
- That deliveries have ids of their own, so that a second delivery is known as one.
- That the changed files are found where the bot looks for them, under `pulls/N/files`.
- That PyGithub's request for a token, with empty permissions, gives a token that may write.

That the record says decided, complete and not bypassed is asked of the bot itself.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from pydantic import SecretStr

from bot.core.gate import Gate, standing
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.gateways.github_auth import app_auth
from bot.main import App, build
from bot.sandbox.app_key import make_app_key
from bot.sandbox.server import Server
from bot.settings import GitHubSettings, JobsSettings, Settings
from bot.store import reviews
from bot.views.github_boxes import parse_comment, ticks_between
from bot.views.github_check import NAME
from bot.views.github_comment import MARKER, same
from bot.views.github_comment import comment as rendered
from tests.stories.emulator import REQUIRE, Emulator, need, node
from tests.stories.shim import WEBHOOKS, Delivery, Shim

APP_ID, INSTALLATION, BOT = 4711, 815, "empty-chair[bot]"
REPOSITORY, BRANCH, FILE = "acme/shop", "late-parcels", "templates/order.html"
PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
ENFORCE = "mode:\n  - {repositories: '**', mode: enforce}\n"
WHY = "When a parcel is late, I want to read it in the shop, so that I need not call."
ANSWERS = (
    "why=accept",
    "who=existing",
    "who=done",
    "effect=better",
    "feeling=relieved",
    "voice=assumed",
)
SECONDS = 10.0  # the longest that any single step may take
T = TypeVar("T")
Json = dict[str, Any]


class Person:
    """Somebody with a token, at one address."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._session = url, requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, **body: Any) -> requests.Response:
        """One request below the repository."""
        url = f"{self._url}/repos/{REPOSITORY}{path}"
        return self._session.request(method, url, json=body or None, timeout=SECONDS)

    def get(self, path: str) -> Any:
        """What GitHub answers; it must be a success."""
        return self._ok(self.ask("GET", path))

    def do(self, method: str, path: str, **body: Any) -> Any:
        """A change that must succeed."""
        return self._ok(self.ask(method, path, **body))

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    @staticmethod
    def _ok(response: requests.Response) -> Any:
        assert response.ok, f"{response.status_code} {response.text}"
        return response.json() if response.content else None


@dataclass
class Stage:
    """The emulator, the shim, the bot and the people."""

    emulator: Emulator
    shim: Shim
    bot: App
    private_key: str
    author: Person
    maintainer: Person  # at the emulator's own address
    clicking: Person  # the maintainer too, through the shim, which sees what an edit replaces

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        """Look until there is something to see."""
        deadline = time.monotonic() + SECONDS
        while not (found := look()):
            if time.monotonic() > deadline:
                told = [f"{d.event} {d.id} -> {d.status}" for d in self.shim.deliveries]
                asked = [f"{a.method} {a.path} -> {a.status}" for a in self.shim.requests]
                pytest.fail("\n".join([f"Waited in vain: {what}.", *told, *asked]))
            time.sleep(0.02)
        return found

    def open_pull_request(self) -> Json:
        """The author writes a file on a branch and asks for it to be merged."""
        main = self.author.get("/git/ref/heads/main")["object"]["sha"]
        self.author.do("POST", "/git/refs", ref=f"refs/heads/{BRANCH}", sha=main)
        page = "<p>Your parcel is late. It comes on {{ day }}.</p>\n"
        content = base64.b64encode(page.encode()).decode()
        said = {"message": "Say when a parcel is late", "content": content, "branch": BRANCH}
        self.author.do("PUT", f"/contents/{FILE}", **said)
        asked = {"title": "Say when a parcel is late", "head": BRANCH, "base": "main", "body": WHY}
        pull: Json = self.author.do("POST", "/pulls", **asked)
        return pull

    def comments(self, pull: Json) -> list[Json]:
        """Every comment of the bot, as it stands in the emulator."""
        found: list[Json] = self.maintainer.get(f"/issues/{pull['number']}/comments")
        return [c for c in found if c["user"]["login"] == BOT]

    def checks(self, pull: Json) -> list[Json]:
        """Every check run on the head commit, as it stands in the emulator."""
        path = f"/commits/{pull['head']['sha']}/check-runs?filter=all"
        runs: list[Json] = self.maintainer.get(path)["check_runs"]
        return runs

    def merge(self, pull: Json) -> requests.Response:
        """The maintainer presses the button."""
        return self.maintainer.ask("PUT", f"/pulls/{pull['number']}/merge", merge_method="merge")

    def tick(self, pull: Json, box: str) -> None:
        """The maintainer clicks one box of the comment, as the browser does: by editing it.

        A browser does not send an edit of a text that has changed since. So the click waits until
        the comment shows the record.
        """
        shown = self.wait("the comment shows the record", lambda: self.shown(pull))
        before = self.version(pull)
        text = ticked(shown["body"], box)
        self.clicking.do("PATCH", f"/issues/comments/{shown['id']}", body=text)
        self.wait(f"the record takes {box}", lambda: self.version(pull) > before)

    def shown(self, pull: Json) -> Json | None:
        """The bot's comment, if it shows the record and the bot is at rest."""
        review, found = self.review(pull), self.comments(pull)
        if not review or not found or not self.bot.jobs.wait_idle(0):
            return None
        return found[0] if same(found[0]["body"], rendered(review)) else None

    def review(self, pull: Json) -> Review | None:
        """The bot's record of a pull request."""
        repository = pull["base"]["repo"]["id"]
        with self.bot.store.read() as connection:
            return reviews.load(connection, repository, pull["number"])

    def version(self, pull: Json) -> int:
        """How often the record was saved."""
        review = self.review(pull)
        return review.version if review else 0

    def everything(self, pull: Json) -> tuple[object, ...]:
        """All that a webhook could change."""
        kept = self.maintainer.get(f"/pulls/{pull['number']}")
        writes = [asked for asked in self.shim.requests if asked.method != "GET"]
        return self.review(pull), self.comments(pull), self.checks(pull), kept, writes


def ticked(text: str, box: str) -> str:
    """The text with that one box ticked, and nothing else changed."""
    assert parse_comment(text)[box] is False
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if f"<!-- box {box} -->" in line) - 1
    lines[at] = lines[at].replace("- [ ]", "- [x]", 1)
    after = "\n".join(lines)
    assert ticks_between(text, after) == {box: True}
    return after


def seed(private_key: str, webhook_url: str, webhook_secret: str) -> Json:
    """What the emulator begins with: an organisation, its repository, two people and our App."""
    return {
        "tokens": {
            "author-token": {"login": "author"},
            "maintainer-token": {"login": "maintainer"},
        },
        "github": {
            "users": [{"login": "author"}, {"login": "maintainer"}],
            "orgs": [{"login": "acme", "members": [{"login": "maintainer", "role": "admin"}]}],
            "repos": [{"owner": "acme", "name": "shop", "private": True}],
            "apps": [
                {
                    "app_id": APP_ID,
                    "slug": "empty-chair",
                    "name": "Empty Chair",
                    "private_key": private_key,
                    "permissions": PERMISSIONS,
                    "events": ["check_run", "check_suite", "issue_comment", "pull_request"],
                    "webhook_url": webhook_url,
                    "webhook_secret": webhook_secret,
                    "installations": [{"installation_id": INSTALLATION, "account": "acme"}],
                }
            ],
        },
    }


def settings(folder: Path, github_url: str, private_key: str, secret: str) -> Settings:
    """The bot's own, as an operator would set them; its checklists enforce everywhere."""
    checklists = folder / "checklists"
    checklists.mkdir()
    (checklists / "organisation.yaml").write_text(ENFORCE)
    return Settings(
        database_url=f"sqlite:///{folder / 'emptychair.db'}",
        secret_key=SecretStr(secrets.token_hex(32)),
        checklists_dir=checklists,
        github=GitHubSettings(
            base_url=github_url,
            app_id=APP_ID,
            private_key=SecretStr(private_key),
            webhook_secret=(SecretStr(secret),),
            quiet_seconds=0.1,
        ),
        jobs=JobsSettings(workers=2),
    )


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Everything running; all of it is stopped afterwards, whatever happened."""
    key, secret = make_app_key(), secrets.token_hex(16)
    with ExitStack() as stack:
        shim = Shim(secret)
        shim.start()
        stack.callback(shim.stop)
        emulator = Emulator(tmp_path, seed(key.private, shim.url + WEBHOOKS, secret), shim.url)
        stack.callback(emulator.stop)
        emulator.start()
        shim.emulator_url = emulator.url
        bot = build(settings(tmp_path, shim.url, key.private, secret))
        stack.callback(bot.stop)
        bot.start()
        server = Server(bot.web, "localhost", 0)
        stack.callback(server.stop)
        server.start()
        shim.bot_url = server.url
        people = [
            Person(emulator.url, "author-token"),
            Person(emulator.url, "maintainer-token"),
            Person(shim.url, "maintainer-token"),
        ]
        for person in people:
            stack.callback(person.close)
        yield Stage(emulator, shim, bot, key.private, *people)


def test_a_pull_request_waits_for_its_answers_and_is_then_merged(stage: Stage) -> None:
    # The maintainer lets the author push, and protects main: the check must be green.
    stage.maintainer.do("PUT", "/collaborators/author", permission="push")
    required = {"strict": False, "contexts": [NAME]}
    stage.maintainer.do("PUT", "/branches/main/protection", required_status_checks=required)

    # The author opens a pull request that customers would notice.
    pull = stage.open_pull_request()

    # The bot posts its comment and its check into the emulator: five questions, none answered.
    comment = stage.wait("a comment", lambda: stage.comments(pull))[0]
    check = stage.wait("a check run", lambda: stage.checks(pull))[0]
    assert comment["body"].startswith(MARKER)
    assert comment["user"]["type"] == "Bot"
    boxes = list(parse_comment(comment["body"]))
    answers = [next(box for box in boxes if box.startswith(answer)) for answer in ANSWERS]
    assert (check["name"], check["status"]) == (NAME, "completed")
    assert check["conclusion"] == "action_required"
    assert check["output"]["title"] == "0 of 5 answered"
    review = stage.review(pull)
    assert review is not None
    assert review.tier is Tier.R1
    assert FILE in review.reasons[0].text

    # It did so with a token that the emulator gave it for this installation.
    (token,) = installation_tokens(stage)
    assert token["app"]["id"] == APP_ID
    assert token["installation"]["id"] == INSTALLATION
    assert token["permissions"] == PERMISSIONS
    assert answered_by(stage, "POST", "/access_tokens") == {"emulate"}
    assert answered_by(stage, "POST", "/comments") == {"emulate"}
    assert answered_by(stage, "POST", "/check-runs") == {"emulate"}
    assert answered_by(stage, "GET", "/files") == {"shim"}

    # Nobody can merge yet: the emulator's own branch protection refuses.
    refused = stage.merge(pull)
    assert refused.status_code == 422
    assert "Required status checks" in refused.json()["message"]

    # The maintainer ticks one box after the other; "why" accepts the description's own words.
    first, *others = answers
    stage.tick(pull, first)
    answered = stage.wait("the tally", lambda: with_title(stage.checks(pull), "1 of 5 answered"))
    assert answered["conclusion"] == "action_required"
    assert stage.merge(pull).status_code == 422
    for box in others:
        stage.tick(pull, box)

    # The check turns green, and the comment says thank you.
    green = stage.wait("a green check", lambda: with_conclusion(stage.checks(pull), "success"))
    assert green["id"] == check["id"]
    assert green["output"]["title"].startswith("Complete")
    done = stage.wait("a complete comment", lambda: with_text(stage.comments(pull), "complete ✅"))
    assert done["id"] == comment["id"]
    assert WHY in done["body"]

    # Now the merge goes through.
    merged = stage.merge(pull)
    assert merged.status_code == 200, merged.text
    assert stage.maintainer.get(f"/pulls/{pull['number']}")["merged"] is True
    assert stage.maintainer.get("/git/ref/heads/main")["object"]["sha"] == merged.json()["sha"]

    # The record says who answered what, and that nobody went past the gate.
    stage.wait("the decision", lambda: stage.review(pull) if decided(stage, pull) else None)
    review = stage.review(pull)
    assert review is not None
    assert standing(review).gate is Gate.COMPLETE
    assert not review.bypassed
    assert {answer.by.login for answer in review.answers} == {"maintainer"}
    assert {answer.question for answer in review.answers} == {
        "who",
        "why",
        "effect",
        "feeling",
        "voice",
    }
    why = review.answer("why")
    assert why is not None
    assert why.text == WHY

    # Every webhook was signed by the emulator; only events of comments were signed again by us.
    stage.wait("the last webhook", lambda: "closed" in actions(stage))
    told = list(stage.shim.deliveries)
    assert {d.event for d in told if d.resigned} == {"issue_comment"}
    assert {d.event for d in told if not d.resigned} == {"check_run", "pull_request"}
    assert {d.status for d in told} == {200, 202}
    assert len({d.id for d in told}) == len(told)
    edits = [edit for edit in map(payload, told) if edit["action"] == "edited"]
    clicks = [edit for edit in edits if edit["sender"]["login"] == "maintainer"]
    ticks = [ticks_between(c["changes"]["body"]["from"], c["comment"]["body"]) for c in clicks]
    assert sorted(ticks, key=str) == sorted(({box: True} for box in answers), key=str)

    # The same webhooks once more, first with the same ids and then with new ones: nothing changes.
    assert stage.bot.jobs.wait_idle(SECONDS)
    once = stage.everything(pull)
    for delivery in told:
        for id in (delivery.id, f"{delivery.id}-again"):
            status = stage.shim.send(delivery.event, id, delivery.body, delivery.signature)
            assert status == (200 if id == delivery.id else delivery.status)
    assert stage.bot.jobs.wait_idle(SECONDS)
    assert stage.everything(pull) == once
    assert len(stage.comments(pull)) == 1
    assert len(stage.checks(pull)) == 1


def test_the_emulator_lets_in_the_key_of_the_app_and_no_other(stage: Stage) -> None:
    right = app_auth(APP_ID, stage.private_key).create_jwt()
    wrong = app_auth(APP_ID, make_app_key().private).create_jwt()
    path = f"{stage.emulator.url}/app/installations/{INSTALLATION}/access_tokens"
    answers = {}
    with requests.Session() as session:
        session.trust_env = False
        for name, jwt in (("wrong", wrong), ("right", right)):
            headers = {"Authorization": f"Bearer {jwt}"}
            answers[name] = session.post(path, headers=headers, timeout=SECONDS)
    assert answers["wrong"].status_code == 401
    assert answers["right"].status_code == 201
    assert answers["right"].json()["permissions"] == PERMISSIONS


def test_a_missing_emulator_skips_the_story_unless_stories_are_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "index.js"
    monkeypatch.delenv(REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="make setup-dev"):
        need(node(), missing)
    monkeypatch.setenv(REQUIRE, "1")
    with pytest.raises(pytest.fail.Exception, match="make setup-dev"):
        need(node(), missing)


def test_an_emulator_that_does_not_start_says_why(tmp_path: Path) -> None:
    keyless = {"github": {"apps": [{"app_id": APP_ID, "slug": "empty-chair", "name": "No key"}]}}
    emulator = Emulator(tmp_path, keyless, "http://localhost")
    with pytest.raises(RuntimeError, match="requires private_key"):
        emulator.start()
    emulator.stop()


def installation_tokens(stage: Stage) -> list[Json]:
    """The tokens that the emulator gave out, by its own account."""
    url = f"{stage.emulator.url}/_emulate/installation-tokens"
    with requests.Session() as session:
        session.trust_env = False
        tokens: list[Json] = session.get(url, timeout=SECONDS).json()["installation_tokens"]
    return tokens


def answered_by(stage: Stage, method: str, ending: str) -> set[str]:
    """Who answered the bot's successful requests of that kind."""
    found = [a for a in stage.shim.requests if a.method == method and a.path.endswith(ending)]
    assert all(asked.status < 300 for asked in found)
    return {asked.by for asked in found}


def payload(delivery: Delivery) -> Json:
    """What a webhook says."""
    told: Json = json.loads(delivery.body)
    return told


def actions(stage: Stage) -> list[str]:
    """What the webhooks that have arrived say happened."""
    return [payload(delivery)["action"] for delivery in list(stage.shim.deliveries)]


def with_title(runs: list[Json], title: str) -> Json | None:
    return next((run for run in runs if run["output"]["title"] == title), None)


def with_conclusion(runs: list[Json], conclusion: str) -> Json | None:
    return next((run for run in runs if run["conclusion"] == conclusion), None)


def with_text(comments: list[Json], text: str) -> Json | None:
    return next((comment for comment in comments if text in comment["body"]), None)


def decided(stage: Stage, pull: Json) -> bool:
    review = stage.review(pull)
    return review is not None and review.state is State.DECIDED
