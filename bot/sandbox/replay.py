"""Reads the newest commits of a local git repository as if each had been a pull request.

Only `git` is asked, with NUL between fields, so that no name or message can confuse it. Odd
encodings become replacement characters, e-mail addresses are never asked for.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.git_diff import Entry, changes
from bot.sandbox.git_process import NoHistory, git
from bot.sandbox.records import FileChange

__all__ = ["NoHistory", "Sample", "replay"]

MAX_TITLE = 256  # characters, as on GitHub
MAX_BODY = 60_000  # characters
MERGED_PULL = re.compile(r"^Merge pull request #\d+ from ([^/\s]+)/(\S+)")
MERGED_BRANCH = re.compile(r"^Merge (?:remote-tracking )?branch '([^']+)'")


@dataclass(frozen=True, slots=True)
class Sample:
    """What one pull request was about; `author` is a login made from a name."""

    title: str
    body: str
    author: str
    branch: str
    files: tuple[FileChange, ...]

    @property
    def additions(self) -> int:
        return sum(file.additions for file in self.files)

    @property
    def deletions(self) -> int:
        return sum(file.deletions for file in self.files)


def replay(
    folder: Path,
    newest: int,
    progress: Callable[[int, int], None] | None = None,
    merges: bool = True,
) -> Iterator[Sample]:
    """The newest samples, oldest first; `progress` hears how many of how many were read.

    A merge counts as one pull request, compared with its first parent; a commit made straight on
    the branch counts as one, too. Without `merges` only those are read. Raises NoHistory.
    """
    entries = history(folder, newest, merges)
    for index, entry in enumerate(reversed(entries)):
        title, body = told(entry.message)
        author, branch = origin(entry, title)
        yield Sample(title, body, author, branch, tuple(changes(folder, entry)))
        if progress:
            progress(index + 1, len(entries))


def history(folder: Path, newest: int, merges: bool = True) -> list[Entry]:
    """The newest entries of the branch that is checked out, newest first. Raises NoHistory."""
    if newest < 1:
        return []
    # Fields end with NUL, and no field can hold one: four of them make an entry.
    raw = git(
        folder, "log", "-z", "--first-parent", f"--max-count={newest}", "--encoding=UTF-8",
        *([] if merges else ["--no-merges"]), "--format=%H%x00%P%x00%an%x00%B", "HEAD", "--",
    )  # fmt: skip
    fields = raw.decode("utf-8", "replace").split("\0")
    groups = zip(*[iter(fields)] * 4, strict=False)
    entries = [
        Entry(sha.strip(), tuple(parents.split()), author, message.strip())
        for sha, parents, author, message in groups
    ]
    return _without_edge(folder, entries)


def told(message: str) -> tuple[str, str]:
    """Title and body: the first paragraph is the title, in full unless GitHub would refuse it."""
    first, _, rest = message.replace("\r\n", "\n").partition("\n\n")
    title = " ".join(first.split())
    if len(title) > MAX_TITLE:
        line, _, more = first.partition("\n")
        whole = line if len(line) > MAX_TITLE else ""
        title = line[: MAX_TITLE - 1] + "…" if whole else line
        rest = "\n".join(part for part in (whole, more, "", rest) if part or more)
    return title or "(no message)", rest.strip()[:MAX_BODY]


def origin(entry: Entry, title: str) -> tuple[str, str]:
    """Author and branch: what a merge says of them, else the commit's author and the title."""
    pull = MERGED_PULL.match(entry.message)
    if pull:
        return pull[1], pull[2]
    branch = MERGED_BRANCH.match(entry.message)
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:40].strip("-")
    return login(entry.author), branch[1] if branch else slug or entry.sha[:7]


def login(name: str) -> str:
    """A login-like word out of a person's name; never out of an e-mail address."""
    if "@" in name:
        return f"person-{zlib.crc32(name.encode()) % 10_000:04}"
    bot = "[bot]" if name.endswith("[bot]") else ""
    word = "-".join(re.findall(r"[a-z0-9]+", name.removesuffix("[bot]").lower()))
    return (word[:39].strip("-") or "somebody") + bot


def _without_edge(folder: Path, entries: list[Entry]) -> list[Entry]:
    """At the edge of a shallow clone a commit looks as if it had made every file: left out."""
    if len(entries) > 1 and not entries[-1].parents:
        shallow = git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
        return entries[:-1] if shallow else entries
    return entries
