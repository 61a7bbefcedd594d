"""What one commit changed, file by file, as GitHub lists it: numbers, status, patch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.git_process import git, git_start
from bot.sandbox.records import FileChange

MAX_PATCH = 20_000  # characters of one file's patch that are kept
MAX_DIFF = 8_000_000  # bytes of one commit's diff that are read
STATUS = {"A": "added", "D": "removed", "R": "renamed", "C": "copied"}
SECTION = re.compile(r"^diff --git ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit as the log tells it; `parents` is empty for the first one."""

    sha: str
    parents: tuple[str, ...]
    author: str
    message: str


def changes(folder: Path, entry: Entry) -> Iterator[FileChange]:
    """The changed files against the first parent, or against nothing for a first commit."""
    before = entry.parents[0] if entry.parents else _empty_tree(folder)
    # diff-tree heeds no settings of the person or the repository.
    compare = ["diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv"]
    pair = [before, entry.sha, "--"]
    names = list(_names(git(folder, *compare, "-z", "--name-status", *pair)))
    numbers = _numbers(git(folder, *compare, "-z", "--numstat", *pair))
    patches = _patches(git_start(folder, MAX_DIFF, *compare, "-p", *pair))
    for kind, path, previous in names:
        added, deleted = numbers.get(path, (0, 0))
        patch = next(patches, None)
        if kind == "T":  # a file that became a link is told as removed and made
            patch = "\n".join(filter(None, (patch, next(patches, None)))) or None
        yield FileChange(path, added, deleted, patch, STATUS.get(kind, "modified"), previous)


def _empty_tree(folder: Path) -> str:
    """The name of a tree without files, which depends on the repository's kind of hash."""
    kind = git(folder, "rev-parse", "--show-object-format").strip()
    return EMPTY_TREE_SHA256 if kind == b"sha256" else EMPTY_TREE


def _names(raw: bytes) -> Iterator[tuple[str, str, str | None]]:
    """Kind, path and, of a rename or copy, the path before."""
    fields = iter(_fields(raw))
    for kind in fields:
        path = next(fields)
        if kind[:1] in ("R", "C"):
            yield kind[:1], next(fields), path
        else:
            yield kind[:1], path, None


def _numbers(raw: bytes) -> dict[str, tuple[int, int]]:
    """Added and deleted lines by path; binary files have none."""
    found: dict[str, tuple[int, int]] = {}
    fields = iter(_fields(raw))
    for field in fields:
        added, deleted, path = field.split("\t", 2)
        if not path:  # a rename: the two paths follow
            next(fields)
            path = next(fields)
        if added != "-":
            found[path] = (int(added), int(deleted))
    return found


def _patches(raw: bytes) -> Iterator[str | None]:
    """One patch for each file in order, without its header; None where there is no text."""
    for section in SECTION.split(raw.decode("utf-8", "replace"))[1:]:
        start = section.find("\n@@ ")
        yield _cut(section[start + 1 :].rstrip("\n")) if start >= 0 else None


def _cut(patch: str) -> str:
    if len(patch) <= MAX_PATCH:
        return patch
    return patch[: patch.rfind("\n", 0, MAX_PATCH)]


def _fields(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "replace").split("\0")[:-1]


EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
EMPTY_TREE_SHA256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
