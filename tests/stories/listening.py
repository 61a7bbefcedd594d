"""The whole bot (door, jobs, flows, record) in front of the GitHub that has everything."""

from __future__ import annotations

import functools
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from pydantic import SecretStr

from bot.core.review import Review
from bot.main import build
from bot.sandbox.app_key import make_app_key
from bot.sandbox.server import Server
from bot.settings import GitHubSettings, JobsSettings, Settings
from bot.store import queue, reviews
from tests import make
from tests.stories.anywhere import Anywhere
from tests.stories.octokit import Json

APP_ID = 4711
ENFORCE = "mode:\n  - {repositories: '**', mode: enforce}\n"
SETTLES = 30  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said."""

    status: int
    text: str


class Listening:
    """Started by the constructor; `stop` it. Its record is a fresh one in this folder."""

    def __init__(self, folder: Path, pull: Json) -> None:
        checklists = folder / "checklists"
        checklists.mkdir(parents=True)
        (checklists / "organisation.yaml").write_text(ENFORCE)
        make.database(folder)
        self.github = Anywhere(APP_ID, pull)
        self.github.start()
        self._bot = build(
            Settings(
                database_url=f"sqlite:///{folder / 'emptychair.db'}",
                secret_key=SecretStr(secrets.token_hex(32)),
                checklists_dir=checklists,
                github=GitHubSettings(
                    base_url=self.github.url,
                    app_id=APP_ID,
                    private_key=SecretStr(_private_key()),
                    webhook_secret=(SecretStr(make.SECRET),),
                    quiet_seconds=0,
                    limits="off",
                ),
                jobs=JobsSettings(workers=4),
            )
        )
        self._bot.start()
        self._server = Server(self._bot.web, "127.0.0.1", 0)
        self._server.start()
        self._session = requests.Session()
        self._session.trust_env = False
        self._delivery = 0

    def stop(self) -> None:
        """Take all of it down."""
        self._session.close()
        self._server.stop()
        self._bot.stop()
        self.github.stop()

    def post(self, event: str, payload: Json | bytes, *, again: bool = False) -> Answer:
        """One delivery, signed as GitHub does; `again` has the id of the one before."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._delivery += not again
        return self.send(body, make.headers(event, body, f"d-{self._delivery}"))

    def send(self, body: bytes, headers: dict[str, str]) -> Answer:
        """A body under just these headers."""
        url = f"{self._server.url}/github/webhooks"
        response = self._session.post(url, data=body, headers=headers, timeout=SETTLES)
        return Answer(response.status_code, response.text.strip())

    def settle(self) -> None:
        """Wait until all that was accepted is dealt with."""

        def done() -> bool:
            return self._bot.jobs.wait_idle(SETTLES) and self._backlog().ready == 0

        make.wait_until(done, SETTLES)

    def parked(self) -> int:
        """How many jobs were given up."""
        return self._backlog().parked

    def review(self, repository: int, number: int) -> Review | None:
        """The record of one pull request."""
        with self._bot.store.read() as connection:
            return reviews.load(connection, repository, number)

    def _backlog(self) -> queue.Backlog:
        with self._bot.store.read() as connection:
            return queue.backlog(connection, datetime.now(UTC))


@functools.cache
def _private_key() -> str:
    """Making one takes longer than everything else here."""
    return make_app_key().private
