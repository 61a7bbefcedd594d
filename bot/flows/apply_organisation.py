"""The organisation changed its mind about a repository: its open pull requests follow."""

from __future__ import annotations

from bot.flows.install import pace
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import reviews


def apply_organisation(world: World) -> None:
    """Visit every open pull request that was last looked at in another mode than today's."""
    with world.store.read() as connection:
        modes = reviews.open_modes(connection)
    changed = [
        (repository, number)
        for repository, name, number, mode in modes
        if world.catalog.organisation.mode_of(name) is not mode
    ]

    def work(tx: Transaction) -> None:
        for index, (repository, number) in enumerate(changed):
            world.visit(tx, repository, number, world.clock() + pace(index, world.pacer.on))

    if changed:
        world.store.write(work)
