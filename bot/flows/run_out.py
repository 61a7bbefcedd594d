"""The day of a waiver is over: what it let go is asked again."""

from __future__ import annotations

from bot.core import replay
from bot.core.events import Event
from bot.core.gate import settle
from bot.core.review import Review
from bot.flows.world import World
from bot.store import reviews


def run_out(world: World) -> None:
    """Mark every waiver whose time is up; the gate of an open pull request follows.

    On a merged one it is noted and listed; nothing can be held back there any more.
    """
    now = world.clock()
    with world.store.read() as connection:
        due = reviews.with_waivers_over(connection, now)
    for review in due:
        with world.store.read() as connection:
            old = reviews.by_id(connection, review)
        if old is not None:
            _end(world, old)


def _end(world: World, old: Review) -> None:
    now = world.clock()
    review = replay.run_out(old, now)
    if review == old:
        return
    over = set(review.waivers) - set(old.waivers)
    events = tuple(Event("waiver.expired", {"scope": waiver.scope}) for waiver in over)
    review, more = settle(old, review, now)
    world.store.write(lambda tx: world.save(tx, review, (*events, *more)))
