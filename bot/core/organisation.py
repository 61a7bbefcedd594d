"""What an organisation decides for itself: segments, reviewers, mode, bots, drafts, thresholds."""

from __future__ import annotations

import enum
import re
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field

from bot.core.checklist import Option, Options
from bot.core.tier import Tier
from bot.core.yamlfile import Strict, compose, locate, parse
from bot.errors import ConfigError


class Mode(enum.StrEnum):
    """How far a repository lets the gate go."""

    SHADOW = "shadow"
    WARN = "warn"
    ENFORCE = "enforce"


class ModeRule(Strict):
    """The mode of the repositories that match a glob over `owner/name`."""

    repositories: str = Field(min_length=1)
    mode: Mode


class Reviewers(Strict):
    """Who may waive and lower. Teams are written `organisation/team`."""

    logins: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


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
    bots: Bots = Bots()
    drafts: Literal["quiet", "ask"] = "quiet"
    thresholds: Thresholds = Thresholds()

    def mode_of(self, repository: str) -> Mode:
        """The mode of `owner/name`: the first rule that matches, else warn."""
        name = repository.lower()
        for rule in self.mode:
            if fnmatchcase(name, rule.repositories.lower()):
                return rule.mode
        return Mode.WARN

    def quiet_bot(self, login: str, tier: Tier) -> bool:
        """This author is a bot that is not asked at this tier."""
        listed = login.lower() in {name.lower() for name in self.bots.quiet}
        return listed and tier < Tier[self.bots.ask_from]


_EVERY = re.compile(r"\*+(/\*+)?")  # a glob that matches every repository
EXAMPLES = {
    "segments": "segments: [{id: shops, label: Shop owners}]",
    "mode": "mode: [{repositories: 'acme/*', mode: enforce}]",
    "repositories": "{repositories: 'acme/*', mode: enforce}",
    "reviewers": "reviewers: {logins: [ada], teams: [acme/research]}",
    "bots": "bots: {quiet: ['renovate[bot]'], ask_from: R3}",
    "drafts": "drafts: quiet",
    "thresholds": "thresholds: {text_characters: 20}",
}


def parse_organisation(text: str, file: str) -> Organisation:
    """Read `organisation.yaml`. Raises ConfigError."""
    found = parse(Organisation, text, file, EXAMPLES)
    _refuse_unreachable(found.mode, text, file)
    return found


def _refuse_unreachable(rules: tuple[ModeRule, ...], text: str, file: str) -> None:
    """The first rule that matches wins, so nothing may follow one that matches everything."""
    last = next((i for i, rule in enumerate(rules) if _EVERY.fullmatch(rule.repositories)), None)
    if last is None or last + 1 == len(rules):
        return
    node = compose(text, file)
    where, _ = locate(node, ["mode", last, "repositories"])
    line, _ = locate(node, ["mode", last + 1, "repositories"])
    rule = (
        f"is never reached: `{rules[last].repositories}` in line {where} matches every repository."
    )
    raise ConfigError(file, line, f"mode.{last + 1}", rule, EXAMPLES["repositories"])
