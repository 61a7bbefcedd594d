"""Which repositories are enforced, as text: JSON for programs, cells and notes for people."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.core.enforcement import Required, Standing

HEADINGS = ("Repository", "Mode", "Gate", "Pinned to", "Read", "Open", "Why, and what next")
PINNED = {
    Required.UNKNOWN: "?",
    Required.OURS: "this App",
    Required.ANYONE: "nobody",
    Required.OTHER: "another App",
    Required.NO: "–",
}
NOTES = (
    "enforced: GitHub requires the check on the default branch, and the mode is enforce.",
    "Open: reviews of open pull requests. Times are UTC; rules are read every six hours.",
)
NONE = (
    "No repository is known yet. Install the App on one (App settings, Install App), and keep\n"
    "`emptychair serve` running."
)


def gate(each: Standing) -> str:
    """enforced or advisory."""
    return "enforced" if each.enforcement.enforced else "advisory"


def cells(each: Standing) -> tuple[str, ...]:
    """One row, in the order of HEADINGS."""
    told, at = each.enforcement, each.ruled.read_at
    return (
        each.ruled.name,
        str(each.mode),
        gate(each),
        PINNED[each.ruled.required],
        f"{at:%Y-%m-%d %H:%M}" if at else "never",
        str(each.ruled.open_reviews),
        ". ".join(part for part in (told.why, told.step) if part),
    )


def total(found: Sequence[Standing]) -> str:
    """How many of how many are enforced."""
    enforced = sum(each.enforcement.enforced for each in found)
    return f"{enforced} of {len(found)} enforced."


def as_json(found: Sequence[Standing]) -> str:
    """One object; what was never read has null for its time, and "" for what is required."""
    return json.dumps(
        {
            "enforced": sum(each.enforcement.enforced for each in found),
            "repositories": [
                {
                    "repository": each.ruled.name,
                    "mode": each.mode,
                    "enforced": each.enforcement.enforced,
                    "required": each.ruled.required,
                    "pinned": each.enforcement.pinned,
                    "why": each.enforcement.why,
                    "next": each.enforcement.step,
                    "read_at": each.ruled.read_at.isoformat() if each.ruled.read_at else None,
                    "open_reviews": each.ruled.open_reviews,
                }
                for each in found
            ],
        }
    )
