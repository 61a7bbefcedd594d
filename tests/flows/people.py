"""What people do on the stand-in GitHub and what they see there, for tests of the flows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cli.pair import Pair
from bot.core.answers import Answer
from bot.core.review import Review
from bot.sandbox.records import Comment, FileChange
from bot.store import ledger, tables
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import MARKER
from bot.views.reply import marker

THEME = FileChange("web/theme.css", 5, 1, "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n")
PRICE = FileChange("pricing/plans.json", 1, 1, '@@ -1 +1 @@\n-"price": 12\n+"price": 15\n')
LOCK = FileChange("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n")
BODY = "People with migraines asked for a theme that does not hurt.\n\nFixes #4"
ALL = """\
/impact
who: existing
why: People with migraines cannot read the page for long.
effect: better
feeling: relieved
voice: signal https://example.com/tickets/7
"""
REACTION = "POST /repos/{owner}/{repo}/issues/comments/{id}/reactions"
SAY = "POST /repos/{owner}/{repo}/issues/{number}/comments"
EDIT = "PATCH /repos/{owner}/{repo}/issues/comments/{id}"
CHECK = "PATCH /repos/{owner}/{repo}/check-runs/{id}"
PERMISSION = "GET /repos/{owner}/{repo}/collaborators/{login}/permission"
ONCE = ("POST /app/installations/{id}/access_tokens", "GET /app")  # not of any pull request


# -- what they do ----------------------------------------------------------------------------------


def opened(pair: Pair, *files: FileChange, **more: Any) -> int:
    """A pull request of `author` that changes the theme, where nothing else is said."""
    later(pair)
    fields = {"title": "Add a dark theme", "body": BODY, "author": "author", **more}
    number = pair.github.open_pull_request(**fields, files=files or (THEME,))
    settle(pair)
    return number


def say(pair: Pair, number: int, body: str, by: str = "author") -> int:
    """Somebody comments; gives the comment's id."""
    comment = pair.github.comment(number, body, by)
    settle(pair)
    return comment


def rewrite(pair: Pair, comment: int, body: str, by: str = "author") -> None:
    """Somebody edits a comment."""
    pair.github.edit_comment(comment, body, by)
    settle(pair)


def describe(pair: Pair, number: int, body: str, by: str = "author") -> None:
    """Somebody edits the description."""
    pair.github.edit_pull_request(number, body=body, by=by)
    settle(pair)


def tick(pair: Pair, number: int, box: str, by: str = "reviewer", on: bool = True) -> None:
    """Somebody clicks a box of our comment. Of an offer only the beginning is named."""
    click(pair, number, box, by, on)
    settle(pair)


def click(pair: Pair, number: int, box: str, by: str = "reviewer", on: bool = True) -> None:
    """The same, without waiting for what becomes of it."""
    found = only_comment(pair, number)
    boxes = list(parse_comment(found.body))
    index = next(i for i, name in enumerate(boxes) if name.startswith(box))
    pair.github.tick(found.id, index, by, checked=on)


@dataclass
class Clock:
    """A clock of the stand-in's on which as much time passes as a test lets pass.

    It begins some time ago, so that GitHub's time is never ahead of the bot's.
    """

    now: Callable[[], datetime]
    by: timedelta = timedelta(minutes=-40)

    def __call__(self) -> datetime:
        return self.now() + self.by


def later(pair: Pair, seconds: int = 2) -> None:
    """Time passes: what happens next has another second than what happened before."""
    state = pair.github.state
    if not isinstance(state.clock, Clock):
        state.clock = Clock(state.clock)
    state.clock.by += timedelta(seconds=seconds)


@contextmanager
def one_second(pair: Pair) -> Iterator[None]:
    """Whatever happens within has the same time on GitHub."""
    state = pair.github.state
    before, now = state.clock, state.clock()
    state.clock = lambda: now
    yield
    state.clock = before
    later(pair)


def settle(pair: Pair) -> None:
    """Wait until all is dealt with, also what our own writes led to; then some time passes."""
    assert until(lambda: pair.settle() and pair.settle() and not pair.bot_backlog())
    later(pair)


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the condition comes to hold within that time."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


# -- what they see ---------------------------------------------------------------------------------


def only_comment(pair: Pair, number: int) -> Comment:
    """The one comment that asks; replies are not counted."""
    (found,) = [c for c in pair.github.bot_comments(number) if MARKER in c.body]
    return found


def body(pair: Pair, number: int) -> str:
    """What the one comment says."""
    return only_comment(pair, number).body


def boxes(pair: Pair, number: int) -> dict[str, bool]:
    """The boxes of the one comment."""
    return parse_comment(body(pair, number))


def ticked(pair: Pair, number: int) -> list[str]:
    """The boxes that are ticked."""
    return [name for name, on in boxes(pair, number).items() if on]


def reply(pair: Pair, number: int, comment: int) -> str:
    """What we replied to a comment, without the hidden lines; empty where we did not."""
    found = [c.body for c in pair.github.bot_comments(number) if marker(comment) in c.body]
    assert len(found) < 2
    told = found[0].partition(marker(comment))[2].strip() if found else ""
    return told.replace("<code>", "`").replace("</code>", "`")


def replies(pair: Pair, number: int) -> int:
    """How many comments of ours there are beside the one that asks."""
    return sum(MARKER not in c.body for c in pair.github.bot_comments(number))


def says(pair: Pair, number: int) -> tuple[str | None, str | None]:
    """Conclusion and title of the check."""
    run = pair.github.check(number)
    return (run.conclusion, run.title) if run else (None, None)


def summary(pair: Pair, number: int) -> str:
    """The check's text."""
    run = pair.github.check(number)
    assert run is not None
    return run.summary or ""


def calls(pair: Pair) -> dict[str, int]:
    """How often we asked what of GitHub, without what is asked once for all."""
    counted = {f"{method} {route}": n for (method, route), n in pair.github.call_counts.items()}
    return {name: n for name, n in counted.items() if name not in ONCE}


# -- what is on record -----------------------------------------------------------------------------


def record(pair: Pair, number: int) -> Review:
    """The review of a pull request."""
    review = pair.review(number)
    assert review is not None
    return review


def answer(pair: Pair, number: int, question: str) -> Answer:
    """The answer to a question, which has to be there."""
    found = record(pair, number).answer(question)
    assert found is not None
    return found


def answered(pair: Pair, number: int) -> dict[str, str]:
    """Who answered what."""
    return {a.question: a.by.login for a in record(pair, number).answers}


def ledger_of(pair: Pair, number: int) -> Sequence[Any]:
    """What the ledger says of one pull request, in order; its seals hold."""
    review = record(pair, number)
    assert pair.bot is not None
    rows = tables.ledger.select().where(tables.ledger.c.review_id == review.id)
    pair.bot.store.write(lambda tx: ledger.seal_next(tx, pair.ledger_key(), 100_000))
    with pair.bot.store.read() as connection:
        assert ledger.first_broken(connection, pair.ledger_key()) is None
        return connection.execute(rows.order_by(tables.ledger.c.seq)).all()


def events(pair: Pair, number: int) -> list[str]:
    """The names of what happened, in order."""
    return [row.event for row in ledger_of(pair, number)]
