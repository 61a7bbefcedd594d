"""The questions: what is asked at which tier. Data from YAML; which ones apply is decided here.

What counts as an answer stands in `answers.py`, what is still missing in `missing.py`.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
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
from bot.core.yamlfile import Strict, compose, locate, parse, twin
from bot.errors import ConfigError

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


RESERVED = ("done", "accept")  # the boxes that every comment has beside the options


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


class Wording(Strict):
    """Other words for one question: a translation, or your own help text."""

    ask: Ask | None = None
    short: Short | None = None
    help: Help | None = None
    options: Mapping[str, Label] = {}


class ChecklistFile(Strict):
    """`customer-impact.yaml` as it is written: whole, or as changes to the shipped one."""

    id: str
    title: str = "Customer impact"
    extends: str | None = None
    questions: tuple[Question, ...] = ()
    add: tuple[Question, ...] = ()
    require: Mapping[str, Mapping[Literal["R1", "R2", "R3"], Need]] = {}
    help: Mapping[str, Help] = {}
    language: str | None = None
    translations: Mapping[str, Mapping[str, Wording]] = {}


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
        active = [overlay for overlay in self.overlays if overlay.id in set(overlays)]
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


EXAMPLES = {
    "tiers": "tiers: {R1: optional, R2: required, R3: required}",
    "type": "type: pick+line",
    "options": "options: [{id: better, label: Better}, {id: worse, label: Worse}]",
    "id": "id: exports",
    "ask": "ask: Which customers does this touch?",
    "short": "short: Customers",
    "help": "help: Name the group, not users.",
    "default_tier": "default_tier: R2",
    "require": "require: {reach: {R1: pick}}",
    "extends": "extends: customer-impact",
    "add": "add: [{id: exports, ask: 'Does it change an export?', short: Exports, help: CSV too., "
    "type: pick, options: [{id: 'yes', label: 'Yes'}, {id: 'no', label: 'No'}]}]",
    "questions": "questions: [{id: who, ask: 'Which customers?', short: Customers, help: Name the "
    "group., type: segments, tiers: {R1: pick}}]",
}

POINTERS = {
    "refused": "refused: [nobody]",
    "required_if": "required_if: {effect: [worse, mixed]}",
    "require": EXAMPLES["require"],
    "help": "help: {reach: Count accounts.}",
    "translations": "translations: {de: {feeling: {options: {relieved: Erleichtert}}}}",
}


def parse_overlay(text: str, file: str) -> Overlay:
    """Read one overlay file; its questions must carry its name, so that two never clash."""
    overlay = parse(Overlay, text, file, EXAMPLES)
    if overlay.id not in OVERLAYS:
        rule = f"is {overlay.id!r}; overlays are {', '.join(OVERLAYS)}."
        raise ConfigError(file, 1, "id", rule, "id: pricing")
    for question in overlay.questions:
        if not question.id.startswith(f"{overlay.id}_"):
            rule = f"question {question.id!r} must begin with `{overlay.id}_`."
            raise ConfigError(file, 0, "questions", rule, f"id: {overlay.id}_{question.id}")
    return overlay


def parse_checklist(
    text: str,
    file: str,
    shipped: Checklist | None,
    overlays: tuple[Overlay, ...],
    segments: tuple[Option, ...],
) -> Checklist:
    """Read `customer-impact.yaml` and join it with overlays and segments.

    `shipped` is what `extends: customer-impact` builds on. Raises ConfigError.
    """
    written = parse(ChecklistFile, text, file, EXAMPLES)
    if written.extends is None:
        questions = written.questions
    elif shipped is not None and written.extends == shipped.id:
        questions = shipped.questions + written.questions
    else:
        rule = f"names {written.extends!r}; only `customer-impact` can be built upon."
        raise ConfigError(file, 1, "extends", rule, "extends: customer-impact")
    questions += written.add
    if not questions:
        rule = "asks nothing; write questions, or build on ours."
        raise ConfigError(file, 1, "questions", rule, EXAMPLES["extends"])
    joined = Checklist(
        id=written.id,
        title=written.title,
        questions=tuple(_with_segments(q, segments) for q in questions),
        overlays=overlays,
    )
    _refuse_clashes(joined, file)
    _refuse_strangers(joined, written, text, file)
    return _reworded(joined, written, file)


def _with_segments(question: Question, segments: tuple[Option, ...]) -> Question:
    if question.kind is not Kind.SEGMENTS:
        return question
    return question.model_copy(update={"options": segments})


def _refuse_clashes(checklist: Checklist, file: str) -> Checklist:
    ids = [q.id for q in checklist.all_questions()]
    double = next((id for id in ids if ids.count(id) > 1), None)
    if double:
        raise ConfigError(file, 0, "questions", f"the id {double!r} stands twice.", "id: exports")
    for overlay in checklist.overlays:
        for name in overlay.requires:
            if name not in ids:
                rule = f"requires {name!r}, which is not a question."
                raise ConfigError(f"overlays/{overlay.id}.yaml", 0, "requires", rule, "[tell]")
    return checklist


Place = tuple[str | int, ...]
Stranger = tuple[Place, str]  # where it stands in the file, and what is wrong


def _refuse_strangers(checklist: Checklist, written: ChecklistFile, text: str, file: str) -> None:
    """Whatever names a question or an option names one that is there."""
    options = {q.id: {option.id for option in q.options} for q in checklist.all_questions()}
    found = [*_conditions(checklist, written, options), *_changes(written, options)]
    errors = []
    for place, rule in found:
        example = next(POINTERS[str(part)] for part in place if part in POINTERS)
        home, line, key = file, locate(compose(text, file), place)[0], place
        if place[0] == "overlays":  # a file of its own
            home, line, key = f"overlays/{place[1]}.yaml", 0, place[2:]
        errors.append(ConfigError(home, line, ".".join(map(str, key)), rule, example))
    if errors:
        errors[0].more = tuple(errors[1:])
        raise errors[0]


def _conditions(
    checklist: Checklist, written: ChecklistFile, options: Mapping[str, set[str]]
) -> Iterator[Stranger]:
    lists: dict[tuple[str, ...], tuple[Question, ...]] = {
        ("questions",): written.questions,
        ("add",): written.add,
        **{("overlays", o.id, "questions"): o.questions for o in checklist.overlays},
    }
    for start, questions in lists.items():
        for index, question in enumerate(questions):
            place: Place = (*start, index)
            yield from _unknown((*place, "refused"), question.id, question.refused, options)
            for other, picks in question.required_if.items():
                yield from _unknown((*place, "required_if", other), other, picks, options)


def _changes(written: ChecklistFile, options: Mapping[str, set[str]]) -> Iterator[Stranger]:
    for key, names in (("require", written.require), ("help", written.help)):
        for name in names:
            yield from _unknown((key, name), name, (), options)
    for language, words in written.translations.items():
        for name, wording in words.items():
            place = ("translations", language, name)
            yield from _unknown(place, name, wording.options, options)


def _unknown(
    place: Place, name: str, picks: Iterable[str], options: Mapping[str, set[str]]
) -> Iterator[Stranger]:
    if name not in options:
        yield place, f"names {name!r}, which is not a question."
        return
    for pick in picks:
        if pick not in options[name]:
            yield place, f"names {pick!r}, which is not an option of {name!r}."


def _reworded(checklist: Checklist, written: ChecklistFile, file: str) -> Checklist:
    """Apply `require`, `help` and the chosen translation."""
    words = written.translations.get(written.language or "", {})
    if written.language and not words:
        rule = f"is {written.language!r}, but there is no such translation below."
        raise ConfigError(file, 0, "language", rule, "translations: {de: {who: {ask: Wen …?}}}")

    def change(question: Question) -> Question:
        update: dict[str, object] = {}
        if question.id in written.require:
            needs = {Tier[tier]: need for tier, need in written.require[question.id].items()}
            update["tiers"] = {**question.tiers, **needs}
        wording = words.get(question.id, Wording())
        for name in ("ask", "short", "help"):
            if text := getattr(wording, name):
                update[name] = text
        if question.id in written.help:
            update["help"] = written.help[question.id]
        update["options"] = tuple(
            Option(id=o.id, label=wording.options.get(o.id, o.label)) for o in question.options
        )
        return Question.model_validate({**question.model_dump(by_alias=True), **update})

    return replace(
        checklist,
        questions=tuple(change(q) for q in checklist.questions),
        overlays=tuple(
            o.model_copy(update={"questions": tuple(change(q) for q in o.questions)})
            for o in checklist.overlays
        ),
    )
