"""What a change of the code does to answers: new rules ask again, a revert takes over."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.acts import Act, TakeOver
from bot.core.answers import Door
from bot.core.facts import NOBODY, PullRequest
from bot.core.review import Review
from bot.core.tiering import news
from bot.flows.identity import key
from bot.flows.people import writes
from bot.flows.world import World
from bot.store import reviews

# What GitHub's Revert button writes: "Reverts acme/shop#12".
REVERTS = re.compile(r"^Reverts (?P<repository>[\w.-]+/[\w.-]+)?#(?P<number>\d{1,9})\s*$", re.M)


def new_rules(old: Review, review: Review) -> Act | None:
    """What is asked again because new rules match; None where none does, or nothing was said."""
    found = news(old, review)
    if found is None:
        return None
    seen = review.pull_request
    at = seen.updated_at.isoformat()
    id = key("found", seen.repository.id, seen.number, at, seen.head_sha, found.rules)
    return Act(id, NOBODY, seen.updated_at, Door.PUSH, (found,))


def take_over(world: World, review: Review, seen: PullRequest) -> Act | None:
    """The answers of the pull request that this one reverts; None if it reverts none that we know.

    Only for somebody who may write there: else anybody could say "Reverts" and be done.
    """
    reverted = _reverted(world, seen)
    if reverted is None or not (reverted.answers or reverted.evidence):
        return None
    if not writes(world, seen, seen.author, seen.author_association):
        return None
    taken = TakeOver(f"#{reverted.pull_request.number}", reverted.answers, reverted.evidence)
    deeds = (taken, found) if (found := news(reverted, review)) else (taken,)
    at = seen.created_at or seen.updated_at
    id = key("reverts", seen.repository.id, seen.number)
    return Act(id, seen.author, at, Door.REVERT, deeds)


def _reverted(world: World, seen: PullRequest) -> Review | None:
    match = REVERTS.search(seen.body)
    name = seen.repository.full_name
    if match is None or (match["repository"] or name).casefold() != name.casefold():
        return None
    with world.store.read() as connection:
        found = reviews.load(connection, seen.repository.id, int(match["number"]))
    return replace(found, rulings=()) if found else None
