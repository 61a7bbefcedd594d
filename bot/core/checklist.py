"""The questions: what is asked at which tier. Data from YAML; which ones apply is decided here.

What counts as an answer stands in `answers.py`, what is still missing in `missing.py`.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    TypeAdapter,
    field_serializer,
    field_validator,
    model_validator,
)

from bot.core.refusals import spelled
from bot.core.tier import Tier
from bot.core.yamlfile import Strict, twin

OVERLAYS = ("pricing", "breaking", "ui", "incident", "privacy", "experiment")


class Need(enum.StrEnum):
    """How a tier treats a question, from not at all to answered in full."""

    HIDDEN = "hidden"
    OPTIONAL = "optional"
    AUTOMATIC = "automatic"
    PICK = "pick"
    REQUIRED = "required"

    @property
    def must(self) -> bool:
        """A person has to answer it."""
        return self in (Need.PICK, Need.REQUIRED)


class Kind(enum.StrEnum):
    """The form of an answer."""

    LINE = "line"
    PICK = "pick"
    PICKS = "picks"
    PICK_LINE = "pick+line"
    SEGMENTS = "segments"
    EVIDENCE = "evidence"
    MEASURE = "measure"
    PICK_PERSON = "pick+person"
    DATE_PERSON = "date+person"

    @property
    def many(self) -> bool:
        """Several options may be picked at once."""
        return self in (Kind.PICKS, Kind.SEGMENTS)

    @property
    def has_line(self) -> bool:
        """A line of text belongs to the full answer."""
        return self in (Kind.LINE, Kind.PICK_LINE, Kind.MEASURE, Kind.EVIDENCE)


HyphenId = Annotated[str, spelled(r"[a-z0-9]+(-[a-z0-9]+)*", "small letters, digits and hyphens")]
UnderscoreId = Annotated[
    str, spelled(r"[a-z][a-z0-9_]*", "small letters, digits and underscores, a letter first")
]


RESERVED = ("done", "accept", "still")  # boxes that a comment has beside the options


def _free(id: str) -> str:
    if id in RESERVED:
        raise ValueError(f"is {id!r}, which is a box of our own; take another word")
    return id


Label = Annotated[str, Field(min_length=1, max_length=75)]
Ask = Annotated[str, Field(min_length=5, max_length=150)]
Short = Annotated[str, Field(min_length=2, max_length=40)]
Help = Annotated[str, Field(min_length=2, max_length=200)]


class Option(Strict):
    """One thing to pick. The id is an interface; the label is text."""

    id: Annotated[HyphenId, AfterValidator(_free)] = Field(max_length=40)
    label: Label


def _no_twins(options: tuple[Option, ...]) -> tuple[Option, ...]:
    seen: set[str] = set()
    for index, option in enumerate(options):
        if option.id in seen:
            raise twin(option.id, index, "id")
        seen.add(option.id)
    return options


Options = Annotated[tuple[Option, ...], AfterValidator(_no_twins)]
OVERLAY_NEEDS = {Tier.R1: Need.OPTIONAL, Tier.R2: Need.REQUIRED, Tier.R3: Need.REQUIRED}


class Question(Strict):
    """One question, with the need of each tier. R0 asks nothing."""

    id: UnderscoreId = Field(max_length=40)
    ask: Ask
    short: Short
    help: Help
    kind: Kind = Field(alias="type")
    options: Options = ()
    refused: tuple[str, ...] = ()
    tiers: Mapping[Tier, Need] = OVERLAY_NEEDS
    required_if: Mapping[str, tuple[str, ...]] = {}
    raises: Mapping[str, Literal["R2", "R3", "+1"]] = {}
    again: Literal["R1", "R2", "R3"] | None = None
    step: str = "follow-through"
    headings: tuple[str, ...] = ()

    @field_validator("tiers", mode="before")
    @classmethod
    def _named_tiers(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        unknown = [key for key in value if key not in ("R1", "R2", "R3", Tier.R1, Tier.R2, Tier.R3)]
        if unknown:
            raise ValueError(f"has the unknown tier {unknown[0]!r}; R1, R2 and R3 ask questions")
        return {Tier[key] if isinstance(key, str) else key: need for key, need in value.items()}

    @field_serializer("tiers")
    def _tiers_by_name(self, tiers: Mapping[Tier, Need]) -> dict[str, str]:
        return {str(tier): str(need) for tier, need in tiers.items()}

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        ids = [option.id for option in self.options]
        if self.kind in (Kind.PICK, Kind.PICKS, Kind.PICK_LINE, Kind.PICK_PERSON) and not ids:
            raise ValueError(f"question {self.id!r} needs options to pick from")
        if self.kind in (Kind.LINE, Kind.MEASURE, Kind.DATE_PERSON) and ids:
            raise ValueError(f"question {self.id!r} is of type {self.kind} and takes no options")
        return self

    @model_validator(mode="after")
    def _raises_by_its_own_options(self) -> Self:
        unknown = sorted(set(self.raises) - {option.id for option in self.options})
        if unknown:
            raise ValueError(f"question {self.id!r} raises by {unknown[0]!r}, which is no option")
        return self

    def raised(self, picks: Iterable[str], base: Tier) -> Tier:
        """The tier that these picks ask for; the base where they ask for no more."""
        asked = (self.raises[pick] for pick in picks if pick in self.raises)
        steps = (Tier(min(base + 1, Tier.R3)) if to == "+1" else Tier[to] for to in asked)
        return max(steps, default=base) if base > Tier.R0 else base

    def label(self, option: str) -> str:
        """The text of an option; its id where the option is no longer known."""
        return next((o.label for o in self.options if o.id == option), option)


class Overlay(Strict):
    """Extra questions for one kind of change."""

    id: str
    title: str
    default_tier: Tier
    requires: tuple[str, ...] = ()
    draft: str = "allowed"
    questions: tuple[Question, ...] = ()

    @field_validator("default_tier", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value not in ("R1", "R2", "R3"):
            raise ValueError(f"is {value!r}; an overlay asks at R1, R2 or R3")
        return Tier[str(value)]

    @field_serializer("default_tier")
    def _by_name(self, tier: Tier) -> str:
        return str(tier)


@dataclass(frozen=True)
class Checklist:
    """The questions and overlays in force."""

    id: str
    title: str
    questions: tuple[Question, ...]
    overlays: tuple[Overlay, ...] = ()

    @cached_property
    def version(self) -> str:
        """The content hash: same questions, same version. 12 hexadecimal digits."""
        text = json.dumps(self.content(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def content(self) -> dict[str, Any]:
        """Everything as JSON, for keeping; `from_content` reads it again."""
        content: dict[str, Any] = _as_json.dump_python(self, mode="json", by_alias=True)
        return content

    @staticmethod
    def from_content(content: object) -> Checklist:
        """The checklist that `content` was made of."""
        return _as_json.validate_python(content)

    def question(self, id: str) -> Question | None:
        """The question of that id, overlays included."""
        return next((q for q in self.all_questions() if q.id == id), None)

    def all_questions(self) -> tuple[Question, ...]:
        """Every question there is, overlays last."""
        return self.questions + tuple(q for o in self.overlays for q in o.questions)

    def asked(
        self, tier: Tier, overlays: Iterable[str], picks: Mapping[str, tuple[str, ...]]
    ) -> tuple[tuple[Question, Need], ...]:
        """What this tier and these overlays ask, required questions first, hidden ones left out.

        `picks` are the options picked so far, by question: some answers make another question
        required ("worse" asks how people will be told). Empty at R0.
        """
        if tier is Tier.R0:
            return ()
        return self._remembered(tier, frozenset(overlays), tuple(sorted(picks.items())))

    @cached_property
    def _remembered(self) -> Callable[..., tuple[tuple[Question, Need], ...]]:
        """One review asks many times; the last answers are kept."""
        return lru_cache(1024)(self._asked)

    def _asked(
        self,
        tier: Tier,
        overlays: frozenset[str],
        picked: tuple[tuple[str, tuple[str, ...]], ...],
    ) -> tuple[tuple[Question, Need], ...]:
        picks = dict(picked)
        active = [overlay for overlay in self.overlays if overlay.id in overlays]
        demanded = {name for overlay in active for name in overlay.requires} if tier > 1 else set()
        questions = self.questions + tuple(q for overlay in active for q in overlay.questions)
        found = [(q, _need(q, tier, q.id in demanded, picks)) for q in questions]
        shown = [(q, need) for q, need in found if need is not Need.HIDDEN]
        return tuple(sorted(shown, key=lambda pair: not pair[1].must))


_as_json = TypeAdapter(Checklist)


def _need(
    question: Question, tier: Tier, demanded: bool, picks: Mapping[str, tuple[str, ...]]
) -> Need:
    need = question.tiers.get(tier, Need.HIDDEN)
    conditional = tier > Tier.R1 and any(
        set(picks.get(other, ())) & set(options) for other, options in question.required_if.items()
    )
    return Need.REQUIRED if (demanded or conditional) and not need.must else need
