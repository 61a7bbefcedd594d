"""A promised job in words: what it is about, and what is lost when it is never done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What stays undone. What is not here is asked for again by whatever happens next.
LOST = {
    "deliver": "what GitHub told with this delivery is never taken. What people wrote there stays "
    "on GitHub; Recheck on the check looks at the pull request again",
    "publish_comment": "the comment stays as it stands until the review changes again",
    "publish_check": "the check stays as it stands until the review changes again, or somebody "
    "presses Recheck",
    "repost_comment": "the comment stays as it stands until the review changes again",
    "visit_pull_request": "the pull request is not looked at until something happens there",
    "adopt_repositories": "open pull requests of these repositories get no check until something "
    "happens there",
    "republish": "comments may go on showing what they showed before the repository's visibility "
    "changed",
    "react": "somebody's comment stays without our reaction. What it said is in the record",
    "reply": "somebody's comment stays without our reply. What it said is in the record",
}
OTHERWISE = "it is not done until it is asked for again"
PERIODIC = "nothing is lost: it is promised again at its next turn, or the next start"


def lost(name: str, periodic: bool) -> str:
    """What is lost with a job of that name, as the rest of a sentence."""
    return PERIODIC if periodic else LOST.get(name, OTHERWISE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job works: the id of the repository, and number or commit there, as far as told."""

    repository: int
    number: int | None = None
    commit: str = ""


def place(args: Mapping[str, Any], lock: str | None) -> Place | None:
    """From the arguments; that of a delivery from its lock. None for no single repository."""
    if isinstance(repository := args.get("repository"), int):
        number = args.get("number")
        commit = str(args.get("head_sha", ""))
        return Place(repository, number if isinstance(number, int) else None, commit)
    kind, *parts = (lock or "").split(":")
    if kind not in ("pr", "head", "repository") or not parts or not parts[0].isdecimal():
        return None
    rest = parts[1] if len(parts) > 1 else ""
    if kind == "pr":
        return Place(int(parts[0]), int(rest) if rest.isdecimal() else None)
    return Place(int(parts[0]), commit=rest)


def about(args: Mapping[str, Any], lock: str | None, names: Mapping[int, str]) -> str:
    """What a job is about: "acme/shop#12", "acme/shop at 1a2b3c4"; empty for the bot as a whole.

    `names` are those of the repositories that are known, by id.
    """
    where = place(args, lock)
    if where is None:
        full_names = args.get("full_names") or []
        more = f" and {len(full_names) - 1} more" if len(full_names) > 1 else ""
        return f"{full_names[0]}{more}" if full_names else ""
    name = names.get(where.repository, f"repository {where.repository}")
    if where.number is not None:
        return f"{name}#{where.number}"
    return f"{name} at {where.commit[:7]}" if where.commit else name
