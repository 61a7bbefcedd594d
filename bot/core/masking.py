"""Take out of customers' words by what they could be found: e-mail addresses, phones, cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL, PHONE, CARD = "e-mail", "phone", "card"

_EMAIL = re.compile(r"(?<!\w)\w[\w.+%'-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>|\"]+", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,#/-])\+?\(?\d(?:[ .()/\u00a0-]{0,2}\d){6,18}(?![\w]|[.,/-]\d)")
_TOLD = re.compile(
    r"(?:\b(?:tel|phone|telephone|mobile|cell|call|fax|whatsapp|ring)\b[^\d+]{0,12})$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\(?(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})\b")
_GROUPS = re.compile(r"\d+")
_CARD = re.compile(r"(?!1\d{12}$)\d+(?:[ \u00a0-]\d+)*")  # 13 digits from 1 on: a time


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without them, and what kinds were found, each once."""

    text: str
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands, from and to in characters, and what kind of thing it is."""

    start: int
    end: int
    kind: str


def mask(text: str) -> Masked:
    """The text with `[e-mail]`, `[phone]` and `[card]` in their places. Addresses of pages stay."""
    parts, begin = [], 0
    found: dict[str, None] = {}
    for span in spans(text):
        parts += [text[begin : span.start], f"[{span.kind}]"]
        begin = span.end
        found[span.kind] = None
    return Masked("".join([*parts, text[begin:]]), tuple(found))


def spans(text: str) -> Iterator[Span]:
    """Where e-mail addresses, phones and cards stand, in their order; not within addresses of
    pages."""
    begin = 0
    for url in _URL.finditer(text):
        yield from _between(text, begin, url.start())
        begin = url.end()
    yield from _between(text, begin, len(text))


def _between(text: str, begin: int, end: int) -> list[Span]:
    part = text[begin:end]
    emails = [Span(begin + m.start(), begin + m.end(), EMAIL) for m in _EMAIL.finditer(part)]
    blank = _EMAIL.sub(lambda m: "@" * len(m[0]), part)  # digits of an address are no phone
    numbers = [
        Span(begin + match.start(), begin + match.end(), kind)
        for match in _DIGITS.finditer(blank)
        if (kind := _kind(match))
    ]
    return sorted((*emails, *numbers), key=lambda span: span.start)


def _kind(match: re.Match[str]) -> str:
    """What a run of digits is; empty for what is neither a card nor a phone."""
    written = match[0]
    digits = "".join(_GROUPS.findall(written))
    if 13 <= len(digits) <= 19 and _CARD.fullmatch(written) and _luhn(digits):
        return CARD
    if _DATE.match(written) or not 7 <= len(digits) <= 15 or len(set(digits)) < 3:
        return ""
    before = match.string[max(0, match.start() - 24) : match.start()]
    if written.startswith("+") or _TOLD.search(before):
        return PHONE
    groups = _GROUPS.findall(written)
    if written.startswith("(") or (digits.startswith("0") and len(digits) >= 9):
        return PHONE
    shaped = 2 <= len(groups) <= 6 and all(2 <= len(group) <= 4 for group in groups)
    return PHONE if shaped and 9 <= len(digits) <= 12 and len(groups) >= 3 else ""


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
