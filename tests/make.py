"""Builders for tests below the flows: a database, a review with everything, a GitHub payload."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.answers import Answer, Door, Evidence, Fate
from bot.core.course import (
    Consent,
    Course,
    Decision,
    Dismissal,
    Prediction,
    Resolution,
    Stance,
)
from bot.core.facts import Actor
from bot.core.grammar import Given, Piece
from bot.core.prefill import Prefill
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Ruling, Sample
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.waivers import Waiver
from bot.store.engine import open_engine
from bot.store.schema import migrate
from bot.store.store import Store
from tests import examples

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
SECRET = "3f1c0f0e-a secret"
SHA = "a" * 40


PIECE = Piece("asked", "Größe", "https://example.org/3", date(2026, 2, 20), "admins", True, "C1")
COURSE = Course(
    Actor(-3, "research-lead"),
    (Actor(12, "reviewer"),),
    date(2026, 3, 9),
    (Consent(Stance.CONDITION, "tell them first 🛒", Actor(-4, "lead"), NOW, True, True),),
    Decision(
        Resolution.CONDITIONS, "We raise it.", Actor(-3, "research-lead"), NOW, "in March",
        Prediction("leaving", "3 %", "4 %", 70), date(2026, 5, 1), True,
    ),
    Dismissal("a thought", Actor(12, "reviewer"), NOW),
)  # fmt: skip


def database(folder: Path) -> str:
    """The URL of a fresh database at the newest schema, in this folder."""
    file = folder / "emptychair.db"
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@functools.cache
def _migrated() -> bytes:
    """Migrating takes a third of a second; copying the result does not."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()


def store(folder: Path, busy_seconds: float = 10) -> Store:
    """A store over a fresh database. Close it."""
    return Store(open_engine(database(folder), busy_seconds))


def wait_until(condition: Callable[[], object], seconds: float = 5) -> None:
    """Return as soon as the condition holds; fail when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def full_review() -> Review:
    """A review in which every field differs from its default."""
    by, later = Actor(12, "reviewer"), NOW + timedelta(minutes=7)
    text = "Größere Läden 🛒 – “endlich” \u202eesrever\u202c\n" + "lang " * 20_000
    return replace(
        examples.review(examples.PRICE, labels=("pricing", "größer 🛒"), draft=True, title="Ä 🛒"),
        state=State.DECIDED,
        exempt="opened by renovate[bot]",
        quiet=True,
        answers=(
            Answer("who", ("paying", "new"), "", by, NOW, Door.COMMENT),
            Answer("why", (), text, Actor(13, "ada"), later, Door.DESCRIPTION, "your description"),
            Answer(
                "reach", (), "nobody", by, later, Door.COMMAND, "", True, "new", 901, Fate.EDITED,
                True,
            ),
        ),
        evidence=(
            Evidence(
                "asked", text, "https://example.org/1", date(2026, 2, 28), "paying", by, NOW,
                Door.COMMENT, "your description", 902, Fate.DELETED, True, "C1", True,
            ),
            Evidence("signal", "", "https://example.org/2", None, "", by, later, Door.COMMENT),
        ),
        triaged=Tier.R2,
        prefills=(Prefill("why", ("a", "b"), "Because", "“Why”", (PIECE,), True),),
        offered=(Prefill("why", (), "Before", "your first lines"),),
        quotes=(Prefill("voice", (), "", "tickets 7", (PIECE,)),),
        drafted=(Prefill("why", (), "Perhaps", "a draft", (), False, "assumed", ("a.css",)),),
        suggestions=(
            Suggestion("voice", Given(piece=PIECE), by, NOW, Door.COMMAND, True, 903),
        ),
        waivers=(
            Waiver(
                "reach", NOW.date(), "later", by, NOW, Door.COMMAND, True, 904, Fate.EDITED, True
            ),
            Waiver("pause", None, "a release", by, NOW, Door.COMMAND),
        ),
        rulings=(
            Ruling(
                Ruled.ATTESTED, Tier.R0, "a typo", by, NOW, Door.COMMAND, ("a", "b"),
                Sample.WAITING, True, True, 905, Fate.DELETED,
            ),
        ),
        last_picked="who",
        course=COURSE,
        bypassed=True,
        first_answer_at=NOW,
        completed_at=later,
        decided_at=later + timedelta(microseconds=1),
        owner="Checkout",
    )  # fmt: skip


def signature(body: bytes, secret: str = SECRET) -> str:
    """What GitHub writes into X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers(event: str, body: bytes, delivery: str = "d-1", secret: str = SECRET) -> dict[str, str]:
    """The headers of a delivery, rightly signed."""
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": signature(body, secret),
    }


