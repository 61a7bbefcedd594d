"""What a model answers, and what of it is believed: every cite and quote is looked up by us."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.core.drafting.material import Material
from bot.core.prefill import Prefill

EVIDENCED, ASSUMED, UNKNOWN = "evidenced", "assumed", "unknown"
SOURCE = "a draft"  # what an answer says of where its words came from
LONGEST = 240  # characters of a claim
LEAST_QUOTE = 8  # characters
OF_CUSTOMERS = frozenset({"feeling", "value", "journey", "spoke_for"})  # a diff never shows these
REPEATED = 48  # characters that no claim has in common with our own instructions
_URL = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}:/*|\bwww\.|//)\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*@\S*")
_COMMAND = re.compile(r"/impact\b", re.IGNORECASE)


class Claim(BaseModel):
    """One proposed answer, as the model gives it."""

    model_config = ConfigDict(extra="forbid")

    question: str
    text: str
    basis: Literal["evidenced", "assumed", "unknown"]
    cites: list[str]
    quote: str


class Answered(BaseModel):
    """The whole answer of the model. Only flat parts and enums, which every server understands."""

    model_config = ConfigDict(extra="forbid")

    customer_facing: Literal["yes", "no", "unclear"]
    claims: list[Claim]


@dataclass(frozen=True, slots=True)
class Verified:
    """What is offered of an answer; how many claims were kept, lowered to assumed, or dropped."""

    offers: tuple[Prefill, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


def verify(
    answered: Answered, material: Material, wanted: Collection[str], secrets: Sequence[str]
) -> Verified:
    """The claims that may be offered, at most one a question, each with what it really rests on.

    `wanted` are the questions that were asked; `secrets` are texts of ours that no claim repeats: a
    claim that does is dropped. Where the model sees nothing that customers notice, there is none.
    """
    counts: Counter[str] = Counter()
    offers: dict[str, Prefill] = {}
    if answered.customer_facing == "no":
        return Verified((), {"internal": 1})
    for claim in answered.claims:
        text = clean(claim.text)
        if claim.question not in wanted or claim.question in offers or len(text) < LEAST_QUOTE:
            counts["dropped"] += 1
            continue
        if _repeats(claim.text, secrets) or _repeats(text, secrets):
            counts["leaked"] += 1
            continue
        basis, cites = _basis(claim, material)
        counts["lowered"] += claim.basis == EVIDENCED != basis
        counts[basis] += 1
        offers[claim.question] = Prefill(
            claim.question, (), text, SOURCE, (), basis == UNKNOWN, basis, cites
        )
    return Verified(tuple(offers.values()), dict(counts))


def _basis(claim: Claim, material: Material) -> tuple[str, tuple[str, ...]]:
    """What it rests on, as far as we can look it up, and where that stands."""
    if claim.basis != EVIDENCED:
        return claim.basis, ()
    quote = _plain(claim.quote)
    for id in claim.cites if len(quote) >= LEAST_QUOTE else ():
        if (hunk := material.hunk(id)) and claim.question not in OF_CUSTOMERS:
            if any(quote in _plain(line) for line in hunk.changed):
                return EVIDENCED, (hunk.where,)
        elif (piece := material.piece(id)) and quote in _plain(piece.text):
            return EVIDENCED, (piece.name,)
    return ASSUMED, ()


def _plain(text: str) -> str:
    return " ".join(text.split())


def clean(text: str) -> str:
    """Plain words of a model in one line: no link, no mention, no command, nothing hidden."""
    plain = text
    for _ in range(3):
        plain = html.unescape(plain)
    plain = unicodedata.normalize("NFC", plain)
    seen = (c for c in plain if unicodedata.category(c) not in ("Cf", "Co", "Cn", "Cs"))
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c for c in seen)
    plain = _COMMAND.sub("impact", _ADDRESS.sub("", _URL.sub("", plain)))
    plain = " ".join(re.sub(r"[<>`\[\]{}|*_~\\#]+", " ", plain).split()).lstrip("=+-!>/ ")
    return plain if len(plain) <= LONGEST else plain[:LONGEST].rsplit(" ", 1)[0] + " …"


def _repeats(text: str, secrets: Sequence[str]) -> bool:
    said = _plain(text).casefold()
    for secret in secrets:
        whole = _plain(secret).casefold()
        if len(whole) <= REPEATED:
            if whole and whole in said:
                return True
            continue
        parts = (said[at : at + REPEATED] for at in range(len(said) - REPEATED + 1))
        if any(part in whole for part in parts):
            return True
    return False
