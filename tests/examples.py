"""Named reviews that go through every surface, so that siblings stay siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.facts import Actor, Change, ChangedFile, PullRequest, Repository
from bot.core.gate import settle
from bot.core.organisation import Mode, ModeRule, Organisation
from bot.core.prefill import prefill
from bot.core.review import Review, sync, tick
from bot.store import catalog

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AUTHOR = Actor(11, "author")
REVIEWER = Actor(12, "reviewer")
BOT = Actor(13, "dependabot[bot]", is_bot=True)
CATALOG = catalog.load(None)
ENFORCE = CATALOG.organisation.model_copy(
    update={"mode": (ModeRule(repositories="**", mode=Mode.ENFORCE),)}
)
REPOSITORY = Repository(501, "acme/shop", 7)

BODY = """\
## Why

Exports take too long for people with large shops, and they give up half way.

Fixes #412
"""
THEME = ChangedFile("web/theme.css", 5, 1, "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n")
PRICE = ChangedFile("pricing/plans.json", 1, 1, '@@ -1 +1 @@\n-"price": 12\n+"price": 15\n')
LOCK = ChangedFile("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n")

HOSTILE = (
    "@everyone <script>alert(1)</script> ![x](http://evil.example/x.png) [a](javascript:alert(1))"
    " - [x] done <!-- box who=new --> #1 `code` **bold** | table \u202eesrever\u202c \u200b"
    " http://evil.example www.evil.example https://github.com/acme/shop/issues/1 $x$ a@evil.example"
)


def pull_request(**changes: object) -> PullRequest:
    """A pull request like any other, with what differs."""
    fields: dict[str, object] = {
        "repository": REPOSITORY,
        "number": 12,
        "title": "Make exports faster",
        "body": BODY,
        "author": AUTHOR,
        "head_sha": "a" * 40,
        "base_ref": "main",
        "branch": "faster-exports",
        "labels": (),
        "draft": False,
        "open": True,
        "merged": False,
        "updated_at": NOW,
        "url": "https://github.com/acme/shop/pull/12",
    }
    return PullRequest(**{**fields, **changes})  # type: ignore[arg-type]


def review(
    *files: ChangedFile,
    organisation: Organisation = ENFORCE,
    old: Review | None = None,
    now: datetime = NOW,
    **changes: object,
) -> Review:
    """The review of that pull request, as the flow would open or sync it."""
    subject = pull_request(**changes)
    verdict = CATALOG.triage.decide(
        Change(subject.title, subject.body, subject.labels, files=files or (THEME,))
    )
    offers = prefill(
        CATALOG.checklist.all_questions(), subject.title, subject.body, subject.repository_url, 20
    )
    opened, _ = sync(old, subject, verdict, offers, CATALOG.checklist, organisation, now)
    return settle(old, opened, now)[0]


def answered(before: Review, *boxes: str, by: Actor = REVIEWER) -> Review:
    """The review after somebody ticked these boxes, one after the other."""
    current = before
    for box in boxes:
        ticked, _ = tick(current, {box: True}, by, NOW + timedelta(minutes=3))
        current = settle(current, ticked, NOW + timedelta(minutes=3))[0]
    return current


ALL_OF_R1 = ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept")


def examples() -> Mapping[str, Review]:
    """Every named review."""
    untouched = review()
    asked = review(
        PRICE, title="Raise the price of Pro", body="Costs went up by a fifth this year."
    )
    warn = review(organisation=CATALOG.organisation)
    merged = review(open=False, merged=True, old=answered(untouched, "who=existing"))
    hostile = review(
        ChangedFile("web/`x`](http://evil.example)/@all.css", 1, 1, THEME.patch),
        title=HOSTILE,
        body=f"## Why\n\n{HOSTILE}\n\n## What changes\n\n{HOSTILE}",
        author=Actor(14, "author"),
    )
    return {
        "untouched": untouched,
        "picking": answered(untouched, "who=existing"),
        "half_answered": answered(untouched, "who=existing", "why=accept", "effect=better"),
        "complete": answered(untouched, *ALL_OF_R1),
        "assumed": answered(
            untouched, "who=new", "why=accept", "effect=different", "feeling=confused",
            "voice=assumed",
        ),
        "most_asked": asked,
        "most_asked_begun": answered(asked, "who=paying", "effect=worse", "voice=asked"),
        "warn": warn,
        "shadow": replace(warn, mode=Mode.SHADOW),
        "draft": review(draft=True),
        "quiet_bot": review(author=BOT, title="Bump left-pad from 1.0 to 1.1"),
        "not_needed": review(LOCK, title="Refresh the lock file"),
        "not_needed_any_more": review(LOCK, old=answered(untouched, "who=existing")),
        "bypassed": merged,
        "hostile_text": answered(hostile, "who=existing", "why=accept", "effect=accept"),
    }  # fmt: skip
