"""As whom we write: as the App, or as the owner of a token, today or before we moved over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.facts import Actor, Version
from bot.flows.world import World
from bot.store import installations

NO_APP = 0  # in the place of an installation
OURS = "<!-- empty-chair:"  # in whatever we post ourselves


@dataclass(frozen=True, slots=True)
class OurUsers:
    """Our user ids: today's, and that of a token that wrote here before. None: not known.

    Who lent us a token may be a person, and is nobody but that person wherever else they act.
    """

    now: int | None
    before: int | None = None

    def __contains__(self, user: int) -> bool:
        return user in (self.now, self.before)

    def below(self, author: Actor) -> OurUsers:
        """They as who edits a comment of `author`: a former token edits only its own."""
        return self if author.id == self.before else OurUsers(self.now)

    def bot(self, actor: Actor) -> Actor:
        """Somebody as they count: what we do as a user nobody did by hand."""
        return replace(actor, is_bot=True) if actor.id in self else actor

    def versions(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """The history of a comment of ours, where what we wrote is no person's."""
        return tuple(replace(one, by=self.bot(one.by)) if one.by else one for one in versions)


def our_users(world: World, installation: int) -> OurUsers:
    """Our user ids in an installation; without an App GitHub is asked, once."""
    if world.by_token:
        return OurUsers(world.github.own_user())
    with world.store.read() as connection:
        now = installations.bot_user(connection, installation)
        return OurUsers(now, installations.bot_user(connection, NO_APP))
