"""What people find of us in Slack's menus, and what we hear of: listeners and manifest agree."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.slack_names import Shortcut


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of Slack's menus. `kind`: of a message, or global."""

    name: str
    callback_id: str
    kind: str
    description: str


MENU = (
    Entry(
        "Customer impact",
        Shortcut.IMPACT,
        "message",
        "Decide this with the customer in the room",
    ),
    Entry(
        "Add as customer evidence",
        Shortcut.EVIDENCE,
        "message",
        "Keep what a customer said or did",
    ),
    Entry("New proposal", Shortcut.NEW, "global", "Propose something, with its customer impact"),
)
EVENTS = ("app_home_opened", "app_mention")
