"""Asks every rule's patterns of a change: each text and each file is read once."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core import globs
from bot.core.diff import Lines, lines
from bot.core.facts import Change, ChangedFile
from bot.core.patterns import PatternSet, compiled, findall
from bot.core.triage_rules import TEXTS, FileClass, Rule, TriageFile

LINE_KEYS = ("added", "removed", "changed", "gone")
TRACE = -1  # stands for the traces section where a rule's number is expected
REMEMBERED_PATHS = 50_000  # paths whose classes stay in memory: repositories repeat themselves


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What the path alone says. `rules` are those that this path lets through."""

    file_class: FileClass | None
    rules: frozenset[int]
    visible: bool
    needs_rule: bool


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
        rules = list(enumerate(source.rules))
        self._texts = {key: PatternSet(_pairs(rules, key)) for key in (*TEXTS, "trace")}
        traces = source.traces
        if traces:
            self._texts["trace"] = PatternSet((_multi(p), TRACE) for p in traces.title)
        self._needs = {key: {n for n, rule in rules if getattr(rule, key)} for key in TEXTS}
        self._build_lines(rules)
        self._build_paths(rules)

    def _build_lines(self, rules: list[tuple[int, Rule]]) -> None:
        traces = self._source.traces
        seen = [(_multi(p), TRACE) for p in traces.changed] if traces else []
        changed = _keyed([*_pairs(rules, "changed"), *seen], "changed")
        self._added = PatternSet([*_keyed(_pairs(rules, "added"), "added"), *changed])
        removed = [*_keyed(_pairs(rules, "removed"), "removed"), *changed]
        self._removed = PatternSet([*removed, *_keyed(_pairs(rules, "gone"), "gone")])
        self._gone = {n: [compiled(_multi(p)) for p in rule.gone] for n, rule in rules if rule.gone}

    def _build_paths(self, rules: list[tuple[int, Rule]]) -> None:
        source, traces = self._source, self._source.traces
        self._pathless = frozenset(n for n, rule in rules if not rule.paths)
        sections: dict[str, list[tuple[str, int]]] = {
            "class": [(p, n) for n, each in enumerate(source.ignore) for p in each.paths],
            "class except": [(p, n) for n, each in enumerate(source.ignore) for p in each.except_],
            "rule": [(p, n) for n, rule in rules for p in rule.paths],
            "rule except": [(p, n) for n, rule in rules for p in rule.except_],
            "trace": [(p, TRACE) for p in traces.paths] if traces else [],
            "trace except": [(p, TRACE) for p in traces.except_] if traces else [],
        }
        names = list(sections)
        self._paths = PatternSet(
            (
                (globs.to_re2(glob), owner * len(names) + names.index(name))
                for name, pairs in sections.items()
                for glob, owner in pairs
            ),
            whole=True,
        )
        self._sections = names
        self.path = functools.lru_cache(maxsize=REMEMBERED_PATHS)(self._look)

    def _look(self, path: str) -> PathFacts:
        found: dict[str, set[int]] = {name: set() for name in self._sections}
        for code in self._paths.match(path):
            owner, section = divmod(code, len(self._sections))
            found[self._sections[section]].add(owner)
        classes = sorted(found["class"] - found["class except"])
        return PathFacts(
            file_class=self._source.ignore[classes[0]] if classes else None,
            rules=(self._pathless | found["rule"]) - found["rule except"],
            visible=self._source.traces is None or bool(found["trace"]),
            needs_rule=bool(found["trace except"]),
        )

    def texts(self, change: Change) -> frozenset[int]:
        """The rules whose text keys all hold; TRACE when the title alone shows a trace."""
        said = {
            "title": change.title,
            "body": change.body,
            "text": f"{change.title}\n{change.body}",
            "branch": change.branch,
            "labels": "\n".join(change.labels),
            "author": change.author,
        }
        found = set(range(len(self._source.rules)))
        for key, needing in self._needs.items():
            if needing:
                found -= needing - self._texts[key].match(said[key])
        return frozenset(found | self._texts["trace"].match(change.title))

    def file(self, file: ChangedFile, allowed: frozenset[int]) -> FileFacts:
        """What one file says; `allowed` are the rules that the texts let through."""
        path = self._before_and_after(file)
        if path.file_class is not None:
            return FileFacts(file, path.file_class, {}, False, False)
        changed = lines(file.patch or "", self._source.comments)
        hits = self._added.match(changed.added) | self._removed.match(changed.removed)
        only_removes = file.deletions > 0 and file.additions == 0
        gone = changed.file_gone or (file.patch is None and only_removes)
        rules = {
            number: name
            for number in path.rules & allowed
            for name in self._holds(number, hits, changed, gone)
        }
        seen = path.visible or TRACE in allowed or _code(TRACE, "changed") in hits or only_removes
        unread = file.patch is None and not path.visible and not _only_renamed(file)
        return FileFacts(file, None, rules, seen and not path.needs_rule, unread, path.needs_rule)

    def _before_and_after(self, file: ChangedFile) -> PathFacts:
        """What both paths of a moved file say: it left one place and came to another."""
        after = self.path(file.path)
        if not file.previous_path:
            return after
        before = self.path(file.previous_path)
        return PathFacts(
            file_class=after.file_class if before.file_class else None,
            rules=after.rules | before.rules,
            visible=after.visible or before.visible,
            needs_rule=after.needs_rule and before.needs_rule,
        )

    def _holds(
        self, number: int, hits: frozenset[int], changed: Lines, gone: bool
    ) -> Iterator[str]:
        """The name of what the rule found ("" where it has none); nothing when it does not hold."""
        rule = self._source.rules[number]
        if any(getattr(rule, key) and _code(number, key) not in hits for key in LINE_KEYS):
            return
        if rule.file_gone and not gone:
            return
        names = self._names_gone(number, changed) if rule.gone else [""]
        yield from names[:1]

    def _names_gone(self, number: int, changed: Lines) -> list[str]:
        names: list[str] = []
        for pattern in self._gone[number]:
            kept = set(findall(pattern, changed.added))
            names += [n for n in findall(pattern, changed.removed) if n and n not in kept]
        return names


def _multi(pattern: str) -> str:
    """Each line is a text of its own for `^` and `$`."""
    return f"(?m){pattern}"


def _pairs(rules: Iterable[tuple[int, Rule]], key: str) -> list[tuple[str, int]]:
    return [(_multi(p), number) for number, rule in rules for p in getattr(rule, key, ())]


def _keyed(pairs: Iterable[tuple[str, int]], key: str) -> list[tuple[str, int]]:
    return [(pattern, _code(owner, key)) for pattern, owner in pairs]


def _code(owner: int, key: str) -> int:
    """Rule and line key as one number, so that one pass over a text serves all line keys."""
    return owner * len(LINE_KEYS) + LINE_KEYS.index(key)


def _only_renamed(file: ChangedFile) -> bool:
    return file.previous_path is not None and file.additions == 0 and file.deletions == 0
