"""A create whose answer was lost: look for what it made before anything is made again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.errors import NotYet, Rejected, Transient, Upstream
from bot.flows.world import World
from bot.store import surfaces
from bot.store.surfaces import Surface

SHOWS = timedelta(seconds=3)  # until GitHub's lists surely hold what was made just now


@contextmanager
def creating(
    world: World, kind: str, repository: int, key: str, surface: Surface, unsent: bool = False
) -> Iterator[None]:
    """Around a create: its intent is on disk before, and stays there where nobody knows whether
    anything was made. `unsent`: it is there since it was promised, and nothing was sent."""
    at = (kind, repository, key)
    if not unsent:
        world.store.write(lambda tx: surfaces.begin(tx, *at, world.clock()))
    try:
        yield
    except Upstream as error:
        if not _nothing_made(error):
            world.store.write(lambda tx: surfaces.begin(tx, *at, world.clock()))
        elif unsent or not surface.begun:
            world.store.write(lambda tx: surfaces.not_made(tx, *at))
        raise


def not_found(world: World, kind: str, repository: int, key: str, external_id: int) -> Transient:
    """GitHub says that what we wrote there is not there. It may be gone, or only not to be found
    right now: it is looked for before another one is made. Gives the error to raise."""
    now = world.clock()
    world.store.write(lambda tx: surfaces.lost(tx, kind, repository, key, external_id, now))
    return Transient(f"GitHub does not find our {kind} any more; it is looked for first.")


def wait_to_show(world: World, surface: Surface) -> None:
    """Not found need not mean not made: a list may lag, and a slow request may still arrive.

    Raises NotYet until the create that was begun had time to show; one of before this start may
    have been sent just before it.
    """
    if surface.begun_at is None:
        return
    left = max(surface.begun_at, world.started) + SHOWS - world.clock()
    if timedelta() < left <= SHOWS:  # more is left only where the clock was set back
        raise NotYet("What we sent last may still show on GitHub.", left.total_seconds())


def _nothing_made(error: Upstream) -> bool:
    """Whether GitHub said that it did nothing: it refused us, or let us wait."""
    return isinstance(error, Rejected) or (isinstance(error, Transient) and bool(error.throttle))
