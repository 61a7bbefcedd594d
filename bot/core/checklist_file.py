"""The checklist files as they are written: read, held to the rules, joined to one `Checklist`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from bot.core.checklist import (
    OVERLAYS,
    Ask,
    Checklist,
    Help,
    Kind,
    Label,
    Need,
    Option,
    Overlay,
    Question,
    Short,
)
from bot.core.tier import Tier
from bot.core.yamlfile import Strict, compose, locate, parse
from bot.errors import ConfigError


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
