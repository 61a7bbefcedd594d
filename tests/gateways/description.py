"""GitHub's own description of its REST API, and what of an exchange does not keep to it.

The description has 700 paths and 13 MB; what was not called is cut away before it is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from tests.gateways.recorder import Exchange
from tests.stories.octokit import DESCRIPTION, Json

HOST = "https://api.github.com"


class Description:
    """The part of the description that some exchanges call for."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
        self._paths = {e.path: template_of(whole["paths"], e.path) for e in exchanges}
        self._part = _cut(whole, {path for path in self._paths.values() if path})
        # A field that is not described is a mistake of ours; in an answer it does no harm.
        self._asking = OpenAPI.from_dict(
            self._part, Config(additional_properties_default_policy="forbid")
        )
        self._answering = OpenAPI.from_dict(self._part)

    def operation(self, exchange: Exchange) -> str:
        """`GET /repos/{owner}/{repo}`; the path as it is where GitHub does not know it."""
        return f"{exchange.method} {self._paths[exchange.path] or exchange.path}"

    def wrong_request(self, exchange: Exchange) -> list[str]:
        """What GitHub would not understand, or only by luck."""
        if self._paths[exchange.path] is None:
            return ["no such path"]
        wrong = _told(lambda: self._asking.validate_request(_request(exchange)))
        if wrong:
            return wrong
        described = self._described(exchange)
        if described.get("deprecated"):
            wrong.append("deprecated")
        by_jwt = exchange.path.startswith("/app/")  # the App itself, not one of its installations
        if not described["x-github"]["enabledForGitHubApps"] and not by_jwt:
            wrong.append("no App may ask this")
        known = {parameter["name"] for parameter in self._parameters(exchange)}
        unknown = {name for name, _ in _query(exchange)} - known
        return wrong + [f"unknown parameter {name}" for name in sorted(unknown)]

    def wrong_answer(self, exchange: Exchange) -> list[str]:
        """What GitHub would not answer so. That something is left out is not looked at; nor is
        that nothing changed, which it may say to everybody who asks by an ETag."""
        if exchange.status == 304 and exchange.headers.get("if-none-match"):
            return []
        response = MockResponse(
            exchange.answer,
            exchange.status,
            content_type=exchange.answer_type.split(";")[0] or "application/json",
        )
        request = _request(exchange)
        return _told(lambda: self._answering.validate_response(request, response), _says_wrong)

    def _described(self, exchange: Exchange) -> Json:
        found: Json = self._part["paths"][self._paths[exchange.path]][exchange.method.lower()]
        return found

    def _parameters(self, exchange: Exchange) -> list[Json]:
        described = self._described(exchange).get("parameters", ())
        found = [_resolved(self._part, parameter) for parameter in described]
        return [parameter for parameter in found if parameter["in"] == "query"]


def template_of(templates: Sequence[str], path: str) -> str | None:
    """The described path that a path is one of, the most literal one first; None without one."""
    found = [
        t for t in templates if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(t)), path)
    ]
    return min(found, key=lambda template: template.count("{"), default=None)


def _request(exchange: Exchange) -> MockRequest:
    kind = exchange.headers.get("content-type", "application/json").split(";")[0]
    return MockRequest(
        HOST,
        exchange.method,
        exchange.path,
        args=dict(_query(exchange)),
        headers=dict(exchange.headers),
        data=exchange.body,
        content_type=kind,
    )


def _query(exchange: Exchange) -> list[tuple[str, str]]:
    return parse_qsl(exchange.query, keep_blank_values=True)


def _told(
    validate: Callable[[], object], counts: Callable[[Any], bool] = lambda _: True
) -> list[str]:
    """What openapi-core says, down to the fields that it is about, as far as these count."""
    try:
        validate()
    except OpenAPIError as error:
        fields = getattr(error.__cause__, "schema_errors", None)
        if fields is None:
            return [f"{error} {error.__cause__ or ''}"]
        return [f"{'.'.join(map(str, e.path))}: {e.message[-160:]}" for e in fields if counts(e)]
    return []


def _says_wrong(error: Any) -> bool:
    """Whether something has the wrong shape, as jsonschema tells it. Of alternatives one has to
    fit, but for what is left out."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        tried = {inner.schema_path[0] for inner in error.context}
        return all(
            any(_says_wrong(inner) for inner in error.context if inner.schema_path[0] == one)
            for one in tried
        )
    return bool(error.validator != "required")


def _cut(whole: Json, paths: set[str]) -> Json:
    """These paths, and whatever they refer to."""
    part: Json = {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "servers": whole["servers"],
        "paths": {path: whole["paths"][path] for path in sorted(paths)},
        "components": {},
    }
    waiting = list(_references(part["paths"]))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        kept = part["components"].setdefault(kind, {})
        if name not in kept:
            kept[name] = whole["components"][kind][name]
            waiting += _references(kept[name])
    return part


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _resolved(part: Json, value: Json) -> Json:
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: Json = part["components"][kind][name]
    return found
