"""What a path alone says of a file: its class, the rules it lets through, whether people see it."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass

from bot.core import globs
from bot.core.patterns import PatternSet
from bot.core.triage_rules import FileClass, TriageFile

REMEMBERED = 50_000  # paths that stay in memory: repositories repeat themselves


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What one path says.

    `rules` are the numbers of those that this path lets through. `visible`: people see such files.
    `needs_rule`: they never do; only a rule can find something of theirs in it.
    """

    file_class: FileClass | None
    rules: frozenset[int]
    visible: bool
    needs_rule: bool


class Paths:
    """All globs of a triage file, asked at once; `look` remembers."""

    def __init__(self, source: TriageFile) -> None:
        self._source = source
        self._globs: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._pathless = frozenset(n for n, rule in enumerate(source.rules) if not rule.paths)
        for number, each in enumerate(source.ignore):
            self._enter("class", number, each.paths, each.except_)
        for number, rule in enumerate(source.rules):
            self._enter("rule", number, rule.paths, rule.except_)
        if source.traces:
            self._enter("trace", 0, source.traces.paths, source.traces.except_)
        self._owners = list(self._globs.values())
        patterns = ((globs.to_re2(glob), index) for index, glob in enumerate(self._globs))
        self._set = PatternSet(patterns, whole=True)
        self.look = functools.lru_cache(maxsize=REMEMBERED)(self._look)

    def _enter(
        self, kind: str, number: int, paths: tuple[str, ...], except_: tuple[str, ...]
    ) -> None:
        for glob in paths:
            self._globs[glob].append((kind, number))
        for glob in except_:
            self._globs[glob].append((f"{kind} except", number))

    def _look(self, path: str) -> PathFacts:
        found: dict[str, set[int]] = defaultdict(set)
        for index in self._set.match(path):
            for kind, number in self._owners[index]:
                found[kind].add(number)
        classes = sorted(found["class"] - found["class except"])
        return PathFacts(
            file_class=self._source.ignore[classes[0]] if classes else None,
            rules=(self._pathless | found["rule"]) - found["rule except"],
            visible=self._source.traces is None or bool(found["trace"]),
            needs_rule=bool(found["trace except"]),
        )

    def look_both(self, path: str, previous: str | None) -> PathFacts:
        """What both paths of a moved file say: it left one place and came to another."""
        after = self.look(path)
        if previous is None:
            return after
        before = self.look(previous)
        return PathFacts(
            file_class=after.file_class if before.file_class else None,
            rules=after.rules | before.rules,
            visible=after.visible or before.visible,
            needs_rule=after.needs_rule and before.needs_rule,
        )
