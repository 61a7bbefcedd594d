"""The side that faces Slack: Bolt, the door or the socket, and who we are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from bot.errors import Refused, Transient
from bot.flows.world import World
from bot.gateways.slack import SlackGateway
from bot.inbound.lines import Lines
from bot.inbound.slack import SlackDoor
from bot.inbound.slack_ear import Ear
from bot.inbound.slack_listeners import bolt
from bot.jobs.traffic import Traffic
from bot.settings import SlackSettings

ASK_AGAIN = 30.0  # seconds between two tries to learn who we are
log = structlog.get_logger()


class SlackSide:
    """Started once; `door` answers what comes over HTTP."""

    def __init__(
        self,
        settings: SlackSettings,
        gateway: SlackGateway,
        world: World,
        clock: Callable[[], datetime],
        traffic: Traffic,
    ) -> None:
        assert settings.bot_token is not None
        self._settings, self._gateway = settings, gateway
        self._me = ("", "")
        self._stopped = threading.Event()
        token = settings.bot_token.get_secret_value()
        self._app = bolt(token, lambda: self._me, Ear(world).hear)
        self._socket: SocketModeHandler | None = None
        self.door: ASGIApp = PlainTextResponse(OVER_SOCKET, 503)
        if settings.signing_secret is not None:
            secret = settings.signing_secret.get_secret_value().encode()
            self.door = SlackDoor(self._app, secret, Lines(clock), traffic)

    def start(self) -> None:
        """Learn who we are, and connect the socket where there is one; beside everything else."""
        threading.Thread(target=self._start, name="slack-start", daemon=True).start()

    def stop(self) -> None:
        """Hear no more."""
        self._stopped.set()
        if self._socket is not None:
            self._socket.close()  # type: ignore[no-untyped-call]

    def _start(self) -> None:
        while not self._stopped.is_set():
            try:
                self._me = self._gateway.team()
                log.info("slack.known", team=self._me[0], user=self._me[1])
                break
            except (Refused, Transient) as error:
                log.error("slack.unknown", error=str(error), hint=HINT)
                self._stopped.wait(ASK_AGAIN)
        if self._settings.app_token is not None and not self._stopped.is_set():
            self._connect(self._settings.app_token.get_secret_value())

    def _connect(self, token: str) -> None:
        """Socket Mode; it connects again by itself when Slack drops it."""
        self._socket = SocketModeHandler(self._app, token, web_client=self._gateway.web_client())
        while not self._stopped.is_set():
            try:
                self._socket.connect()  # type: ignore[no-untyped-call]
                log.info("slack.connected")
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                log.error("slack.not_connected", error=str(error), hint=SOCKET_HINT)
                self._stopped.wait(ASK_AGAIN)


HINT = "See EMPTYCHAIR_SLACK__BOT_TOKEN and the network; it is tried again."
SOCKET_HINT = "See EMPTYCHAIR_SLACK__APP_TOKEN (connections:write); it is tried again."
OVER_SOCKET = (
    "Slack is set up for Socket Mode here. For HTTP set EMPTYCHAIR_SLACK__SIGNING_SECRET too.\n"
)
