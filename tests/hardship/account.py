"""Whether record and surfaces say what the crowd did, once each and nothing else."""

from __future__ import annotations

from collections import Counter

from bot.core.review import Review
from bot.sandbox.github import StandIn
from bot.sandbox.records import Comment
from bot.views.github_check import EXTERNAL_ID, check
from bot.views.github_comment import MARKER, comment, same, wanted
from bot.views.reply import marker
from tests.hardship.crowd import LINES, Subject
from tests.hardship.process import Bot


def settle_accounts(bot: Bot, subjects: list[Subject]) -> None:
    """Everything was told and done: nothing is lost, doubled, invented, parked or left over."""
    assert bot.rows("SELECT name, state, attempts, error FROM job WHERE state = 'parked'") == []
    for subject in subjects:
        review = bot.review(subject.number)
        assert review is not None, f"#{subject.number} is not on record"
        _record(subject, review, bot.github)
        _comments(subject, review, bot.github)
        _checks(subject, review, bot.github)
    assert bot.first_broken() is None
    assert bot.rows("PRAGMA integrity_check") == ["ok"]
    assert bot.rows("PRAGMA foreign_key_check") == []
    _intents(bot, subjects)


def _intents(bot: Bot, subjects: list[Subject]) -> None:
    """An intent is left only where nothing was made, and nobody needs it any more."""
    begun = bot.rows("SELECT kind, key FROM surface WHERE intent_at IS NOT NULL")
    heads = {subject.heads[-1] for subject in subjects}
    made = {str(s.number) for s in subjects if _asking(bot.github, s.number)}
    assert [key for kind, key in begun if kind == "check" and key in heads] == []
    assert [key for kind, key in begun if kind == "comment" and key in made] == []
    assert [key for kind, key in begun if kind == "reply"] == []


def _record(subject: Subject, review: Review, github: StandIn) -> None:
    name = f"#{subject.number}"
    given = {answer.question: answer.by.login for answer in review.answers}
    heard = [piece.by.login for piece in review.evidence]
    given |= {"voice": heard[0]} if heard else {}
    assert given == subject.said, f"{name}: said {subject.said}, kept {given}"
    assert len(heard) <= 1, name
    assert review.state is subject.end, name
    head = github.pull_request(subject.number).head_sha
    assert review.pull_request.head_sha == head == subject.heads[-1], name


def _comments(subject: Subject, review: Review, github: StandIn) -> None:
    ours = github.bot_comments(subject.number)
    asking = _asking(github, subject.number)
    assert len(asking) == 1 or not wanted(review), f"#{subject.number}: {len(asking)} comments"
    assert len(asking) <= 1, f"#{subject.number}: {len(asking)} comments"
    assert all(same(c.body, comment(review)) for c in asking), f"#{subject.number}: old comment"
    for said in subject.comments:
        replies = [c for c in ours if marker(said) in c.body]
        assert len(replies) <= 1, f"#{subject.number}: {len(replies)} replies"
        assert max(Counter(github.reactions(said)).values(), default=0) <= 1


def _asking(github: StandIn, number: int) -> list[Comment]:
    return [c for c in github.bot_comments(number) if MARKER in c.body]


def _checks(subject: Subject, review: Review, github: StandIn) -> None:
    for head in subject.heads:
        runs = [r for r in github.state.checks_on(head) if r.external_id == EXTERNAL_ID]
        assert len(runs) <= 1, f"#{subject.number}: {len(runs)} checks on {head}"
    (run,) = (r for r in runs)  # of the last head
    meant = check([review])
    assert (run.conclusion, run.title) == (str(meant.conclusion), meant.title)
    if not subject.priced:
        answered, asked = len(subject.said), len(LINES)
        complete = answered == asked
        assert run.conclusion == ("success" if complete else "action_required"), run.title
        left = f"{asked - answered} of {asked} open"
        titles = {f"{answered} of {asked} answered", f"Merged with {left}"}
        assert complete or run.title in titles, run.title
