"""How much is asked about a proposal: what its people say of it, and what its words suggest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_serializer, field_validator, model_validator

from bot.core.checklist import OVERLAYS, Label, Overlay, UnderscoreId
from bot.core.patterns import PatternSet, compiled
from bot.core.tier import Tier
from bot.core.triage import Reason, Verdict
from bot.core.yamlfile import Strict, parse, twin

MOST_READ = 20_000  # characters of a proposal that are searched for words
NOTHING = Reason("nothing", Tier.R0, "customers would not notice")


def _an_overlay(name: str) -> str:
    if name not in OVERLAYS:
        raise ValueError(f"is {name!r}; overlays are {', '.join(OVERLAYS)}")
    return name


OverlayId = Annotated[str, AfterValidator(_an_overlay)]


def _a_pattern(pattern: str) -> str:
    compiled(pattern)
    return pattern


class Switch(Strict):
    """One thing that holds of a proposal or not. `why` follows "R3, because"."""

    id: UnderscoreId = Field(max_length=40)
    ask: Label
    why: Label
    tier: Tier
    overlay: OverlayId | None = None

    @field_validator("tier", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value not in ("R1", "R2", "R3"):
            raise ValueError(f"is {value!r}; a switch asks at R1, R2 or R3")
        return Tier[str(value)]

    @field_serializer("tier")
    def _by_name(self, tier: Tier) -> str:
        return str(tier)


class Guess(Strict):
    """Words that suggest a switch, or an overlay."""

    switch: str | None = None
    overlay: OverlayId | None = None
    words: tuple[Annotated[str, AfterValidator(_a_pattern)], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.switch is None) == (self.overlay is None):
            raise ValueError("needs a switch or an overlay, and not both")
        return self


def _no_twins(switches: tuple[Switch, ...]) -> tuple[Switch, ...]:
    seen: set[str] = set()
    for index, switch in enumerate(switches):
        if switch.id in seen:
            raise twin(switch.id, index, "id")
        seen.add(switch.id)
    return switches


class Proposals(Strict):
    """`proposals.yaml`."""

    switches: Annotated[tuple[Switch, ...], AfterValidator(_no_twins)] = Field(
        min_length=1, max_length=10
    )
    guesses: tuple[Guess, ...] = ()

    @model_validator(mode="after")
    def _known_switches(self) -> Self:
        known = {switch.id for switch in self.switches}
        for guess in self.guesses:
            if guess.switch is not None and guess.switch not in known:
                raise ValueError(f"guesses the switch {guess.switch!r}, which is not there")
        return self


@dataclass(frozen=True)
class Switches:
    """The switches in force, ready to guess and to judge."""

    source: Proposals

    @classmethod
    def parse(cls, text: str, file: str) -> Switches:
        """Read `proposals.yaml`. Raises ConfigError."""
        return cls(parse(Proposals, text, file, EXAMPLES))

    @property
    def all(self) -> tuple[Switch, ...]:
        return self.source.switches

    @cached_property
    def _patterns(self) -> PatternSet:
        guesses = enumerate(self.source.guesses)
        return PatternSet((f"(?i){each}", n) for n, guess in guesses for each in guess.words)

    def guess(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The switches and the overlays that the words of a proposal suggest, in the order of the
        file; "customers could notice" goes with any of them."""
        found = self._patterns.match(text[:MOST_READ])
        hits = [self.source.guesses[number] for number in sorted(found)]
        switched = {guess.switch for guess in hits}
        if hits:
            switched.add(self.all[0].id)
        overlays = tuple(dict.fromkeys(guess.overlay for guess in hits if guess.overlay))
        return tuple(switch.id for switch in self.all if switch.id in switched), overlays

    def judge(
        self, holding: Collection[str], named: Collection[str], overlays: Collection[Overlay]
    ) -> Verdict:
        """The tier of a proposal: the highest of the switches that hold, and of the overlays that
        were named, of those in force. R0 where neither is."""
        held = [switch for switch in self.all if switch.id in holding]
        active = {*named, *(switch.overlay for switch in held if switch.overlay)}
        kinds = [overlay for overlay in overlays if overlay.id in active]
        reasons = [Reason(f"switch:{s.id}", s.tier, s.why) for s in held]
        told = {switch.overlay for switch in held}
        reasons += [
            Reason(f"overlay:{o.id}", o.default_tier, f"it is about: {o.title.lower()}")
            for o in kinds
            if o.id not in told
        ]
        reasons = sorted(reasons, key=lambda reason: -reason.tier) or [NOTHING]
        tier = reasons[0].tier
        return Verdict(tier, tier > Tier.R0, tuple(sorted(o.id for o in kinds)), tuple(reasons))


EXAMPLES = {
    "switches": "switches: [{id: notice, ask: Customers could notice it, why: …, tier: R1}]",
    "guesses": "guesses: [{switch: money, words: ['price']}]",
    "tier": "tier: R2",
    "overlay": "overlay: pricing",
}
