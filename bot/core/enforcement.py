"""Does the gate hold anything? Only where GitHub requires the check and the mode is enforce."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.facts import RequiredCheck
from bot.core.organisation import Mode, Organisation


class Required(enum.StrEnum):
    """What the rules of the default branch say of our check; empty: not known."""

    UNKNOWN = ""
    OURS = "ours"  # required, and from our App only
    ANYONE = "anyone"  # required, and whoever reports that name satisfies it
    OTHER = "other"  # required from another App: nothing that we report satisfies it
    NO = "no"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A repository, what its rules say of our check, and since when we know (None: never read)."""

    name: str
    required: Required
    read_at: datetime | None
    open_reviews: int


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Whether a pending review holds the merge. `why` is empty where all is well, `step` says what
    to do next and is empty where there is nothing to do."""

    enforced: bool
    pinned: bool
    why: str
    step: str


def required(rules: Iterable[RequiredCheck], name: str, app_id: int | None) -> Required:
    """What these rules say of the check `name`, all of which have to be satisfied at once.

    `app_id` is our App; None where we are none, so that a rule pinned to an App means another one.
    """
    apps = {rule.app for rule in rules if rule.name == name}
    if apps - {None, app_id}:
        return Required.OTHER
    if app_id is not None and app_id in apps:
        return Required.OURS
    return Required.ANYONE if apps else Required.NO


_RULESET = "Print the ruleset with `emptychair repositories --ruleset`, and apply it."
_PIN = "Choose this App as the check's source in the rule."
_SAID = {
    Required.UNKNOWN: (
        "not read yet",
        "It is read when the App is installed, and every six hours.",
    ),
    Required.NO: ("no rule requires the check", _RULESET),
    Required.OTHER: ("required, but pinned to another App: it can never pass", _PIN),
    Required.ANYONE: ("required, but not pinned: anybody's check of that name satisfies it", _PIN),
    Required.OURS: ("", ""),
}
_REFUSED = (
    "GitHub did not let us read the rules",
    "See that the App is still installed there and may read metadata.",
)
_MODES = {
    Mode.SHADOW: "its mode is shadow: nobody is asked",
    Mode.WARN: "its mode is warn: nothing is ever red",
}
_MODE_STEP = "Say `mode: enforce` for it in organisation.yaml, when you are ready."


@dataclass(frozen=True, slots=True)
class Standing:
    """A repository, its mode, and whether its gate holds anything."""

    ruled: Ruled
    mode: Mode
    enforcement: Enforcement


def standing(ruled: Ruled, organisation: Organisation) -> Standing:
    """Where a repository stands, as the organisation wants it and GitHub's rules have it."""
    mode = organisation.mode_of(ruled.name)
    told = enforcement(ruled.required, mode, ruled.read_at is not None)
    return Standing(ruled, mode, told)


def enforcement(found: Required, mode: Mode, was_read: bool = True) -> Enforcement:
    """Enforced, or advisory with the reason in words. `was_read`: GitHub was asked at all.

    What the rules lack is named before the mode: in `enforce` it would surprise.
    """
    pinned = found is Required.OURS
    holds = found in (Required.OURS, Required.ANYONE)
    why, step = _REFUSED if found is Required.UNKNOWN and was_read else _SAID[found]
    if holds and mode is not Mode.ENFORCE:
        return Enforcement(False, pinned, _MODES[mode], _MODE_STEP)
    return Enforcement(holds, pinned, why, step)
