"""A description says which proposal its pull request carries out."""

from __future__ import annotations

from bot.core.links import decisions
from bot.core.refs import PullRequestRef
from bot.flows.people import writes
from bot.flows.slack.link_pull_request import note_link
from bot.flows.world import World
from bot.store import proposals, reviews


def link_decision(world: World, repository: int, number: int, association: str = "") -> None:
    """Note what the description says; it counts once the proposal's people agree. A stranger's word
    is not passed on to them."""
    with world.store.read() as connection:
        review = reviews.load(connection, repository, number)
        named = decisions(review.subject.body) if review else ()
        found = [proposals.load(connection, each.channel, each.ts) for each in named]
    if review is None or not any(found):
        return
    subject = review.pull_request
    if not writes(world, subject, subject.author, association):
        return
    pull = PullRequestRef(repository, number)
    for proposal in found:
        if proposal is not None:
            note_link(world, proposal, pull, subject.author, world.clock())
