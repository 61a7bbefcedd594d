"""Finds secrets in a text by the rules of gitleaks, which are data: pattern, keywords, entropy.

https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from bot.core.masking import Span
from bot.core.patterns import PatternSet
from bot.core.redaction.spans import apart

LEFT_OUT = frozenset({"generic-api-key"})  # takes every other line of a diff for a secret
PRIVATE_KEY = "private-key"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What looks like a secret and is none. `all_of`: every condition has to hold, not just one."""

    target: str
    patterns: tuple[Any, ...]
    words: tuple[str, ...]
    all_of: bool = False

    def lets_pass(self, secret: str, match: str, line: str) -> bool:
        """Whether this is no secret after all."""
        text = {"match": match, "line": line}.get(self.target, secret)
        conditions = []
        if self.patterns:
            conditions.append(any(pattern.search(text) for pattern in self.patterns))
        if self.words:
            lowered = secret.lower()
            conditions.append(any(word in lowered for word in self.words))
        return bool(conditions) and (all(conditions) if self.all_of else any(conditions))


@dataclass(frozen=True, slots=True)
class SecretRule:
    """One kind of secret. `group`: which part of the pattern is the secret; 0: the first there is.
    A secret of less `entropy`, in bits a character, is none."""

    id: str
    pattern: Any
    group: int
    entropy: float
    allowed: tuple[Allowed, ...]


class SecretRules:
    """All rules at once: only those whose keywords are in a text are asked."""

    def __init__(self, rules: Sequence[tuple[SecretRule, Sequence[str]]], every: Allowed) -> None:
        self._rules, self._every = [rule for rule, _ in rules], every
        self._always = [at for at, (_, keywords) in enumerate(rules) if not keywords]
        pairs = [
            (f"(?i){re2.escape(word)}", at) for at, (_, words) in enumerate(rules) for word in words
        ]
        self._keywords = PatternSet(pairs)

    def find(self, text: str) -> list[Span]:
        """The secrets in a text, in its order; none reaches into another."""
        named = set(self._always)
        for line in text.split("\n"):  # the patterns stay within a line
            named.update(self._keywords.match(line))
        found = [each for at in sorted(named) for each in self._by(self._rules[at], text)]
        return apart(found)

    def _by(self, rule: SecretRule, text: str) -> Iterator[Span]:
        for match in rule.pattern.finditer(text):
            start, end = _span(match, rule.group)
            secret = text[start:end]
            if not secret or entropy(secret) <= rule.entropy:
                continue
            line = text[text.rfind("\n", 0, start) + 1 : _end(text, end)]
            if any(a.lets_pass(secret, match[0], line) for a in (self._every, *rule.allowed)):
                continue
            yield Span(start, end, rule.id)


def entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0


def _span(match: Any, group: int) -> tuple[int, int]:
    if group:
        return int(match.start(group)), int(match.end(group))
    groups = range(1, match.re.groups + 1)
    filled = next((at for at in groups if match.start(at) >= 0 and match[at]), 0)
    return int(match.start(filled)), int(match.end(filled))


def _end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def secret_rules(text: str) -> SecretRules:
    """The rules of a file in the form of gitleaks.toml. Rules about paths alone are left out."""
    raw = tomllib.loads(text)
    every = _allowed([raw.get("allowlist", {})])
    rules = [
        (
            SecretRule(
                each["id"],
                _compiled(each["regex"]),
                int(each.get("secretGroup", 0)),
                float(each.get("entropy", 0)),
                _allowed([*each.get("allowlists", ()), *_one(each.get("allowlist"))]),
            ),
            tuple(each.get("keywords", ())),
        )
        for each in raw["rules"]
        if "regex" in each and each["id"] not in LEFT_OUT
    ]
    return SecretRules(rules, every[0] if every else Allowed("secret", (), ()))


def _one(found: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [found] if found else []


def _allowed(raw: Iterable[Mapping[str, Any]]) -> tuple[Allowed, ...]:
    return tuple(
        Allowed(
            each.get("regexTarget", "secret"),
            tuple(map(_compiled, each.get("regexes", ()))),
            tuple(word.lower() for word in each.get("stopwords", ())),
            each.get("condition", "OR").upper() in ("AND", "&&"),
        )
        for each in raw
        # What a path allows is not asked: a text has none.
        if (each.get("regexes") or each.get("stopwords"))
        and not (each.get("paths") and each.get("condition", "OR").upper() in ("AND", "&&"))
    )


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
