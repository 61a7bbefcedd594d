"""The manifest of the Slack app, made from what we listen to and what we call: nothing more is
asked for. https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.inbound.slack_menu import EVENTS, MENU
from bot.views.slack_names import COMMAND

EVENTS_PATH = "/slack/events"
# Every method that we call, and the scopes of which it needs one at least; () needs none.
CALLED: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "views.open": (),
    "views.update": (),
    "views.publish": (),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.getPermalink": (),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history"),
    "conversations.history": ("channels:history", "groups:history"),
    "users.info": ("users:read",),
}
# What we hear, and the scope that it takes.
HEARD = {"app_mention": ("app_mentions:read",), "app_home_opened": (), "command": ("commands",)}
BY_EMAIL = "users:read.email"
REASONS = {
    "commands": f"the menus and {COMMAND}",
    "chat:write": "the card, the line of a decision, and what only one person sees",
    "chat:write.public": "the card in public channels that nobody invited us to",
    "app_mentions:read": "to hear when somebody mentions us",
    "channels:read": "whether a channel is public, so that its words may be shown elsewhere",
    "groups:read": "that a channel is private, so that its words stay in it",
    "channels:history": "the text of a proposal, and our own card after a lost answer",
    "groups:history": "the same in private channels that we were invited to",
    "users:read": "what people are called",
}


def scopes(by_email: bool = False) -> list[str]:
    """The bot scopes, in alphabetical order."""
    found = {scope for needed in (*CALLED.values(), *HEARD.values()) for scope in needed}
    return sorted(found | ({BY_EMAIL} if by_email else set()))


def manifest(url: str = "", socket: bool = False, by_email: bool = False) -> dict[str, Any]:
    """The manifest for an app that is reached at `url`, or through a socket."""
    where = f"{url.rstrip('/')}{EVENTS_PATH}"
    reached = {} if socket else {"request_url": where}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Empty Chair",
            "description": "No decisions without the customer.",
            "background_color": "#3a2a1e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": False,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Empty Chair", "always_online": True},
            "shortcuts": [
                {
                    "name": entry.name,
                    "type": entry.kind,
                    "callback_id": str(entry.callback_id),
                    "description": entry.description,
                }
                for entry in MENU
            ],
            "slash_commands": [_command(where, socket)],
        },
        "oauth_config": {"scopes": {"bot": scopes(by_email)}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": _sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _command(where: str, socket: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "command": COMMAND,
        "description": "Decide with the customer in the room",
        "usage_hint": "help | new | mine | stats | link",
        "should_escape": True,
    }
    return told if socket else {**told, "url": where}


def _sorted(names: Sequence[str]) -> list[str]:
    return sorted(names)
