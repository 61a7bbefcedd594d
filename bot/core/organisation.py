"""What an organisation decides for itself: segments, reviewers, mode, teams, bots and more."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.core import globs
from bot.core.checklist import Option, Options
from bot.core.refusals import spelled
from bot.core.tier import Tier
from bot.core.voice.rows import FIELDS
from bot.core.yamlfile import Strict, compose, locate, parse, twin
from bot.errors import ConfigError

UNMAPPED = "unmapped"  # the team of a repository that no team names


class Mode(enum.StrEnum):
    """How far a repository lets the gate go."""

    SHADOW = "shadow"
    WARN = "warn"
    ENFORCE = "enforce"


class ModeRule(Strict):
    """The mode of the repositories that match a glob over `owner/name`."""

    repositories: str = Field(min_length=1)
    mode: Mode


def _free(name: str) -> str:
    if name.lower() == UNMAPPED:
        raise ValueError(f"is {name!r}, which stands for the repositories of no team")
    return name


def _readable(glob: str) -> str:
    globs.to_re2(glob.partition(":")[2])
    return glob


TeamName = Annotated[str, spelled(r"@?[\w.-]+/[\w.-]+", "as on GitHub, such as acme/checkout")]
TeamPath = Annotated[
    str,
    spelled(r"[^\s:]+/[^\s:]+:\S+", "a repository and a path in it, such as acme/mono:pay/**"),
    AfterValidator(_readable),
]


class Team(Strict):
    """Whose repositories, files and channels these are.

    `repositories` are globs over `owner/name`, `channels` names or ids of channels in Slack,
    `paths` parts of a repository, "acme/mono:services/pay/**". `github` are teams there: theirs is
    what CODEOWNERS gives them, and the repositories that they may write to.
    """

    name: Annotated[str, AfterValidator(_free)] = Field(min_length=1, max_length=60)
    repositories: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    channels: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    paths: tuple[TeamPath, ...] = ()
    github: tuple[TeamName, ...] = ()

    @property
    def on_github(self) -> tuple[str, ...]:
        """Its teams on GitHub, "acme/checkout", in small letters."""
        return tuple(name.lstrip("@").lower() for name in self.github)

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not (self.repositories or self.channels or self.paths or self.github):
            needs = "repositories, paths, a team on GitHub or channels"
            raise ValueError(f"team {self.name!r} needs {needs}")
        return self


def _no_twins(teams: tuple[Team, ...]) -> tuple[Team, ...]:
    seen: set[str] = set()
    for index, team in enumerate(teams):
        if team.name.lower() in seen:
            raise twin(team.name, index, "name")
        seen.add(team.name.lower())
    return teams


SlackId = Annotated[str, spelled(r"[A-Z][A-Z0-9]{2,20}", "capitals and digits, such as U024BE7LH")]


class Reviewers(Strict):
    """Who may waive, lower and consent. Teams are written `organisation/team`.

    `slack` are member ids of Slack. `customer_facing` are those of all these who work with
    customers, by login or member id; one of them consents at R3.
    """

    logins: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    slack: tuple[SlackId, ...] = ()
    customer_facing: tuple[str, ...] = ()


class Named(Strict):
    """People who have a role on the pages: logins of GitHub, member ids of Slack, groups that the
    sign-in provider names, e-mail addresses that it verified (`*@acme.com`). `organisations` are
    accounts on GitHub: whoever is a member there."""

    logins: tuple[str, ...] = ()
    slack: tuple[SlackId, ...] = ()
    groups: tuple[str, ...] = ()
    emails: tuple[Annotated[str, spelled(r"\S+@\S+", "an address, such as *@acme.com")], ...] = ()
    organisations: tuple[str, ...] = ()


class Roles(Strict):
    """Who may look at the pages, and who may do more there. Nobody, unless named here; who may
    waive and consent stands in `reviewers`, and `reviewer` adds groups to it."""

    member: Named = Named()
    reviewer: Named = Named()
    leadership: Named = Named()
    admin: Named = Named()


class Known(Strict):
    """Who is who: a member id of Slack and the same person's login on GitHub."""

    slack: SlackId
    github: str = Field(min_length=1, max_length=60)


QUIET_BOTS = (
    "dependabot[bot]",
    "dependabot-preview[bot]",
    "renovate[bot]",
    "pre-commit-ci[bot]",
    "github-actions[bot]",
    "greenkeeper[bot]",
    "snyk-bot",
    "mergify[bot]",
    "pyup-bot",
    "weblate",
)


class Bots(Strict):
    """Bots that are not asked below a tier. Any other bot is asked like a person."""

    quiet: tuple[str, ...] = QUIET_BOTS
    ask_from: Literal["R1", "R2", "R3"] = "R3"


class Thresholds(Strict):
    """From when on something counts as an answer."""

    text_characters: int = Field(20, ge=1, le=500)
    segment_characters: int = Field(10, ge=1, le=100)
    not_applicable_characters: int = Field(15, ge=1, le=500)
    evidence_days: int = Field(180, ge=1, le=3650)
    sampled_percent: int = Field(5, ge=0, le=100)


def _fetchable(at: str) -> str:
    if "://" in at and not at.startswith("https://"):
        raise ValueError("is an address that is not https")
    return at


