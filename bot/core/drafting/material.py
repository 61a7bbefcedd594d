"""What a model may read of a change: the file table, then what matters to customers first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.facts import ChangedFile

FILE_SHARE = 0.25  # of the room that one file may take
LONGEST_LINE = 400  # characters; longer lines are no source code
LONGEST_TITLE, LONGEST_TEXT = 300, 4_000
MOST_FILES = 60  # in the table
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_BULK = re.compile(
    r"(^|/)(node_modules|vendor|third_party|dist|build|__snapshots__)/|"
    r"(\.lock|-lock\.json|lock\.yaml|go\.sum|\.min\.(js|css)|\.snap|\.map|\.svg|\.png|\.ico)$",
    re.IGNORECASE,
)
_LOCALE = re.compile(r"(^|/)(locales?|i18n|lang|translations)/", re.IGNORECASE)
_SOURCE_LOCALE = re.compile(
    r"(^|[/._-])(en|en[-_](us|gb)|messages|default)([/._-]|$)", re.IGNORECASE
)
_TELLS = re.compile(  # what customers meet, or what others rely on
    r"route|endpoint|path\(|url|api|@(app|router|get|post|put|delete)|def |class |export |public |"
    r"CREATE |ALTER |DROP |column|setting|config|flag|price|limit|label|title|message|button|text|"
    r"error|deprecat|remove",
    re.IGNORECASE,
)
_BLOB = re.compile(r"[A-Za-z0-9+/=]{65,}|[0-9a-fA-F]{65,}")


@dataclass(frozen=True, slots=True)
class Hunk:
    """One changed part of a file. `where` is what people read: the file and the line."""

    id: str
    where: str
    text: str

    @property
    def changed(self) -> list[str]:
        """Its lines that were added or removed, without the sign."""
        return [line[1:] for line in self.text.splitlines() if line[:1] in ("+", "-")]


@dataclass(frozen=True, slots=True)
class Heard:
    """One piece of customer voice that the model may read. `name` is what people read."""

    id: str
    name: str
    kind: str
    segment: str
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """All that is sent, after secrets were taken out of it. `read` of `files` files are in it."""

    title: str
    text: str
    table: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    voice: tuple[Heard, ...]
    read: int
    files: int

    def hunk(self, id: str) -> Hunk | None:
        """The hunk of that id."""
        return next((hunk for hunk in self.hunks if hunk.id == id), None)

    def piece(self, id: str) -> Heard | None:
        """The piece of voice of that id."""
        return next((piece for piece in self.voice if piece.id == id), None)

    def as_json(self) -> str:
        """As it is sent: JSON, so that no text can end its own field."""
        told = {
            "title": self.title,
            "description": self.text,
            "files": list(self.table),
            "files_read": f"{self.read} of {self.files}",
            "hunks": [{"id": h.id, "where": h.where, "diff": h.text} for h in self.hunks],
            "customer_voice": [
                {"id": v.id, "kind": v.kind, "segment": v.segment, "text": v.text}
                for v in self.voice
            ],
        }
        return json.dumps(told, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def material(
    title: str,
    text: str,
    files: Sequence[ChangedFile],
    visible: Callable[[str], bool],
    voice: Sequence[Heard],
    room: int,
    redact: Callable[[str, bool], str],
) -> Material:
    """What is sent, in at most about `room` bytes.

    `visible` says whether customers meet a file: those come first. Deletions stay: what is taken
    away is the news. `redact` is given each text, and whether it is prose.
    """
    said = redact(text[:LONGEST_TEXT], True)
    head = redact(title[:LONGEST_TITLE], True)
    table = [redact(_row(file), False) for file in files[:MOST_FILES]]
    if len(files) > MOST_FILES:
        table.append(f"and {len(files) - MOST_FILES} more files")
    heard = tuple(Heard(v.id, v.name, v.kind, v.segment, redact(v.text, True)) for v in voice)
    left = room - sum(len(part.encode()) + 20 for part in (said, head, *table))
    left -= sum(len(v.text.encode()) + 80 for v in heard)
    shown = [file for file in files if file.patch and not _bulk(file.path)]
    ranked = sorted(shown, key=lambda file: (not visible(file.path), -_weight(file)))
    hunks: list[Hunk] = []
    read = 0
    for file in ranked:
        mine = int(min(left, max(FILE_SHARE * room, left / max(1, len(ranked)))))
        taken = 0
        for start, part in _parts(file):
            part = part if taken else _cut(part, mine)  # of each file at least something
            cost = len(part.encode()) + 40
            if taken + cost > mine + 40 or not part:
                continue
            id = f"H{len(hunks) + 1}"
            hunks.append(Hunk(id, f"{file.path}:{start}", redact(part, False)))
            taken += cost
        left -= taken
        read += taken > 0
    return Material(head, said, tuple(table), tuple(hunks), heard, read, len(files))


def _row(file: ChangedFile) -> str:
    return f"{file.path} +{file.additions} -{file.deletions}"


def _bulk(path: str) -> bool:
    other_language = _LOCALE.search(path) and not _SOURCE_LOCALE.search(path)
    return bool(_BULK.search(path) or other_language)


def _weight(file: ChangedFile) -> int:
    """How much a file tells: what is removed, and lines that others rely on."""
    lines = (file.patch or "").splitlines()
    gone = sum(line.startswith("-") for line in lines)
    told = sum(line[:1] in ("+", "-") and bool(_TELLS.search(line)) for line in lines)
    return 3 * min(gone, 100) + 2 * min(told, 100) + min(len(lines), 100)


def _parts(file: ChangedFile) -> list[tuple[str, str]]:
    """The hunks of a file with the line where each begins, those first that tell most."""
    patch = file.patch or ""
    starts = [*_HUNK.finditer(patch)]
    ends = [match.start() for match in starts[1:]] + [len(patch)]
    parts = [
        (match[1], _thin(patch[match.start() : end]))
        for match, end in zip(starts, ends, strict=True)
    ] or [("1", _thin(patch))]
    return sorted(parts, key=lambda part: -_weight(ChangedFile("", patch=part[1])))


def _cut(text: str, room: int) -> str:
    """As many whole lines of a part as there is room for."""
    if len(text.encode()) <= room:
        return text
    return text.encode()[: max(0, room)].decode("utf-8", "ignore").rpartition("\n")[0]


def _thin(text: str) -> str:
    """Without lines that nobody reads: data in letters, and lines of a whole page."""
    kept = (
        line for line in text.splitlines() if len(line) <= LONGEST_LINE and not _BLOB.search(line)
    )
    return "\n".join(kept)
