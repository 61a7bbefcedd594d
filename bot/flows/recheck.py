"""Somebody asked for the check again: look at the pull request afresh and answer in any case."""

from __future__ import annotations

from bot.core.facts import RecheckAsked
from bot.flows.drafts.make_draft import promise_draft
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import merge_groups, reviews


def recheck(world: World, fact: RecheckAsked) -> None:
    """Sync every pull request with that head, then write the check even if nothing changed.

    For a pull request from a fork GitHub names no number, so the record says which it is.
    """
    repository = fact.repository
    with world.store.read() as connection:
        group = merge_groups.numbers(connection, repository.id, fact.head_sha)
        known = reviews.load_by_head(connection, repository.id, fact.head_sha)
    for number in dict.fromkeys([*group, *(r.pull_request.number for r in known), *fact.numbers]):
        sync_pull_request(world, repository, number, None)
    if fact.draft:
        with world.store.read() as connection:
            known = reviews.load_by_head(connection, repository.id, fact.head_sha)

        def promise(tx: Transaction) -> None:
            for review in known:
                promise_draft(world, tx, review, asked=True)

        world.store.write(promise)
    world.store.write(lambda tx: world.publish_check(tx, repository.id, fact.head_sha, force=True))
