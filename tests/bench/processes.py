"""Starts the stand-in and one bot on loopback, and stops them by their own ids."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from bot.sandbox.app_key import make_app_key
from tests.bench import examples
from tests.bench.drive import Target
from tests.bench.link import Link
from tests.bench.machine import free_port, tree
from tests.bench.peers import SECRET, WANT, Peer
from tests.bench.watch import control
from tests.bench.webhooks import Webhooks

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
QUIET = {"latency_ms": 0, "p": 0, "status": 0, "scope": "all", "mode": "before", "seed": 7}


class Stage:
    """The stand-in, and a bot in front of it. `log` takes what the bot prints."""

    def __init__(self, peer: Peer, log: Path) -> None:
        self.peer, self._log = peer, log
        self.folder = Path(tempfile.mkdtemp(prefix=f"bench-{peer.name}-"))
        self.port, stub = free_port(), free_port()
        self._key = make_app_key().private
        self.webhooks = Webhooks(examples.load(f"http://127.0.0.1:{stub}"), SECRET)
        command = [sys.executable, "-m", "tests.bench.stub", str(stub)]
        self._stub = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        assert self._stub.stdout is not None
        self._stub.stdout.readline()
        self.target = Target(self.port, stub, self._stub.pid, WANT)
        self._bot: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The bot's process."""
        assert self._bot is not None
        return self._bot.pid

    def fill(self, text: str) -> str:
        """A text of the peer's with its places filled."""
        values = {"port": str(self.port), "api": f"http://127.0.0.1:{self.target.stub}"}
        for name, value in (values | {"key": self._key, "folder": str(self.folder)}).items():
            text = text.replace("{" + name + "}", value)
        return text

    def faults(self, **settings: float | str) -> None:
        """Make the stand-in behave so, and well in all else."""
        control(self.target.stub, "config", QUIET | settings)

    def fresh(self) -> float:
        """Start the bot anew on an empty record; see `start`."""
        self.stop()
        shutil.rmtree(self.folder)
        for name, text in self.peer.files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.folder.mkdir(exist_ok=True)
        return self.start()

    def start(self) -> float:
        """Start the bot; the seconds until it acknowledged a first webhook."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {name: self.fill(text) for name, text in self.peer.environment.items()}
        command = [self.fill(part) for part in self.peer.command]
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._bot = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        return asyncio.run(self._answered()) - began

    async def _answered(self) -> float:
        until = time.monotonic() + START_SECONDS
        body = b'{"zen":"Keep it logically awesome.","hook_id":1}'
        request = self.webhooks.request(self.peer.path, "ping", body)
        link = Link(self.port)
        while time.monotonic() < until:
            if await link.send(request, 10):
                link.close()
                return time.monotonic()
            if self._bot is not None and self._bot.poll() is not None:
                break
            await asyncio.sleep(0.005)
        raise RuntimeError(f"{self.peer.title} did not start; {self._log} says why.")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the bot and all it started."""
        _end(self._bot, how)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop(signal.SIGKILL)
        _end(self._stub, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def _end(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    pids = tree(process.pid)
    _signal(pids, how)
    try:
        process.wait(12)
    except subprocess.TimeoutExpired:
        _signal(pids, signal.SIGKILL)
        process.wait(12)


def _signal(pids: list[int], how: signal.Signals) -> None:
    for pid in reversed(pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
