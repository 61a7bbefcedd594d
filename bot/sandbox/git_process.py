"""Runs git: no shell, no pager, no settings of the repository that could run anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

TIMEOUT = 60.0  # seconds for one call


class NoHistory(Exception):
    """There is no history to read; the text says why, for the person who asked."""


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints. Raises NoHistory with git's own last line when it refuses."""
    try:
        done = subprocess.run(  # noqa: S603  # fixed program, arguments are a list, no shell
            _command(folder, arguments), capture_output=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoHistory(f"git did not answer in {folder}.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoHistory(f"{folder} has no git history to read: {said[-1] if said else 'no reason'}")
    return done.stdout


def git_start(folder: Path, limit: int, *arguments: str) -> bytes:
    """The first `limit` bytes of what git prints; the rest is never made."""
    with subprocess.Popen(  # noqa: S603  # fixed program, arguments are a list, no shell
        _command(folder, arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        read = process.stdout.read(limit)
        process.kill()
    return read


def _command(folder: Path, arguments: tuple[str, ...]) -> list[str]:
    program = shutil.which("git")
    if program is None:
        raise NoHistory("git is not installed, so there is no history to read.")
    if not folder.is_dir():
        raise NoHistory(f"There is no folder {folder}.")
    quiet = ["--no-pager", "--no-optional-locks", "-c", "log.showSignature=false"]
    return [program, "-C", str(folder), *quiet, *arguments]
