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


@dataclass(slots=True)
class _Owners:
    """Who asks for one glob, as bits: a path is looked at once for all of them."""

    classes: int = 0
    not_classes: int = 0
    rules: int = 0
    not_rules: int = 0
    traces: int = 0
    not_traces: int = 0


class Paths:
    """All globs of a triage file, asked at once; `look` remembers."""

    def __init__(self, source: TriageFile) -> None:
        self._source = source
        self._globs: dict[str, _Owners] = defaultdict(_Owners)
        self._pathless = sum(1 << n for n, rule in enumerate(source.rules) if not rule.paths)
        for number, each in enumerate(source.ignore):
            self._enter("classes", number, each.paths, each.except_)
        for number, rule in enumerate(source.rules):
            self._enter("rules", number, rule.paths, rule.except_)
        if source.traces:
            self._enter("traces", 0, source.traces.paths, source.traces.except_)
        self._owners = list(self._globs.values())
        patterns = ((globs.to_re2(glob), index) for index, glob in enumerate(self._globs))
        self._set = PatternSet(patterns, whole=True)
        self.look = functools.lru_cache(maxsize=REMEMBERED)(self._look)
        self._numbers = functools.lru_cache(maxsize=REMEMBERED)(_numbers)

    def _enter(
        self, kind: str, number: int, paths: tuple[str, ...], except_: tuple[str, ...]
    ) -> None:
        for key, some in ((kind, paths), (f"not_{kind}", except_)):
            for glob in some:
                owners = self._globs[glob]
                setattr(owners, key, getattr(owners, key) | 1 << number)

    def _look(self, path: str) -> PathFacts:
        classes = excepted = rules = closed = traces = hidden = 0
        for index in self._set.found(path):
            mine = self._owners[index]
            classes |= mine.classes
            excepted |= mine.not_classes
            rules |= mine.rules
            closed |= mine.not_rules
            traces |= mine.traces
            hidden |= mine.not_traces
        first = classes & ~excepted
        first &= -first
        return PathFacts(
            file_class=self._source.ignore[first.bit_length() - 1] if first else None,
            rules=self._numbers((self._pathless | rules) & ~closed),
            visible=self._source.traces is None or traces > 0,
            needs_rule=hidden > 0,
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


def _numbers(bits: int) -> frozenset[int]:
    return frozenset(n for n in range(bits.bit_length()) if bits >> n & 1)
