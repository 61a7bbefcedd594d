"""What is wrong with a value, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import AfterValidator, BaseModel

NUMBER = "must be a number"
WHOLE = "must be a whole number"
LIST = "must be a list"
MAPPING = "must be a mapping, `key: value`"
RULES = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "invalid_key": "is not a known key",
    "tuple_type": LIST,
    "list_type": LIST,
    "dict_type": MAPPING,
    "mapping_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "string_type": "must be a text; put it between quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "may not be empty: give at least {min_length}",
    "string_too_short": "is too short: at least {min_length} characters",
    "string_too_long": "is too long: at most {max_length} characters",
}


def plain(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a rule that was broken, without a full stop."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return f"must be one of {context['expected']}".replace("'", "")
    if kind == "string_too_short" and context["min_length"] == 1:
        return "is empty"
    if kind in RULES:
        return RULES[kind].format(**{name: _shown(value) for name, value in context.items()})
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".")


def _shown(value: Any) -> Any:
    """A limit as people write it: 0, not 0.0."""
    return f"{value:g}" if isinstance(value, float) else value


def without_echoes(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The errors without what only follows from another: a list is not short, its items are bad."""
    found = list(errors)
    inside = {each["loc"][:-n] for each in found for n in range(1, len(each["loc"]))}
    return [each for each in found if each["type"] != "too_short" or each["loc"] not in inside]


def spelled(pattern: str, words: str) -> AfterValidator:
    """A text that fits the pattern as a whole; `words` say what is allowed."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {words}")
        return value

    return AfterValidator(check)


def known_keys(model: type[BaseModel], location: Iterable[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `location`, none where any may."""
    kind: Any = model
    for part in location:
        kind = _inside(kind, part)
    kind = _model(kind)
    fields = kind.model_fields.items() if kind else ()
    return [field.alias or name for name, field in fields]


def _inside(kind: Any, part: str | int) -> Any:
    """The type of what stands at `part` of a model, a list or a mapping."""
    model = _model(kind)
    if model is None:
        args = [arg for arg in get_args(kind) if arg is not Ellipsis]
        return args[-1] if args else None
    fields = model.model_fields.items()
    return next((f.annotation for name, f in fields if part in (name, f.alias)), None)


def _model(kind: Any) -> type[BaseModel] | None:
    """The model that `kind` is, or that it may be beside None."""
    for each in (kind, *get_args(kind)) if type(None) in get_args(kind) else (kind,):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None
