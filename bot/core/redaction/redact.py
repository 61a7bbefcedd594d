"""A text as it may leave the house: what is secret or personal is a placeholder of its kind."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from bot.core.masking import Span
from bot.core.redaction.personal import personal
from bot.core.redaction.secret_rules import SecretRules
from bot.core.redaction.spans import apart

_NAME = r"[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----"
_KEY = re.compile(  # to its end, or where that is cut off as far as it looks like one
    rf"-----BEGIN{_NAME}(?:(?!-----END).{{16,20000}}?-----END{_NAME}"
    r"|(?:[\s+-]|\\[nr])*[A-Za-z0-9+/=]{40,}(?:(?:\s|\\[nr])[\s+-]*[A-Za-z0-9+/=]{16,})*)",
    re.DOTALL | re.IGNORECASE,
)
KEY = "private-key"
_OURS = re.compile(r"\[(?:SECRET:[\w-]+|[A-Z-]+)#\d+\]")


@dataclass
class Redactor:
    """Replaces; the same words get the same placeholder as long as it lives, so that a reader can
    tell two apart. `counts` says how many of each kind were found, and nothing else is kept."""

    rules: SecretRules
    counts: Counter[str] = field(default_factory=Counter)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def holds_key(self) -> bool:
        """A block of a private key was there: such a text is not sent at all."""
        return self.counts[KEY] > 0

    def redact(self, text: str, mentions: bool = False) -> str:
        """The text with as many lines as before. What is a placeholder already stays."""
        keys = [Span(m.start(), m.end(), KEY) for m in _KEY.finditer(text)]
        secrets = apart([*keys, *self.rules.find(text)])
        held = [Span(m.start(), m.end(), "") for m in _OURS.finditer(text)]
        others = [each for each in personal(text, mentions) if _free(each, secrets)]
        parts, begin = [], 0
        found = [(each, True) for each in secrets] + [(each, False) for each in others]
        for each, secret in sorted(found, key=lambda pair: pair[0].start):
            if not _free(each, held):
                continue
            parts += [text[begin : each.start], self._placed(text, each, secret)]
            begin = each.end
        return "".join([*parts, text[begin:]])

    def _placed(self, text: str, span: Span, secret: bool) -> str:
        """One placeholder for each line that it stood on."""
        words = text[span.start : span.end]
        kind = f"SECRET:{span.kind}" if secret else span.kind.upper()
        known = self._names.get((kind, words))
        if known is None:
            number = 1 + sum(of == kind for of, _ in self._names)
            known = self._names[kind, words] = f"[{kind}#{number}]"
        self.counts[span.kind] += 1
        return "\n".join([known] * (1 + words.count("\n")))


def _free(span: Span, taken: list[Span]) -> bool:
    return all(span.end <= each.start or span.start >= each.end for each in taken)
