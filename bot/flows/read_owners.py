"""Read whose the repositories are on GitHub, and say whose a change is."""

from __future__ import annotations

import structlog

from bot.core.facts import ChangedFile, Repository
from bot.core.owning import owner_of
from bot.errors import Rejected
from bot.flows.world import World
from bot.store import ownership, repositories

MOST_FILES = 500  # that are looked at
log = structlog.get_logger()


def whose(world: World, repository: Repository, files: tuple[ChangedFile, ...]) -> str:
    """The team whose files these are; empty where they name none."""
    organisation, codeowners = world.catalog.organisation, ""
    if any(team.github for team in organisation.teams):
        with world.store.read() as connection:
            codeowners = ownership.codeowners(connection, repository.id)
    elif not any(team.paths for team in organisation.teams):
        return ""
    paths = [file.path for file in files[:MOST_FILES]]
    return owner_of(organisation, repository.full_name, paths, codeowners)


def read_codeowners(world: World, repository: Repository) -> None:
    """Keep what CODEOWNERS of the default branch says, where a team on GitHub is named at all."""
    if not any(team.github for team in world.catalog.organisation.teams):
        return
    try:
        text = world.github.codeowners(repository)
    except Rejected as error:
        log.warning("owners.read", subject=repository.full_name, refused=str(error))
        return
    world.store.write(lambda tx: ownership.save_codeowners(tx, repository.id, text))


def read_owners(world: World) -> None:
    """Keep which repositories the teams may write to that `organisation.yaml` names."""
    names = [name for team in world.catalog.organisation.teams for name in team.on_github]
    with world.store.read() as connection:
        accounts = repositories.by_account(connection) if names else {}
    if not accounts:
        return
    found: dict[int, list[tuple[int, str]]] = {}
    for name in dict.fromkeys(names):
        through = accounts.get(name.partition("/")[0])
        for id, rights in _of_team(world, through, name).items():
            found.setdefault(id, []).append((-rights, name))
    # The strongest first; of equals in the order of the file, which sorting keeps.
    teams = {id: [name for _, name in sorted(of, key=lambda e: e[0])] for id, of in found.items()}
    world.store.write(lambda tx: ownership.save_teams(tx, teams))


def _of_team(world: World, through: Repository | None, name: str) -> dict[int, int]:
    if through is None:
        why = "The App is installed on no repository of that account."
        log.warning("owners.read", subject=name, refused=why)
        return {}
    world.wait_for(through.installation)
    try:
        return world.github.team_repositories(through, name)
    except Rejected as error:
        hint = "Teams take the permission `members: read`; CODEOWNERS does without it."
        log.warning("owners.read", subject=name, refused=str(error), hint=hint)
        return {}
