"""Who somebody is on the pages, and what they may do there: nothing, unless they are named."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.core.facts import Actor
from bot.core.organisation import Named, Organisation


class Role(enum.StrEnum):
    """What somebody may do. Everybody with a role may look."""

    MEMBER = "member"
    REVIEWER = "reviewer"
    LEADERSHIP = "leadership"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a sign-in provider says that somebody is. Empty parts were not said.

    `provider` is "github", "slack", "oidc" or "local"; `subject` is its own lasting id of them.
    `email` counts only where the provider verified it. `organisations` are accounts on GitHub of
    which they are a member.
    """

    provider: str
    subject: str
    name: str
    login: str = ""
    email: str = ""
    team: str = ""  # the workspace of Slack
    groups: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is signed in. `actor` is who they are on record. `local`: they sit at the
    machine itself, whose record they could read without us."""

    identity: Identity
    actor: Actor
    roles: frozenset[Role]

    @property
    def local(self) -> bool:
        return self.identity.provider == "local"

    @property
    def admin(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def reviewer(self) -> bool:
        return bool(self.roles & {Role.REVIEWER, Role.ADMIN})

    @property
    def exports(self) -> bool:
        return bool(self.roles & {Role.LEADERSHIP, Role.ADMIN})


def roles_of(organisation: Organisation, who: Identity) -> frozenset[Role]:
    """The roles of somebody; none for whom the organisation does not name."""
    if who.provider == "local":
        return frozenset(Role)
    found = set(_roles(organisation, who))
    return frozenset(found | {Role.MEMBER}) if found else frozenset()


def _roles(organisation: Organisation, who: Identity) -> Iterator[Role]:
    for role in Role:
        if named(getattr(organisation.roles, role.value), who):
            yield role
    reviewers = organisation.reviewers
    if named(Named(logins=reviewers.logins, slack=reviewers.slack), who):
        yield Role.REVIEWER


def named(people: Named, who: Identity) -> bool:
    """Whether somebody is among these. What a provider cannot vouch for does not count."""
    return (
        (who.provider == "github" and _among(who.login, people.logins))
        or (who.provider == "slack" and who.subject in people.slack)
        or any(_among(group, people.groups) for group in who.groups)
        or any(_among(account, people.organisations) for account in who.organisations)
        or any(_like(who.email, pattern) for pattern in people.emails)
    )


def _among(name: str, names: tuple[str, ...]) -> bool:
    return bool(name) and name.casefold() in {each.casefold() for each in names}


def _like(email: str, pattern: str) -> bool:
    return bool(email) and fnmatchcase(email.casefold(), pattern.casefold())
