"""The bot and the stand-in GitHub side by side on loopback: for the demo and for tests."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from bot.core.review import Review
from bot.main import App, build
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.server import Server
from bot.sandbox.slack.standin import StandInSlack
from bot.settings import GitHubSettings, JobsSettings, Settings, SlackSettings
from bot.store import keys, proposals, queue, reviews

APP_ID = 1
ENFORCE = "mode:\n  - {repositories: '**', mode: enforce}\n"


@dataclass
class Pair:
    """Both running. `folder` holds database and checklists; `bot` is None while it is down."""

    folder: Path
    github: StandIn
    bot: App | None
    bot_url: str
    settings: Settings
    _server: Server
    _app: GitHubSettings
    _slack: StandInSlack | None = None

    @property
    def slack(self) -> StandInSlack:
        """The stand-in Slack of a pair that was started with one."""
        assert self._slack is not None
        return self._slack

    def stop_bot(self) -> None:
        """Take the bot down, cleanly; the record stays."""
        if self.bot is not None:
            self._server.stop()
            self.bot.stop()
            self.bot = None

    def start_bot(self) -> None:
        """Bring the bot up again on the same record and port."""
        self.bot, self._server = _start(self.settings)

    def move_to_app(self) -> None:
        """Bring a bot that wrote with a token up again as an App, which is then installed."""
        self.stop_bot()
        self.settings = self.settings.model_copy(update={"github": self._app})
        self.start_bot()
        self.github.install()

    def stop(self) -> None:
        """Take both down."""
        self.github.stop()
        if self._slack is not None:
            self._slack.stop()
        self.stop_bot()

    def review(self, number: int) -> Review | None:
        """The record of one pull request."""
        assert self.bot is not None
        with self.bot.store.read() as connection:
            return reviews.load(connection, self.github.state.repository_id, number)

    def settle(self, timeout: float = 20) -> bool:
        """Wait until every delivery is dealt with; False when the time is up."""
        assert self.bot is not None
        told = self.github.wait_idle(timeout)
        if self._slack is not None:
            told = self._slack.wait_idle(timeout) and told
        return told and self.bot.jobs.wait_idle(timeout)

    def proposal(self, channel: str, ts: str) -> Review | None:
        """The record of one proposal."""
        assert self.bot is not None
        with self.bot.store.read() as connection:
            return proposals.load(connection, channel, ts)

    def bot_backlog(self) -> int:
        """How many jobs are promised and not done, waiting ones included."""
        assert self.bot is not None
        with self.bot.store.read() as connection:
            return queue.backlog(connection, datetime.now(UTC)).ready

    def ledger_key(self) -> bytes:
        """The key that the record is sealed with."""
        assert self.settings.secret_key is not None
        return keys.derived(self.settings.secret_key.get_secret_value().encode(), "ledger")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()


def start_pair(
    folder: Path,
    *,
    organisation: str = ENFORCE,
    port: int = 0,
    quiet_seconds: float = 5,
    workers: int = 8,
    tune: Callable[[StandIn], None] | None = None,
    token_of: str = "",
    paced: bool = False,
    slack: bool = False,
    socket_mode: bool = False,
    slack_port: int = 0,
    generated: bool = False,
    pages: bool = False,
) -> Pair:
    """Start both. `organisation` is the text of `organisation.yaml`; `port` the stand-in's.

    `paced`: keep within GitHub's limits, which the stand-in does not have. `slack`: a stand-in
    Slack beside them, which the bot hears over HTTP, or with `socket_mode` over a socket.
    `generated`: a part of the record is made up, and the pages say so. `pages`: links lead there.

    `token_of` is the login of a machine user, with whose token the bot writes in place of an App.
    """
    checklists = folder / "checklists"
    checklists.mkdir(parents=True, exist_ok=True)
    (checklists / "organisation.yaml").write_text(organisation)
    key, secret, bot_port = make_app_key(), secrets.token_hex(16), _free_port()
    github = StandIn(
        webhook_url=f"http://127.0.0.1:{bot_port}/github/webhooks",
        webhook_secret=secret,
        app_id=APP_ID,
        app_public_key=key.public,
        port=port,
    ).start()
    if tune is not None:
        tune(github)
    app = GitHubSettings(
        base_url=github.api_url,
        app_id=APP_ID,
        private_key=SecretStr(key.private),
        webhook_secret=(SecretStr(secret),),
        quiet_seconds=quiet_seconds,
        limits="on" if paced else "off",
    )
    settings = Settings(
        database_url=f"sqlite:///{folder / 'emptychair.db'}",
        secret_key=SecretStr(secrets.token_hex(32)),
        checklists_dir=checklists,
        github=_with_token(github, token_of, app) if token_of else app,
        jobs=JobsSettings(workers=workers),
        web={"port": bot_port, "public_url": f"http://127.0.0.1:{bot_port}" if pages else ""},
    )
    chat = None
    if slack or socket_mode:
        chat = _slack("" if socket_mode else f"http://127.0.0.1:{bot_port}", slack_port)
        settings = settings.model_copy(update={"slack": _speaking(chat, socket_mode)})
    bot, server = _start(settings, generated)
    pair = Pair(folder, github, bot, f"http://127.0.0.1:{bot_port}", settings, server, app, chat)
    if token_of:
        github.hook()
    return pair


def _slack(bot_url: str, port: int) -> StandInSlack:
    """A workspace of its own, with secrets that nobody else knows."""
    chat = StandInSlack(
        f"{bot_url}/slack/events" if bot_url else "",
        signing_secret=secrets.token_hex(16),
        bot_token=f"xoxb-{secrets.token_hex(8)}",
        app_token=f"xapp-{secrets.token_hex(8)}",
        port=port,
    )
    chat.start()
    return chat


def _speaking(chat: StandInSlack, socket_mode: bool) -> SlackSettings:
    return SlackSettings(
        base_url=chat.api_url,
        bot_token=SecretStr(chat.bot_token),
        signing_secret=None if socket_mode else SecretStr(chat.signing_secret),
        app_token=SecretStr(chat.app_token) if socket_mode else None,
    )


def _with_token(github: StandIn, login: str, app: GitHubSettings) -> GitHubSettings:
    token = SecretStr(github.personal_token(login))
    return app.model_copy(update={"app_id": None, "private_key": None, "token": token})


def _start(settings: Settings, generated: bool = False) -> tuple[App, Server]:
    bot = build(settings, generated=generated)
    bot.start()
    server = Server(bot.web, "127.0.0.1", settings.web.port)
    server.start()
    return bot, server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
