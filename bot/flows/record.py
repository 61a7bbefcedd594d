"""Take what people did into the record: apply, save, publish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.acts import Act
from bot.core.gate import settle
from bot.core.review import Review
from bot.core.take import take
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts


def record(
    world: World,
    old: Review,
    new: Sequence[Act],
    also: Callable[[Transaction, bool], None] | None = None,
) -> Review:
    """The review with these acts, each of them counted once, saved and about to be published.

    `also` joins the same transaction, and is told whether the review changed. What strangers
    suggest, and take back, waits for the comment's next ordinary edit.
    """
    now = world.clock()
    with world.store.read() as connection:
        known = acts.load(connection, old.id)
    before = {act.key for act in known}
    fresh = [act for act in new if act.key not in before]
    review, events = take(old, known, fresh, now)
    review, more = settle(old, review, now)

    def work(tx: Transaction) -> Review:
        acts.add(tx, old.id, fresh)
        saved = old
        if review != old:
            saved = world.save(tx, review, (*events, *more), _heard_in_passing(old, review))
        elif events:
            world.note(tx, old, events)
        if also is not None:
            also(tx, review != old)
        return saved

    return world.store.write(work) if fresh or also else old


def _heard_in_passing(old: Review, review: Review) -> bool:
    """Nothing differs but what strangers suggest."""
    held = [s for s in review.suggestions if s.held]
    same = replace(review, suggestions=old.suggestions) == old
    return same and held == [s for s in old.suggestions if s.held]
