"""Take out of customers' words by what they could be found: e-mail addresses, phones, cards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

EMAIL, PHONE, CARD = "e-mail", "phone", "card"

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
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


def mask(text: str) -> Masked:
    """The text with `[e-mail]`, `[phone]` and `[card]` in their places. Addresses of pages stay."""
    found: dict[str, None] = {}

    def put(kind: str) -> str:
        found[kind] = None
        return f"[{kind}]"

    def number(match: re.Match[str]) -> str:
        kind = _kind(match)
        return put(kind) if kind else match[0]

    parts = []
    begin = 0
    for url in _URL.finditer(text):
        parts += [_masked(text[begin : url.start()], put, number), url[0]]
        begin = url.end()
    parts.append(_masked(text[begin:], put, number))
    return Masked("".join(parts), tuple(found))


def _masked(text: str, put: Callable[[str], str], number: Callable[[re.Match[str]], str]) -> str:
    without = _EMAIL.sub(lambda _: put(EMAIL), text)
    return _DIGITS.sub(number, without)


def _kind(match: re.Match[str]) -> str:
    """What a run of digits is; empty for what is neither a card nor a phone."""
    written = match[0]
    digits = "".join(_GROUPS.findall(written))
    if 13 <= len(digits) <= 19 and _CARD.fullmatch(written) and _luhn(digits):
        return CARD
    if _DATE.match(written) or not 7 <= len(digits) <= 15:
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
