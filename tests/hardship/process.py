"""The real `emptychair serve` as a process of its own, beside a stand-in GitHub and Slack."""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import requests
from sqlalchemy import text

from bot.cli.pair import APP_ID, ENFORCE
from bot.core.review import Review
from bot.sandbox import api
from bot.sandbox.app_key import make_app_key
from bot.sandbox.github import StandIn
from bot.sandbox.slack.standin import StandInSlack
from bot.store import keys, ledger, proposals, reviews
from bot.store.engine import open_engine
from tests import make

START_SECONDS = 30
STOP_SECONDS = 10  # what the command line promises


class Bot:
    """One record in one folder, and the process that works on it while there is one."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder, key, secret = folder, make_app_key(), secrets.token_hex(16)
        self.database = folder / "emptychair.db"
        self.secret_key, self.webhook_secret = secrets.token_hex(32), secret
        url = make.database(folder)
        checklists = folder / "checklists"
        checklists.mkdir()
        (checklists / "organisation.yaml").write_text(ENFORCE)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.github = StandIn(
            webhook_url=f"{self.url}/github/webhooks",
            webhook_secret=secret,
            app_id=APP_ID,
            app_public_key=key.public,
        ).start()
        self.slack = StandInSlack(
            f"{self.url}/slack/events",
            signing_secret=secrets.token_hex(16),
            bot_token=f"xoxb-{secrets.token_hex(8)}",
        )
        self.slack.start()
        given = {
            "DATABASE_URL": url,
            "SECRET_KEY": self.secret_key,
            "CHECKLISTS_DIR": checklists,
            "GITHUB__BASE_URL": self.github.api_url,
            "GITHUB__APP_ID": APP_ID,
            "GITHUB__PRIVATE_KEY": key.private,
            "GITHUB__WEBHOOK_SECRET": secret,
            "GITHUB__QUIET_SECONDS": 0,
            "GITHUB__LIMITS": "off",
            "SLACK__BASE_URL": self.slack.api_url,
            "SLACK__BOT_TOKEN": self.slack.bot_token,
            "SLACK__SIGNING_SECRET": self.slack.signing_secret,
            "WEB__PORT": port,
            **settings,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        named = {f"EMPTYCHAIR_{name}": str(value) for name, value in given.items()}
        self._environment = {**kept, **named, "PYTHONPATH": os.getcwd()}
        self._engine = open_engine(url)
        self.process: subprocess.Popen[bytes] | None = None
        self._scribe: subprocess.Popen[bytes] | None = None
        self.log = folder / "bot.log"

    # -- its life ----------------------------------------------------------------------------------

    def start(self, **more: object) -> None:
        """Start it; returns as soon as it answers. `more` are variables of this start alone."""
        environment = self._environment | {name: str(value) for name, value in more.items()}
        with self.log.open("ab") as log:  # through a pipe: a limit on files is not one on its log
            self._scribe = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
        pen = self._scribe.stdin
        command = [sys.executable, "-m", "bot", "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=pen, stderr=pen)
        assert pen is not None
        pen.close()
        make.wait_until(self.answers, START_SECONDS)

    def answers(self) -> bool:
        """Whether it is alive. Fails where the process has ended by itself."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        return False

    def kill(self) -> None:
        """`kill -9`: nothing is finished, nothing is said."""
        assert self.process is not None
        self.process.kill()
        self._ended()

    def terminate(self) -> int:
        """SIGTERM; gives the exit code. Fails where it takes longer than promised."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)
        return self._ended()

    def _ended(self) -> int:
        assert self.process is not None
        assert self._scribe is not None
        code = self.process.wait()
        self._scribe.wait()
        self.process = self._scribe = None
        return code

    def stop(self) -> None:
        """Take everything down."""
        if self.process is not None:
            self.kill()
        self.github.stop()
        self.slack.stop()
        self._engine.dispose()

    def limit_files(self, most: int | None) -> None:
        """From now on no file of the process grows beyond this many bytes; None: as it likes."""
        assert self.process is not None
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        soft = hard if most is None else most
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (soft, hard))

    def memory(self, name: str = "VmRSS") -> int:
        """Bytes in memory now; `VmHWM`: at the most so far."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024

    # -- what it says and keeps --------------------------------------------------------------------

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Status and content of `/readyz`."""
        answer = requests.get(f"{self.url}/readyz", timeout=15)
        return answer.status_code, answer.json()

    def metric(self, name: str) -> float | None:
        """One number of `/metrics`; None where it is not told."""
        lines = requests.get(f"{self.url}/metrics", timeout=15).text.splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.rpartition(" ")[0] == name]
        return float(found[0]) if found else None

    def lines(self, event: str) -> list[str]:
        """The log lines of that event."""
        return [line for line in self.log.read_text().splitlines() if event in line]

    def rows(self, query: str) -> list[Any]:
        """What stands in the database."""
        with self._engine.connect() as connection:
            found = connection.execute(text(query)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in found]

    def review(self, number: int) -> Review | None:
        """The record of one pull request."""
        with self._engine.connect() as connection:
            return reviews.load(connection, self.github.state.repository_id, number)

    def proposal(self, channel: str, ts: str) -> Review | None:
        """The record of one proposal."""
        with self._engine.connect() as connection:
            return proposals.load(connection, channel, ts)

    def first_broken(self) -> int | None:
        """Where the ledger is broken; None if it is whole."""
        key = keys.derived(self.secret_key.encode(), "ledger")
        with self._engine.connect() as connection:
            return ledger.first_broken(connection, key)

    def redeliver(self) -> int:
        """Send again, in order, whatever was sent and never accepted; gives how many."""
        known, accepted, open_ones = list(self.github.deliveries), set(), set()
        for one in known:
            if one.status is None:
                open_ones.add(one.guid)
            elif 200 <= one.status < 300:
                accepted.add(one.guid)
        missed = dict.fromkeys(d.guid for d in known if d.guid not in accepted | open_ones)
        for guid in missed:
            self.github.redeliver(guid)
        return len(missed)

    def settle(self, seconds: float) -> None:
        """Until all was told and nothing is left to do."""
        quiet = "SELECT count(*) FROM job WHERE state = 'ready'"

        def at_rest() -> bool:
            told = self.github.wait_idle(0.2) and not self.redeliver()
            return told and self.rows(quiet) == [0] and self.github.wait_idle(0)

        make.wait_until(lambda: at_rest() and at_rest(), seconds)


@contextmanager
def bot_in(folder: Path, **settings: object) -> Iterator[Bot]:
    """Both, the bot not yet started; `settings` by their names without the prefix.

    GitHub's hourly limit is far away: it would have the bot rest for the rest of the hour.
    """
    with mock.patch.object(api, "HOURLY_LIMIT", 1_000_000):
        made = Bot(folder, **settings)
        try:
            yield made
        finally:
            made.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
