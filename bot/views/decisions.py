"""What people decided about a review, in one line each, as HTML that Markdown takes as well."""

from __future__ import annotations

from bot.core.rulings import Ruled, Ruling
from bot.core.waivers import Waiver
from bot.views import words
from bot.views.markdown import escape

OPEN_TO_ALL = " (no reviewers are named, so write access is enough)"


def waived(waiver: Waiver) -> str:
    """Who let it go, until when and why."""
    until = f" until {words.day(waiver.until)}" if waiver.until else ""
    ended = " (that day is over)" if waiver.expired else ""
    return f"waived by <b>{escape(waiver.by.login)}</b>{until}{ended}: {reason(waiver)}"


def paused(pause: Waiver) -> str:
    """Who turned the bot off, why, and how it is turned on again."""
    return (
        f"<b>{escape(pause.by.login)}</b> turned the bot off here: {reason(pause)}. "
        "<code>/impact resume</code> turns it on again."
    )


def reason(of: Waiver | Ruling) -> str:
    """Why, what made its author a reviewer, and whether the comment still says so."""
    return f"“{escape(of.reason)}”{OPEN_TO_ALL if of.open_to_all else ''}{words.fate(of.fate)}"


def ruling(found: Ruling) -> str:
    """Who raised or lowered the tier, or attested, and why; and whether that still holds."""
    verb = {
        Ruled.RAISED: f"raised this to {found.tier}",
        Ruled.LOWERED: f"lowered this to {found.tier}",
        Ruled.ATTESTED: "says that no customer will notice",
    }[found.ruled]
    ended = " (this does not hold any more)" if found.ended else ""
    return f"{escape(found.by.login)} {verb}: {reason(found)}{ended}."