def payload(event: str, action: str, **changes: Any) -> dict[str, Any]:
    """The payload of an event as GitHub sends it; `changes` replace top-level keys."""
    common = {
        "action": action,
        "repository": {
            "id": 501,
            "full_name": "acme/shop",
            "private": True,
            "default_branch": "trunk",
        },
        "installation": {"id": 7},
        "sender": {"id": 12, "login": "reviewer", "type": "User"},
    }
    return {**common, **_PARTS[event](), **changes}


def as_body(content: object) -> bytes:
    """JSON as GitHub writes it."""
    return json.dumps(content, ensure_ascii=False).encode()


def _pull_request() -> dict[str, Any]:
    return {
        "number": 12,
        "pull_request": {
            "number": 12,
            "title": "Make exports faster",
            "body": "Exports take too long.",
            "user": {"id": 11, "login": "author", "type": "User"},
            "head": {"sha": SHA, "ref": "faster", "repo": {"id": 501}},
            "base": {"sha": "b" * 40, "ref": "trunk", "repo": {"id": 501}},
            "labels": [{"id": 1, "name": "pricing"}],
            "draft": False,
            "state": "open",
            "merged": False,
            "merged_at": None,
            "updated_at": "2026-03-02T09:30:00Z",
            "html_url": "https://github.com/acme/shop/pull/12",
        },
    }


def _issue_comment() -> dict[str, Any]:
    return {
        "issue": {"number": 12, "pull_request": {"url": "https://api.github.com/…/pulls/12"}},
        "comment": {
            "id": 900,
            "body": "after",
            "updated_at": "2026-03-02T09:31:00Z",
            "user": {"id": 41, "login": "empty-chair[bot]", "type": "Bot"},
            "performed_via_github_app": {"id": 1},
            "author_association": "NONE",
            "node_id": "IC_900",
        },
        "changes": {"body": {"from": "before"}},
    }


def _check_run() -> dict[str, Any]:
    return {
        "check_run": {
            "id": 4_100,
            "name": "Customer impact",
            "head_sha": SHA,
            "status": "completed",
            "conclusion": "success",
            "app": {"id": 1, "slug": "empty-chair"},
            "pull_requests": [{"number": 12}, {"number": 13}],
        },
        "requested_action": {"identifier": "recheck"},
    }


def _status() -> dict[str, Any]:
    return {
        "id": 3_500,
        "sha": SHA,
        "name": "acme/shop",
        "context": "Customer impact",
        "state": "success",
        "description": None,
        "target_url": None,
    }


def _check_suite() -> dict[str, Any]:
    return {"check_suite": {"head_sha": SHA, "head_branch": None, "pull_requests": []}}


def _merge_group() -> dict[str, Any]:
    head_ref = f"refs/heads/gh-readonly-queue/trunk/pr-12-{'b' * 40}"
    return {"merge_group": {"head_sha": SHA, "base_sha": "b" * 40, "head_ref": head_ref}}


def _installation() -> dict[str, Any]:
    return {
        "installation": {"id": 7, "account": {"login": "acme"}},
        "repositories": [{"id": 501, "full_name": "acme/shop"}],
    }


def _installation_repositories() -> dict[str, Any]:
    return {
        "installation": {"id": 7, "account": {"login": "acme"}},
        "repositories_added": [{"id": 502, "full_name": "acme/till"}],
        "repositories_removed": [],
    }


_PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "status": _status,
    "merge_group": _merge_group,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "repository": dict,
}
