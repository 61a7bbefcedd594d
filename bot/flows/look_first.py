"""A create whose answer was lost: look for what it made before anything is made again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.errors import Rejected, Transient, Upstream
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


def wait_to_show(world: World, surface: Surface) -> None:
    """Not found need not mean not made: a list may lag, and a slow request may still arrive.

    Raises Transient until the create that was begun had time to show.
    """
    if surface.begun_at is None:
        return
    left = surface.begun_at + SHOWS - world.clock()
    if timedelta() < left <= SHOWS:  # more is left only where the clock was set back
        raise Transient("What we sent last may still show on GitHub.", left.total_seconds())


def _nothing_made(error: Upstream) -> bool:
    """Whether GitHub said that it did nothing: it refused us, or let us wait."""
    return isinstance(error, Rejected) or (isinstance(error, Transient) and bool(error.throttle))
