"""The Bolt app: everything that it hears goes to one ear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot.inbound.slack_menu import EVENTS, MENU
from bot.views.slack_names import COMMAND, Press, Window

Hear = Callable[[Mapping[str, Any]], BoltResponse]


SENT = tuple(w for w in Window if w not in (Window.LOADING, Window.SAID))
PRESSED = re.compile(rf"(?:{'|'.join(Press)})(?::.*)?")


def bolt(token: str, bot: Callable[[], tuple[str, str]], hear: Hear) -> App:
    """The Bolt app. Who we are is not asked for at each request; `bot` gives (team, user)."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        team, user = bot()
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or team,
            bot_user_id=user or None,
            bot_token=token,
        )

    app = App(
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # the door has verified the raw bytes
        attaching_conversation_kwargs_enabled=False,
    )

    def listen(body: dict[str, Any]) -> BoltResponse:
        return hear(body)

    for entry in MENU:
        app.shortcut(entry.callback_id)(listen)
    app.command(COMMAND)(listen)
    for event in EVENTS:
        app.event(event)(listen)
    app.action(PRESSED)(listen)
    for window in SENT:
        app.view(window)(listen)
    return app
