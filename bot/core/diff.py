"""Unified diffs: one text cut into files, one file cut into added and removed lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.facts import ChangedFile

_HEADER = "\ndiff --git "
_PLAIN_HEADER = re.compile(r"^(?=--- .+\n\+\+\+ .+\n@@ )", re.MULTILINE)  # as `diff -u` prints it
_NEW_PATH = re.compile(r"^\+\+\+ (?:b/)?([^\t\r\n]+)", re.MULTILINE)
_OLD_PATH = re.compile(r"^--- (?:a/)?([^\t\r\n]+)", re.MULTILINE)
_FIRST_LINE = re.compile(r"(?:a/)?.+ b/(.+)")
_FILE_GONE = re.compile(r"^@@ -\d+(?:,\d+)? \+0,0 @@", re.MULTILINE)


class NoFile(ValueError):
    """A text that is no diff; the message goes on after the name of what holds it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that one patch adds and removes, without their signs, each ending in a newline.

    Blank lines, comments and lines that only moved within the file are left out.
    """

    added: str = ""
    removed: str = ""
    file_gone: bool = False


def split(diff: str) -> dict[str, str]:
    """The patch of each file, by its path after the change (before it, when it was deleted).

    Patches lose their file header and begin at the first hunk; without a hunk (a rename, a binary
    file) they are empty. A file that stands there twice (a series of commits) has both patches.
    Text that is no diff gives an empty dict.
    """
    patches: dict[str, str] = {}
    before, *parts = f"\n{diff}".split(_HEADER)
    for part in (*_PLAIN_HEADER.split(before)[1:], *parts):
        start = part.find("\n@@ ")
        header = part if start < 0 else part[:start]
        path = _path(header)
        if path:
            patch = "" if start < 0 else part[start + 1 :]
            patches[path] = f"{patches[path]}\n{patch}" if path in patches else patch
    return patches


def files(diff: str) -> dict[str, ChangedFile]:
    """The changed files, by path; none for a blank text. Raises NoFile for one that is no diff."""
    patches = split(diff)
    if diff.strip() and not patches:
        raise NoFile("holds no file that can be read; give what `git diff` or `gh pr diff` prints")
    return {path: ChangedFile(path, *counts(patch), patch) for path, patch in patches.items()}


def _path(header: str) -> str:
    for pattern in (_NEW_PATH, _OLD_PATH):
        found = pattern.search(header)
        if found and found[1] != "/dev/null":
            return found[1].strip('"').removeprefix("b/").removeprefix("a/")
    first = _FIRST_LINE.match(header.partition("\n")[0])
    return first[1].strip('"') if first else ""


def counts(patch: str) -> tuple[int, int]:
    """How many lines the patch adds and removes."""
    found = f"\n{patch}"
    return found.count("\n+"), found.count("\n-")


def lines(patch: str, comments: tuple[str, ...] = ()) -> Lines:
    """What the patch adds and removes.

    `comments` are the beginnings of a line that say it is a remark for programmers.
    """
    whole = f"\n{patch}"
    added = _signed(whole, "+", comments)
    removed = _signed(whole, "-", comments)
    moved = added.keys() & removed.keys()
    gone = bool(removed) and not added and _FILE_GONE.search(patch) is not None
    return Lines(_join(added, moved), _join(removed, moved), gone)


def _signed(patch: str, sign: str, comments: tuple[str, ...]) -> dict[str, None]:
    """The lines of one sign, in their order. Cutting at the sign skips all other lines unread."""
    found: dict[str, None] = {}
    for part in patch.split(f"\n{sign}")[1:]:
        text = part.partition("\n")[0].rstrip()
        if text and not (comments and text.lstrip().startswith(comments)):
            found[text] = None
    return found


def _join(found: dict[str, None], moved: set[str]) -> str:
    kept = [line for line in found if line not in moved] if moved else list(found)
    return "\n".join([*kept, ""])
