"""How much customer-impact review a change needs, and why.

Pure: the same change and the same rules give the same verdict, letter by letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.facts import Change
from bot.core.tier import Tier
from bot.core.triage_match import FileFacts, Matcher
from bot.core.triage_rules import TriageFile, read

VERSION_LENGTH = 12  # hex digits
SHOWN_PATH = 80  # characters of a path that a reason shows
UNSAFE = frozenset("`<>|")  # would end a code span, or begin something else than text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tier: the rule's id and one line for a person. Never holds what the author wrote."""

    rule: str
    tier: Tier
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage says of one change.

    `reasons` is never empty: highest tier first, at most one per rule and per thing that rules are
    `about`, then in the file's order.
    `customer_facing`: would a customer notice or be affected; may be true at R0 (a guide changed).
    `overlays` are sorted; empty when none applies.
    """

    tier: Tier
    customer_facing: bool
    overlays: tuple[str, ...]
    reasons: tuple[Reason, ...]


class Triage:
    """The rules of one `triage.yaml`, ready to decide. `version` is the content's hash."""

    def __init__(self, source: TriageFile, version: str) -> None:
        self._source = source
        self._matcher = Matcher(source)
        self.version = version

    @classmethod
    def parse(cls, text: str, file: str, shipped: str | None = None) -> Triage:
        """Rules from YAML. `file` is the name that errors show. Raises ConfigError.

        `shipped` is the text of our own rules, for a file that builds on them.
        """
        found = read(text, file, shipped)
        content = f"{text}{shipped}" if found.extends else text
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(found, digest[:VERSION_LENGTH])

    def visible(self, path: str) -> bool:
        """Whether people see such files."""
        return self._matcher.visible(path)

    def decide(self, change: Change) -> Verdict:
        """The tier is the highest that any rule asks; R0 only when nothing can be noticed."""
        files = self._matcher.files(change)
        matched = self._matched(files)
        reasons = [self._reason(number, *matched[number]) for number in self._told(matched)]
        reasons += self._class_reasons(files)
        reasons = sorted((r for r in reasons if r.tier > Tier.R0), key=lambda r: -r.tier)
        floor, noticed = self._floor(change, files)
        if floor and not reasons:
            reasons = [floor]
        rules = [self._source.rules[number] for number in matched]
        return Verdict(
            tier=max((r.tier for r in reasons), default=Tier.R0),
            customer_facing=noticed
            or any(rule.customer_facing and rule.tier > Tier.R0 for rule in rules)
            or any(f.file_class.customer_facing for f in files if f.file_class),
            overlays=tuple(sorted({name for rule in rules for name in rule.overlays})),
            reasons=tuple(reasons) or (self._harmless(files),),
        )

    def _matched(self, files: Iterable[FileFacts]) -> dict[int, tuple[str, FileFacts]]:
        """Each rule that holds, in the file's order, with the first place where it does."""
        found: dict[int, tuple[str, FileFacts]] = {}
        for facts in files:
            for number, name in facts.rules.items():
                found.setdefault(number, (name, facts))
        return dict(sorted(found.items()))

    def _told(self, matched: Iterable[int]) -> list[int]:
        """The rules to name: of those about one thing the highest, so nobody reads it twice."""
        best: dict[str, int] = {}
        rules = self._source.rules
        for number in sorted(matched, key=lambda number: -rules[number].tier):
            best.setdefault(rules[number].about or rules[number].id, number)
        return sorted(best.values())

    def _reason(self, number: int, name: str, facts: FileFacts) -> Reason:
        rule = self._source.rules[number]
        return Reason(rule.id, rule.tier, _fill(rule.why, facts.file.path, _shown(name)))

    def _class_reasons(self, files: Iterable[FileFacts]) -> list[Reason]:
        found: dict[str, Reason] = {}
        for facts in files:
            kind = facts.file_class
            if kind is None:
                continue
            only_removes = facts.file.deletions > 0 and facts.file.additions == 0
            tier = max(kind.tier, kind.tier_if_removed if only_removes else Tier.R0)
            if kind.id not in found or found[kind.id].tier < tier:
                found[kind.id] = Reason(kind.id, tier, self._of_class(facts, tier > kind.tier))
        return list(found.values())

    def _of_class(self, facts: FileFacts, removed: bool) -> str:
        name = facts.file_class.why if facts.file_class else ""
        texts = self._source.texts
        return _fill(texts.of_class_removed if removed else texts.of_class, facts.file.path, name)

    def _floor(self, change: Change, files: list[FileFacts]) -> tuple[Reason | None, bool]:
        """R1 for what customers may notice or nobody could read, and whether they would notice."""
        remaining = [facts for facts in files if facts.file_class is None]
        seen = next((facts for facts in remaining if facts.visible), None)
        texts = self._source.texts
        if seen and not seen.unread:
            return Reason("visible", Tier.R1, _fill(texts.seen, seen.file.path)), True
        noticed = seen is not None or any(not facts.needs_rule for facts in remaining)
        unread = next((facts for facts in remaining if facts.unread), None)
        if unread:
            return Reason("unread", Tier.R1, _fill(texts.unread, unread.file.path)), noticed
        if not change.complete and (remaining or not files):
            return Reason("incomplete", Tier.R1, _fill(texts.incomplete)), noticed or not files
        return None, False

    def _harmless(self, files: list[FileFacts]) -> Reason:
        texts = self._source.texts
        if not files:
            return Reason("empty", Tier.R0, _fill(texts.empty))
        kinds = dict.fromkeys(facts.file_class.why if facts.file_class else "" for facts in files)
        if "" in kinds:
            return Reason("unseen", Tier.R0, _fill(texts.unseen))
        read = any(facts.file_class and facts.file_class.customer_facing for facts in files)
        text = texts.guides if read else texts.ignored
        return Reason("ignored", Tier.R0, _fill(text, name=", ".join(kinds)))


def _fill(why: str, path: str = "", name: str = "") -> str:
    return why.format(path=_shown(path), name=name)


def _shown(text: str) -> str:
    """A path or name, safe between backticks; cut on the left, for its end tells most."""
    clean = text
    if not text.isprintable() or not UNSAFE.isdisjoint(text):
        clean = "".join("·" if c in UNSAFE or not c.isprintable() else c for c in text)
    return clean if len(clean) <= SHOWN_PATH else "…" + clean[1 - SHOWN_PATH :]
