"""The rules by which secrets are found, read once."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.core.redaction.redact import Redactor
from bot.core.redaction.secret_rules import SecretRules, secret_rules

FILE = Path(__file__).parent / "rules" / "gitleaks.toml"


@functools.lru_cache(maxsize=1)
def load() -> SecretRules:
    """The vendored rules."""
    return secret_rules(FILE.read_text("utf-8"))


def redactor() -> Redactor:
    """A new one, which knows no placeholders yet."""
    return Redactor(load())
