"""What people decided about a review, in one line each, as HTML that Markdown takes as well."""

from __future__ import annotations

from bot.core.rulings import Ruled, Ruling
from bot.core.waivers import Waiver
from bot.views import words
from bot.views.markdown import escape


def waived(waiver: Waiver) -> str:
    """Who let it go, until when and why."""
    until = f" until {words.day(waiver.until)}" if waiver.until else ""
    ended = " (that day is over)" if waiver.expired else ""
    open_to_all = ", as no reviewers are named" if waiver.open_to_all else ""
    fate = words.fate(waiver.fate)
    return (
        f"waived by <b>{escape(waiver.by.login)}</b>{until}{ended}: “{escape(waiver.reason)}”"
        f"{open_to_all}{fate}"
    )


def ruling(found: Ruling) -> str:
    """Who raised or lowered the tier, or attested, and why; and whether that still holds."""
    verb = {
        Ruled.RAISED: f"raised it to {found.tier}",
        Ruled.LOWERED: f"lowered it to {found.tier}",
        Ruled.ATTESTED: "attested that no customer will notice",
    }[found.ruled]
    ended = " (ended: something new came up since)" if found.ended and found.lowers else ""
    ended = ended or (" (ended)" if found.ended else "")
    open_to_all = ", as no reviewers are named" if found.open_to_all else ""
    by = escape(found.by.login)
    return f"{by} {verb}: “{escape(found.reason)}”{open_to_all}{words.fate(found.fate)}{ended}."
