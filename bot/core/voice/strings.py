"""What customers read, as far as a diff shows it: the texts between quotes in changed lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core.facts import ChangedFile

MOST = 20  # texts
LONGEST = 200  # characters of one
_QUOTED = re.compile(r"\"([^\"\\\n]{8,200})\"|'([^'\\\n]{8,200})'|>([^<>{}\n]{8,200})<")
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[ ,.'’-]+[^\W\d_]+)+")
_QUIET = re.compile(
    r"(^|/)(tests?|__tests__|spec|fixtures|vendor|node_modules|dist|migrations)/|"
    r"(\.lock|lock\.json|lock\.yaml|\.min\.\w+|\.snap|\.svg|\.map)$|(^|[/._-])(test|spec)[._-]",
    re.IGNORECASE,
)


def strings(files: Iterable[ChangedFile]) -> list[str]:
    """Texts of at least two words in changed lines, each once, in the order of the files; not those
    of tests, lock files and what is generated."""
    found: dict[str, None] = {}
    for file in files:
        if file.patch is None or _QUIET.search(file.path):
            continue
        for line in file.patch.splitlines():
            if not line.startswith(("+", "-")) or line.startswith(("+++", "---")):
                continue
            for match in _QUOTED.finditer(line):
                text = next(part for part in match.groups() if part)
                if _WORDS.search(text):
                    found[text[:LONGEST]] = None
            if len(found) >= MOST:
                return list(found)[:MOST]
    return list(found)
