"""Who may see what: words from private repositories and channels only those who may see them
there; numbers everybody who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.facts import Repository
from bot.core.filters import Where
from bot.core.proposal import Channel, Proposal
from bot.core.review import Review
from bot.core.roles import User
from bot.core.veil import veiled
from bot.errors import Rejected, Transient
from bot.flows.world import World
from bot.store import proposal_subjects, repositories, slack_people

MOST_ASKED = 50  # private channels, of Slack, for one page


def sees(world: World, user: User, review: Review) -> bool:
    """Whether somebody may read what a review says."""
    subject = review.subject
    if isinstance(subject, Proposal):
        return _sees_channel(world, user, subject.channel)
    return _sees_repository(world, user, subject.repository)


def seen(world: World, user: User, review: Review) -> Review:
    """A review as somebody may see it: pieces that a private channel keeps to itself without their
    words, unless they are in there."""
    channels = {piece.private_to for piece in review.evidence if piece.private_to}
    for channel in channels:
        if not _in_channel(world, user, channel):
            return veiled(review)
    return review


def sees_place(world: World, user: User) -> Callable[[str], bool]:
    """Whether somebody may read what is said in a place, by its key; each is looked up once."""
    known: dict[str, bool] = {}

    def look(key: str) -> bool:
        if key not in known:
            known[key] = _sees_key(world, user, key)
        return known[key]

    return look


def names_place(world: World, user: User, places: Mapping[str, Where]) -> Callable[[str], bool]:
    """Whether somebody may know what a place is called, by its key: repositories everybody who may
    look, private channels only who is in them. Of many private channels the first are looked up."""
    look = sees_place(world, user)
    private = [key for key, where in places.items() if key.startswith("c") and where.private]
    hidden = {key for at, key in enumerate(private) if at >= MOST_ASKED or not look(key)}
    return lambda key: key not in hidden


def _sees_key(world: World, user: User, key: str) -> bool:
    with world.store.read() as connection:
        if key.startswith("r"):
            repository = repositories.load(connection, int(key[1:]))
            channel = None
        else:
            repository = None
            found = proposal_subjects.channel(connection, key[1:])
            channel = found[0] if found else None
    if repository is not None:
        return _sees_repository(world, user, repository)
    return channel is not None and _sees_channel(world, user, channel)


def _sees_repository(world: World, user: User, repository: Repository) -> bool:
    if not repository.private or user.local:
        return True
    if user.actor.id <= 0:
        return False
    try:
        world.wait_for(repository.installation)
        return world.github.permission(repository, user.actor) != "none"
    except (Rejected, Transient):
        return False  # who cannot be asked about does not see it


def _sees_channel(world: World, user: User, channel: Channel) -> bool:
    return not channel.private or _in_channel(world, user, channel.id)


def _in_channel(world: World, user: User, channel: str) -> bool:
    if user.local:
        return True
    who = member_id(world, user)
    if not who:
        return False
    try:
        return who in world.slack.members(channel)
    except (Rejected, Transient):
        return False


def member_id(world: World, user: User) -> str:
    """Somebody's id in Slack; empty where it is not known."""
    if user.identity.provider == "slack":
        return user.identity.subject
    with world.store.read() as connection:
        return slack_people.users_of(connection, [user.actor.id]).get(user.actor.id, "")
