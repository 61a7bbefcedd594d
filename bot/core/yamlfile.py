"""Strict YAML: text in, a validated model out, or a ConfigError that names the line and the rule.

Knows nothing of questions or rules; their models live beside their meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from bot.core.refusals import known_keys, plain, without_echoes
from bot.core.spelling import did_you_mean
from bot.errors import ConfigError

MOST_LEVELS = 50  # of values within values
MOST_VALUES = 100_000  # in one file, aliases written out


class Strict(BaseModel):
    """A model that refuses what it does not know.

    Set `example` on a subclass (or on the model of the key at fault) to show how it is written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


Model = TypeVar("Model", bound=BaseModel)


def parse(
    model: type[Model], text: str, file: str, examples: dict[str, str] | None = None
) -> Model:
    """Read one YAML file as `model`.

    `examples` maps a key (its last name, "tier") to one line that shows it written rightly.
    Raises ConfigError for the first broken rule; the other ones are its `more`.
    """
    node = compose(text, file)
    data = _construct(node, file)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first, *more = _in_words(error, model, node, file, examples or {})
        first.more = tuple(more)
        raise first from None


def twin(id: str, *place: str | int) -> PydanticCustomError:
    """The error for an id that stands twice; `place` leads to the second one."""
    return PydanticCustomError("twin", "'{id}' stands twice", {"id": id, "place": place})


def compose(text: str, file: str) -> yaml.Node | None:
    """The YAML tree with its line marks; None for an empty file."""
    try:
        _refuse_depths(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(file, line, "", f"is not valid YAML ({error.problem}).") from None
    except yaml.YAMLError as error:
        raise ConfigError(file, 0, "", f"is not valid YAML ({error}).") from None
    _refuse_bombs(node, file, {})
    _refuse_duplicates(node, file)
    return node


def _refuse_depths(text: str, file: str) -> None:
    """Counted before the tree is made: on a deep one the C library takes the process down."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_LEVELS:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise ConfigError(file, line, "", f"is nested more than {MOST_LEVELS} levels deep.")


def _in_words(
    error: ValidationError,
    model: type[BaseModel],
    node: yaml.Node | None,
    file: str,
    examples: dict[str, str],
) -> list[ConfigError]:
    """Pydantic's complaints, in the order of their lines."""
    found = []
    for each in without_echoes(error.errors(include_url=False)):
        line, path = locate(node, [*each["loc"], *each.get("ctx", {}).get("place", ())])
        rule = plain(each)
        if each["type"] == "extra_forbidden":
            known = known_keys(model, each["loc"][:-1])
            close = did_you_mean(str(each["loc"][-1]), known)
            rule += f"; {close} Known" if close else "; known"
            rule += f" here are {', '.join(known)}"
        names = [part for part in reversed(path) if isinstance(part, str)]
        example = next((examples[name] for name in names if name in examples), "")
        found.append(ConfigError(file, line, ".".join(map(str, path)), f"{rule}.", example))
    return sorted(found, key=attrgetter("line"))


def locate(node: yaml.Node | None, location: Iterable[str | int]) -> tuple[int, list[str | int]]:
    """The line (from 1) of the deepest part of `location` that stands in the file, and its path."""
    line = node.start_mark.line + 1 if node else 0
    path: list[str | int] = []
    for part in location:
        child = _child(node, part)
        if child is None:
            # A missing key belongs to the path; what pydantic adds of its own (a union's tag) not.
            if isinstance(part, str) and isinstance(node, yaml.MappingNode):
                path.append(part)
            continue
        node, line = child
        path.append(part)
    return line, path


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


def _construct(node: yaml.Node | None, file: str) -> Any:
    if node is None:
        return {}
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(file, line, "", f"is not valid YAML ({error.problem}).") from None


def _refuse_bombs(node: yaml.Node | None, file: str, sizes: dict[int, int]) -> int:
    """Count the values with aliases written out; a few lines of aliases can stand for billions."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    size = sizes.get(id(node))
    if size is None:
        sizes[id(node)] = MOST_VALUES  # an alias to a value that holds it has no end
        pairs = isinstance(node, yaml.MappingNode)
        children = [each for pair in node.value for each in pair] if pairs else node.value
        size = 1 + sum(_refuse_bombs(child, file, sizes) for child in children)
        sizes[id(node)] = size
    if size >= MOST_VALUES:
        line = node.start_mark.line + 1
        raise ConfigError(file, line, "", "stands for too many values; write fewer aliases.")
    return size


def _refuse_duplicates(node: yaml.Node | None, file: str, path: str = "") -> None:
    """YAML lets the last of two equal keys win silently; we say so instead."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _refuse_duplicates(item, file, f"{path}{index}.")
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                raise ConfigError(file, line, f"{path}{name}", "stands twice in the same place.")
            seen.add(name)
            _refuse_duplicates(value, file, f"{path}{name}.")
