"""The prompts of drafts: ours, or an organisation's own in front of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

import bot
from bot.core.drafting.claims import Answered
from bot.errors import ConfigError

SYSTEM, USER = "draft.system.jinja", "draft.user.jinja"


def shipped() -> Path:
    """The folder with the prompts that come with the program."""
    packaged = Path(bot.__file__).parent / "data" / "prompts"
    return packaged if packaged.is_dir() else Path(bot.__file__).parent.parent / "prompts"


@dataclass(frozen=True)
class Prompts:
    """The two of them, as text; `hash` tells one version from any other."""

    system: str
    user: str

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal digits."""
        return hashlib.sha256(f"{self.system}\0{self.user}".encode()).hexdigest()[:16]

    @cached_property
    def _env(self) -> Environment:
        # What it makes is a prompt and no page; material comes as JSON.
        return Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701

    def draw_system(self, **values: Any) -> str:
        """The instructions. Raises ConfigError for a name that is not known."""
        return self._draw(self.system, SYSTEM, values)

    def draw_user(self, **values: Any) -> str:
        """The material. Raises ConfigError for a name that is not known."""
        return self._draw(self.user, USER, values)

    def _draw(self, text: str, name: str, values: dict[str, Any]) -> str:
        try:
            return self._env.from_string(text).render(**values)
        except TemplateError as error:
            line = getattr(error, "lineno", 0) or 0
            raise ConfigError(name, line, "", f"cannot be drawn ({error}).") from None


def load(directory: Path | None) -> Prompts:
    """Read them. Raises ConfigError for a folder that is not there."""
    if directory is not None and not directory.is_dir():
        rule = f"names {directory}, which is no folder."
        raise ConfigError("environment", 0, "EMPTYCHAIR_PROMPTS_DIR", rule)
    folders = [str(each) for each in (directory, shipped()) if each is not None]
    loader, env = FileSystemLoader(folders), Environment(autoescape=False)  # noqa: S701
    return Prompts(*(loader.get_source(env, name)[0] for name in (SYSTEM, USER)))


def schema_text() -> str:
    """The schema of an answer, for a server that takes none."""
    return json.dumps(Answered.model_json_schema(), separators=(",", ":"))


def schema_hash() -> str:
    """16 hexadecimal digits that tell this schema from any other."""
    return hashlib.sha256(schema_text().encode()).hexdigest()[:16]
