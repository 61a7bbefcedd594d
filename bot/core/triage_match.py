"""Asks every rule's patterns of a change: each text and each file is read once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.diff import Lines, lines
from bot.core.facts import Change, ChangedFile
from bot.core.patterns import PatternSet, compiled, findall
from bot.core.triage_paths import Paths
from bot.core.triage_rules import TEXTS, FileClass, Rule, TriageFile

LINE_KEYS = ("added", "removed", "changed", "gone")
TRACE = -1  # stands for the traces section where a rule's number is expected
# What a template offers and the author left alone: an unticked box, a hint that nobody sees.
_UNTICKED = re.compile(r"^[ \t]*[-*+][ \t]\[ \][^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one file says: the rules whose file keys it fulfils, with the name of what is gone.

    `needs_rule`: customers never meet this file; only a rule can find something of theirs in it.
    """

    file: ChangedFile
    file_class: FileClass | None
    rules: dict[int, str]
    visible: bool
    unread: bool
    needs_rule: bool = False


class Matcher:
    """The compiled form of one triage file; built once, asked often."""

    def __init__(self, source: TriageFile) -> None:
        self._source = source
        self._paths = Paths(source)
        rules = list(enumerate(source.rules))
        self._build_texts(rules)
        self._build_lines(rules)

    def _build_texts(self, rules: list[tuple[int, Rule]]) -> None:
        self._texts = {key: PatternSet(_pairs(rules, key)) for key in TEXTS}
        self._asking = {key: {n for n, rule in rules if getattr(rule, key)} for key in TEXTS}
        traces = self._source.traces
        seen = [(_multi(p), TRACE) for p in (traces.title if traces else ())]
        unseen = [(_multi(p), TRACE) for p in (traces.title_except if traces else ())]
        self._traces = PatternSet(seen)
        self._title_except = PatternSet([*_pairs(rules, "title_except"), *unseen])

    def _build_lines(self, rules: list[tuple[int, Rule]]) -> None:
        traces = self._source.traces.changed if self._source.traces else ()
        seen = [(_multi(pattern), TRACE) for pattern in traces]
        changed = _keyed([*_pairs(rules, "changed"), *seen], "changed")
        removed = [*_keyed(_pairs(rules, "removed"), "removed"), *changed]
        self._added = PatternSet([*_keyed(_pairs(rules, "added"), "added"), *changed])
        self._removed = PatternSet([*removed, *_keyed(_pairs(rules, "gone"), "gone")])
        self._gone = [[compiled(_multi(pattern)) for pattern in rule.gone] for _, rule in rules]
        self._wanted = [
            frozenset(_code(number, key) for key in LINE_KEYS if getattr(rule, key))
            for number, rule in rules
        ]
        self._lineless = frozenset(n for n, wanted in enumerate(self._wanted) if not wanted)

    def texts(self, change: Change) -> frozenset[int]:
        """The rules whose text keys all hold; TRACE when the title alone shows a trace."""
        body = _said(change.body)
        said = {
            "title": change.title,
            "body": body,
            "text": f"{change.title}\n{body}",
            "branch": change.branch,
            "labels": "\n".join(change.labels),
            "author": change.author,
        }
        found = set(range(len(self._source.rules)))
        for key, asking in self._asking.items():
            if asking:
                found -= asking - self._texts[key].match(said[key])
        found |= self._traces.match(change.title)
        return frozenset(found - self._title_except.match(change.title))

    def visible(self, path: str) -> bool:
        """Whether people see such files, as far as a path tells."""
        return self._paths.look(path).visible

    def files(self, change: Change) -> list[FileFacts]:
        """What each file says; the texts decide which rules may speak of it."""
        allowed = self.texts(change)
        return [self._file(file, allowed) for file in change.files]

    def _file(self, file: ChangedFile, allowed: frozenset[int]) -> FileFacts:
        path = self._paths.look_both(file.path, file.previous_path)
        if path.file_class is not None:
            return FileFacts(file, path.file_class, {}, False, False)
        changed = lines(file.patch or "", self._source.comments)
        hits = self._added.match(changed.added) | self._removed.match(changed.removed)
        if file.patch is None and _only_removes(file):
            changed = Lines(file_gone=True)
        rules = self._holding(path.rules & allowed, hits, changed)
        seen = path.visible or TRACE in allowed or _code(TRACE, "changed") in hits
        seen = seen or _only_removes(file)
        unread = file.patch is None and not path.visible and not _only_renamed(file)
        return FileFacts(file, None, rules, seen and not path.needs_rule, unread, path.needs_rule)

    def _holding(
        self, candidates: frozenset[int], hits: frozenset[int], changed: Lines
    ) -> dict[int, str]:
        """The rules that hold for a file, with the name of what is gone ("" where none is)."""
        found: dict[int, str] = {}
        touched = self._lineless.union([hit // len(LINE_KEYS) for hit in hits])
        for number in candidates & touched:
            if not self._wanted[number] <= hits:
                continue
            if self._source.rules[number].file_gone and not changed.file_gone:
                continue
            name = self._name_gone(number, changed) if self._gone[number] else ""
            if name is not None:
                found[number] = name
        return found

    def _name_gone(self, number: int, changed: Lines) -> str | None:
        """Only the file itself is searched: no other file may make a removal look harmless."""
        for pattern in self._gone[number]:
            names = findall(pattern, changed.removed)
            kept = set(findall(pattern, changed.added)) if names else set()
            for name in names:
                if name and name not in kept:
                    return name
        return None


def _said(body: str) -> str:
    return _UNTICKED.sub("", _shown(body)) if "[ ]" in body or "<!--" in body else body


def _shown(body: str) -> str:
    """Without HTML comments; one that is never closed hides the rest. In one pass, however long."""
    kept, at = [], 0
    while (begin := body.find("<!--", at)) >= 0:
        kept.append(body[at:begin])
        end = body.find("-->", begin + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, body[at:]])


def _multi(pattern: str) -> str:
    """Each line is a text of its own for `^` and `$`."""
    return f"(?m){pattern}"


def _pairs(rules: Iterable[tuple[int, Rule]], key: str) -> list[tuple[str, int]]:
    return [(_multi(p), number) for number, rule in rules for p in getattr(rule, key)]


def _keyed(pairs: Iterable[tuple[str, int]], key: str) -> list[tuple[str, int]]:
    return [(pattern, _code(owner, key)) for pattern, owner in pairs]


def _code(owner: int, key: str) -> int:
    """Rule and line key as one number, so that one pass over a text serves all line keys."""
    return owner * len(LINE_KEYS) + LINE_KEYS.index(key)


def _only_removes(file: ChangedFile) -> bool:
    return file.deletions > 0 and file.additions == 0


def _only_renamed(file: ChangedFile) -> bool:
    return file.previous_path is not None and file.additions == 0 and file.deletions == 0
