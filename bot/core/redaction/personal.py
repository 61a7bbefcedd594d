"""Finds by what a person could be found: addresses, phones, accounts, cards, ids."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from bot.core.masking import Span, spans
from bot.core.redaction.spans import apart

_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,14}://[^\s<>\"'`|]+[?#][^\s<>\"'`|]+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?!\w|\.\d|-\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?:%\w+|/\d{1,3})?(?![\w:]|\.\d)",
    re.IGNORECASE,
)
_SSN = re.compile(r"(?<![\w.-])(\d{3})([-. ])(\d{2})\2(\d{4})(?![\w-]|\.\d)")
_SLACK = re.compile(r"\b[UWCDGTB]0[A-Z0-9]{7,10}\b")
_MENTION = re.compile(
    r"(?<![\w`/.@])@[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:/[\w-]{1,60})?(?![\w/.])", re.IGNORECASE
)
LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31,
    "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip  # https://www.swift.com/standards/data-standards/iban-international-bank-account-number


def personal(text: str, mentions: bool = False) -> list[Span]:
    """What is found in a text, in its order. `mentions`: also people named as `@login`, which in
    source code would be something else."""
    found = [*_patterned(text), *spans(text)]  # of two that are as long, the first
    if mentions:
        found += _of("user", _MENTION, text)
    return apart(found)


def _of(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(match.start(), match.end(), kind) for match in pattern.finditer(text))


def _patterned(text: str) -> Iterator[Span]:
    yield from _of("url", _URL, text)
    yield from _of("slack-id", _SLACK, text)
    for match in _IBAN.finditer(text):
        if length := _iban(match[0]):
            yield Span(match.start(), match.start() + length, "iban")
    for pattern in (_IPV4, _IPV6):
        yield from (s for s in _of("ip", pattern, text) if _address(text[s.start : s.end]))
    for match in _SSN.finditer(text):
        if _issued(*match.group(1, 3, 4)):
            yield Span(match.start(), match.end(), "ssn")


def _issued(area: str, group: str, serial: str) -> bool:
    """https://www.ssa.gov/employer/randomization.html"""
    never = area in ("000", "666") or area >= "900" or group == "00" or serial == "0000"
    return not never


def _iban(written: str) -> int:
    """How many characters of it are an account number; 0 if none are. By ISO 13616, modulo 97."""
    wanted = LENGTHS.get(written[:2], 0)
    taken, at = "", 0
    while at < len(written) and len(taken) < wanted:
        if written[at].isalnum():
            taken += written[at]
        at += 1
    if not wanted or len(taken) < wanted or (at < len(written) and written[at].isalnum()):
        return 0
    turned = "".join(str(int(c, 36)) for c in taken[4:] + taken[:4])
    return at if int(turned) % 97 == 1 else 0


def _address(written: str) -> bool:
    """It is an address of somebody's machine; one's own (127.0.0.1, ::1) is nobody's."""
    try:
        found = ipaddress.ip_interface(written.partition("%")[0]).ip
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified)
