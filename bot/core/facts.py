"""What the outside world tells us, as small typed values. No behaviour beyond plain questions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a pull request.

    `patch` is the unified diff without its file header; None means that it was not given (binary,
    too large, or not fetched), the empty text that there is none.
    """

    path: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    previous_path: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """All that triage may look at: what the author wrote and what the diff shows.

    `complete` is False when files or patches are known to be missing (more than 3,000 files, a cut
    diff): what could not be read can never count as harmless.
    """

    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    branch: str = ""
    author: str = ""
    files: tuple[ChangedFile, ...] = field(default=())
    complete: bool = True