class Import(Strict):
    """An export that is taken in again every day: a file or folder, or an https address. `map` says
    which column holds what."""

    source: str = Field(min_length=1, max_length=80)
    at: Annotated[str, AfterValidator(_fetchable)] = Field(min_length=1)
    map: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        if strange := sorted(set(self.map) - set(FIELDS)):
            raise ValueError(f"`map` names {strange[0]!r}; known are {', '.join(FIELDS)}")
        return self


class EvidenceRules(Strict):
    """What customers said, on file. `send_text`: a model may read it. It is kept so many days,
    unless it says itself until when."""

    send_text: bool = False
    keep_days: int = Field(1095, ge=1, le=36_500)
    imports: tuple[Import, ...] = ()


DEFAULT_SEGMENTS = (
    Option(id="new", label="New customers"),
    Option(id="existing", label="Existing customers"),
    Option(id="paying", label="Paying customers"),
    Option(id="free", label="Free users"),
    Option(id="admins", label="Admins"),
    Option(id="integrators", label="Integrators"),
    Option(id="partners", label="Partners"),
    Option(id="prospects", label="People who might buy"),
)


class Organisation(Strict):
    """`organisation.yaml`; every section has a default."""

    segments: Options = Field(DEFAULT_SEGMENTS, min_length=1)
    reviewers: Reviewers = Reviewers()
    mode: tuple[ModeRule, ...] = ()
    teams: Annotated[tuple[Team, ...], AfterValidator(_no_twins)] = ()
    roles: Roles = Roles()
    people: tuple[Known, ...] = ()
    bots: Bots = Bots()
    drafts: Literal["quiet", "ask"] = "quiet"
    thresholds: Thresholds = Thresholds()
    evidence: EvidenceRules = EvidenceRules()

    def mode_of(self, repository: str) -> Mode:
        """The mode of `owner/name`: the first rule that matches, else warn."""
        rules = (rule.mode for rule in self.mode if matches(repository, rule.repositories))
        return next(rules, Mode.WARN)

    def team_of(self, repository: str, on_github: Sequence[str] = ()) -> str:
        """The team of `owner/name`: the first that names it, else that of the first of the teams on
        GitHub which it belongs to, else "unmapped"."""
        for team in self.teams:
            if matches(repository, *team.repositories):
                return team.name
        named = {name: team.name for team in reversed(self.teams) for name in team.on_github}
        return next((named[name] for name in on_github if name in named), UNMAPPED)

    def team_of_channel(self, id: str, name: str) -> str:
        """The team of a channel of Slack: the first that names it, else "unmapped"."""
        called = {id.lower(), name.lower()} - {""}
        teams = (t.name for t in self.teams if called & {c.lstrip("#").lower() for c in t.channels})
        return next(teams, UNMAPPED)

    def quiet_bot(self, login: str, tier: Tier) -> bool:
        """This author is a bot that is not asked at this tier."""
        listed = login.lower() in {name.lower() for name in self.bots.quiet}
        return listed and tier < Tier[self.bots.ask_from]


def matches(repository: str, *globs: str) -> bool:
    """One of the globs means `owner/name`; capitals do not matter, as on GitHub."""
    return any(fnmatchcase(repository.lower(), glob.lower()) for glob in globs)


_EVERY = re.compile(r"\*+(/\*+)?")  # a glob that matches every repository
EXAMPLES = {
    "segments": "segments: [{id: shops, label: Shop owners}]",
    "mode": "mode: [{repositories: 'acme/*', mode: enforce}]",
    "teams": "teams: [{name: Checkout, repositories: ['acme/shop'], github: [acme/checkout]}]",
    "reviewers": "reviewers: {logins: [ada], teams: [acme/research], slack: [U024BE7LH]}",
    "roles": "roles: {member: {organisations: [acme]}, leadership: {logins: [ada]}}",
    "people": "people: [{slack: U024BE7LH, github: ada}]",
    "bots": "bots: {quiet: ['renovate[bot]'], ask_from: R3}",
    "drafts": "drafts: quiet",
    "thresholds": "thresholds: {text_characters: 20}",
    "evidence": "evidence: {send_text: false, keep_days: 1095}",
}


def parse_organisation(text: str, file: str) -> Organisation:
    """Read `organisation.yaml`. Raises ConfigError."""
    found = parse(Organisation, text, file, EXAMPLES)
    _refuse_unreachable("mode", [[rule.repositories] for rule in found.mode], text, file)
    _refuse_unreachable("teams", [team.repositories for team in found.teams], text, file)
    return found


def _refuse_unreachable(section: str, globs: Sequence[Sequence[str]], text: str, file: str) -> None:
    """The first entry that matches wins, so nothing may follow one that matches everything.

    `globs` are those of each entry of the section.
    """
    every = [(i, glob) for i, each in enumerate(globs) for glob in each if _EVERY.fullmatch(glob)]
    if not every or every[0][0] + 1 == len(globs):
        return
    last, glob = every[0]
    node = compose(text, file)
    where, _ = locate(node, [section, last, "repositories"])
    line, _ = locate(node, [section, last + 1, "repositories"])
    rule = f"is never reached: `{glob}` in line {where} matches every repository."
    raise ConfigError(file, line, f"{section}.{last + 1}", rule, EXAMPLES[section])
