"""What GitHub's Revert button writes: the same change the other way round."""

from __future__ import annotations

import re

from bot.sandbox.records import FileChange, PullRequest

OPPOSITE = {"added": "removed", "removed": "added"}
SWAPPED = str.maketrans("+-", "-+")
HUNK = re.compile(r"^@@ -(\S+) \+(\S+) @@")


def title_of_revert(pull: PullRequest, longest: int) -> str:
    return f'Revert "{pull.title}"'[:longest]


def reverted(file: FileChange) -> FileChange:
    """One file of the change back: what was added goes, what had gone comes back."""
    renamed = file.status == "renamed" and file.previous_path
    return FileChange(
        path=file.previous_path if renamed and file.previous_path else file.path,
        additions=file.deletions,
        deletions=file.additions,
        patch=file.patch and "\n".join(_reverted_line(line) for line in file.patch.split("\n")),
        status=OPPOSITE.get(file.status, file.status),
        previous_path=file.path if renamed else None,
    )


def _reverted_line(line: str) -> str:
    if line.startswith("@@ "):
        return HUNK.sub(r"@@ -\2 +\1 @@", line)
    return line[:1].translate(SWAPPED) + line[1:]
