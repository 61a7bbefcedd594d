"""Fields of GitHub's payloads, each as the record can take it.

Raises LookupError, TypeError or ValueError for what GitHub never sends.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.core.facts import Actor, Repository


def repository(payload: dict[str, Any]) -> Repository:
    """Where it happened; the installation is 0 where none is named."""
    raw = payload["repository"]
    installation = payload.get("installation") or {}
    return Repository(
        id=number(raw["id"]),
        full_name=needed(raw["full_name"]),
        installation=number(installation.get("id") or 0),
        private=bool(raw.get("private")),
        default_branch=text(raw.get("default_branch")) or "main",
    )


def actor(raw: dict[str, Any] | None) -> Actor:
    """GitHub shows a deleted account as `ghost`, or as null."""
    if not raw:
        return Actor(0, "ghost")
    return Actor(number(raw["id"]), text(raw["login"]), raw.get("type") == "Bot")


def number(value: object) -> int:
    """A number that every database takes."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError("expected a number")
    return value


def text(value: object) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair; null is empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"expected text, not {type(value).__name__}")
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def needed(value: object) -> str:
    """Text that is never empty."""
    if found := text(value):
        return found
    raise ValueError("expected text, not nothing")


def moment(value: object) -> datetime:
    """A time; where no zone is told it is UTC."""
    found = datetime.fromisoformat(text(value))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
