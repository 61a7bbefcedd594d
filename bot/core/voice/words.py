"""The words by which customers' voice is found."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 40  # words of one search
LONGEST = 64  # characters of a word; longer is no word
# Scripts that put no space between words; each two neighbours are taken for a word.
_RUN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"\w+")
_STOP = """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing don down during each either few for from
    further get got had has have having he her here hers him his how i if in into is it its itself
    just let me more most my no nor not now of off on once only or other our ours out over own
    please same she should so some still such than that the their them then there these they this
    those through to too under until up us very was we were what when where which while who whom why
    will with would you your yours

    add added adds allow allowed allows bug build chore ci docs feat feature fix fixed fixes pr
    refactor remove removed test tests update updated updates use used user users uses
"""
STOP = frozenset(_STOP.split())


def indexed(text: str) -> str:
    """The text as it is kept for the search: runs of a script without spaces in pairs."""
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", text)


def _pairs(run: str) -> Iterable[str]:
    return [run] if len(run) == 1 else (run[at : at + 2] for at in range(len(run) - 1))


def words(texts: Iterable[str], most: int = MOST) -> list[str]:
    """What to look for: each word once, in the order of the texts, what matters first. Words that
    every text has, and lone digits, are left out."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _WORD.findall(indexed(text).lower()):
            plain = word.strip("_")
            few = plain.isdigit() and len(plain) < 3
            lone = len(plain) < 2 and not _RUN.match(plain)
            if plain and not few and not lone and plain not in STOP and len(plain) <= LONGEST:
                found[plain] = None
    return list(found)[:most]


def plain(text: str) -> str:
    """The words of a text and nothing else, to know it again."""
    return " ".join(_WORD.findall(text.casefold()))


def match(tenant: int, wanted: Iterable[str]) -> str:
    """The search in the language of FTS5: any of the words, of this tenant. Nothing in a word is a
    command."""
    any_of = " OR ".join(f'"{word}"' for word in wanted)
    return f'tenant : "t{tenant}" AND text : ({any_of})'
