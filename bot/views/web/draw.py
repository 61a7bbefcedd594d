"""Templates to HTML. Everything is escaped, unless a template is told otherwise; none is."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"


def day(on: date | datetime) -> str:
    """ "1 Dec 2026"."""
    return f"{on.day} {on:%b %Y}"


def moment(at: datetime) -> str:
    """ "1 Dec 2026, 14:10 UTC"."""
    there = at.astimezone(UTC)
    return f"{day(there)}, {there:%H:%M} UTC"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"day": day, "moment": moment}
    made.globals["errors"] = None
    return made


@cache
def version() -> str:
    """Changes with every file of `static`, so that browsers may keep them for ever."""
    found = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()[:12]


def draw(name: str, **values: Any) -> str:
    """The page of that template."""
    return _environment().get_template(f"{name}.html").render(static=version(), **values)
