"""Named reviews that go through every surface, so that siblings stay siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.core.acts import (
    Act,
    Deed,
    Found,
    Inapplicable,
    Judge,
    Pause,
    Suggest,
    TakeOver,
    Tell,
    Tick,
    Waive,
    Withdraw,
)
from bot.core.answers import Door, Evidence
from bot.core.events import Event
from bot.core.facts import Actor, ChangedFile, PullRequest, Repository
from bot.core.gate import settle
from bot.core.grammar import Given, Piece, read
from bot.core.look import Files, look
from bot.core.organisation import Mode, ModeRule, Organisation
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.rulings import Ruled, Sample
from bot.core.take import take
from bot.core.tier import Tier
from bot.store import catalog

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AUTHOR = Actor(11, "author")
REVIEWER = Actor(12, "reviewer")
BOT = Actor(13, "dependabot[bot]", is_bot=True)
CATALOG = catalog.load(None)
ENFORCE = CATALOG.organisation.model_copy(
    update={"mode": (ModeRule(repositories="**", mode=Mode.ENFORCE),)}
)
REPOSITORY = Repository(501, "acme/shop", 7, private=True)

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
    read_from = replace(CATALOG, organisation=organisation)
    opened, _ = look(old, subject, Files(files or (THEME,), True), read_from, now)
    return settle(old, opened, now)[0]


def acted(
    before: Review, *deeds: Deed, by: Actor = REVIEWER, door: Door = Door.COMMAND, minutes: int = 3
) -> Review:
    """The review after somebody did these things, one after the other."""
    at = NOW + timedelta(minutes=minutes)
    after, _ = taken(before, *deeds, by=by, door=door, at=at)
    return settle(before, after, at)[0]


def taken(
    before: Review,
    *deeds: Deed,
    by: Actor = REVIEWER,
    door: Door = Door.COMMAND,
    at: datetime = NOW + timedelta(minutes=3),
) -> tuple[Review, tuple[Event, ...]]:
    """The same, not yet settled, with what the ledger is told."""
    so_far = TakeOver("", before.answers, before.evidence)
    since = before.first_answer_at or NOW
    known = [Act("so far", BOT, since, Door.RECORD, (so_far,), arrived=-1)]
    comment = 900 if door is Door.COMMAND else None
    new = [
        Act(str(n), by, at, door, (deed,), comment=comment, arrived=n)
        for n, deed in enumerate(deeds, start=1)
    ]
    return take(before, known, new, at)


def answered(before: Review, *boxes: str, by: Actor = REVIEWER) -> Review:
    """The review after somebody ticked these boxes, one after the other."""
    return acted(before, *(ticked(before, box) for box in boxes), by=by, door=Door.COMMENT)


def ticked(review: Review, box: str, on: bool = True) -> Tick:
    """That box ticked; one that accepts goes with what stands beside it."""
    question, _, option = box.partition("=")
    return Tick(box, on, review.prefill(question) if option == "accept" else None)


def told(question: str, line: str) -> Tell:
    """That question answered with that line."""
    found = CATALOG.checklist.question(question)
    assert found is not None
    return Tell(question, read(found, line))


ALL_OF_R1 = ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept")


QUOTES = (
    Prefill(
        "voice", (), "", "tickets 4711",
        (Piece("asked", "The white page hurts my eyes at night.", "https://tickets.example/4711",
               date(2026, 2, 1), "existing"),),
    ),
    Prefill("voice", (), "", "survey 12", (Piece("signal", "I read it by day.", former=True),)),
)  # fmt: skip
DRAFTED = (
    Prefill("why", (), "Reading at night hurts the eyes.", "a draft", (), False, "evidenced",
            ("web/theme.css",)),
    Prefill("feeling", (), "Perhaps relieved; nobody was asked.", "a draft", (), False, "assumed"),
)  # fmt: skip
HOSTILE_QUOTES = (
    Prefill("voice", (), "", HOSTILE[:80], (Piece("signal", HOSTILE, "", None, HOSTILE[:60]),)),
)
HOSTILE_DRAFT = (Prefill("why", (), HOSTILE, "a draft", (), False, "assumed", (HOSTILE[:60],)),)


def private(found: Review) -> Review:
    """The same in a private repository."""
    place = replace(found.pull_request.repository, private=True)
    return replace(found, subject=replace(found.pull_request, repository=place))


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
        "quoted": replace(private(untouched), quotes=QUOTES),
        "drafted": replace(untouched, prefills=(), drafted=DRAFTED),
        "hostile_quotes": replace(private(untouched), quotes=HOSTILE_QUOTES, drafted=HOSTILE_DRAFT),
        "hostile_text": answered(hostile, "who=existing", "why=accept", "effect=accept"),
        **decided(untouched),
        **unsettled(untouched),
    }  # fmt: skip


UNTIL = date(2026, 3, 31)


def decided(untouched: Review) -> Mapping[str, Review]:
    """Reviews about which a person decided more than an answer."""
    waive = Waive("why", UNTIL, "the interviews are next week")
    most_of_r1 = [box for box in ALL_OF_R1 if box != "why=accept"]
    everything = Waive("all", UNTIL, "this stops data loss that is going on", open_to_all=True)
    nobody = Judge(Ruled.ATTESTED, Tier.R0, "only a comment in the style sheet", ("visible",))
    drawn = replace(nobody, sample=Sample.WAITING)
    less = Judge(Ruled.LOWERED, Tier.R0, "the page is not released yet", ("visible",))
    more = Judge(Ruled.RAISED, Tier.R2, "everybody will meet this every day")
    shop = replace(untouched.pull_request.repository, private=False)
    asked = [told("voice", 'asked 2026-02-20 [admins] "I export every Friday"'),
             told("voice", "signal https://example.com/ticket/7")]  # fmt: skip
    told_of = acted(untouched, told("who", "existing; people with large shops"), *asked)
    return {
        "waived_question": acted(answered(untouched, *most_of_r1), waive),
        "waived": acted(untouched, everything),
        "waiver_over": acted(untouched, replace(everything, until=date(2026, 2, 1))),
        "paused": acted(untouched, Pause("release day, we talk about it on Monday")),
        "attested": acted(untouched, nobody, by=AUTHOR),
        "attested_and_drawn": acted(untouched, drawn, by=AUTHOR),
        "lowered": acted(untouched, less),
        "raised": acted(untouched, more),
        "told": told_of,
        "told_in_public": replace(told_of, subject=replace(told_of.pull_request, repository=shop)),
        "not_applicable": acted(untouched, Inapplicable("feeling", "nobody sees it in this form")),
    }


def unsettled(untouched: Review) -> Mapping[str, Review]:
    """Reviews with answers that do not count yet, or not any more as they stand."""
    worse = Suggest("effect", Given(("worse",)), held=True)
    line = Suggest("why", Given(text="When I export at month's end, it times out."))
    begun = answered(untouched, "who=existing", "effect=better")
    news = Found(("price-page",), ("who", "effect"), "`pricing/plans.json` changed: a price")
    body = "## Customer impact\n\neffect: good for all of us\n"
    back = TakeOver("#11", begun.answers, (Evidence("asked", "It broke", "", None, "", REVIEWER,
                                                    NOW, Door.COMMENT),))  # fmt: skip
    gone = (told("why", "Exports take too long for large shops."), Withdraw(900, deleted=True))
    return {
        "held_back": acted(untouched, worse),
        "one_answer_waits": acted(answered(untouched, *ALL_OF_R1), worse),
        "suggested": acted(untouched, line, by=Actor(15, "passer-by")),
        "asked_again": acted(begun, news),
        "unread_description": review(body=body),
        "reverted": acted(untouched, back, door=Door.REVERT),
        "comment_deleted": acted(untouched, *gone),
    }
