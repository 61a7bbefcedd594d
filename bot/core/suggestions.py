"""Answers that do not count yet: of strangers, or held back because they would raise the tier."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.grammar import Given

MOST = 10  # of one review
MOST_OF_ONE = 3  # of one person: a stranger can fill no comment
MOST_HEARD = 50  # comments of strangers below one pull request that are kept at all
LONGEST = 280  # characters: what is accepted has to be shown in full


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer that somebody who may answer can accept.

    `held`: its author may answer, and has not yet agreed to the questions that it adds.
    """

    question: str
    given: Given
    by: Actor
    at: datetime
    door: Door
    held: bool = False
    comment: int | None = None

    @property
    def id(self) -> str:
        """32 hexadecimal digits, the same for the same words of the same person: a tick takes what
        was shown, and nobody can find other words that look the same to us."""
        said = repr((self.question, self.given, self.by.id))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def kept(known: tuple[Suggestion, ...], new: Suggestion) -> tuple[Suggestion, ...]:
    """The suggestions with a new one: of one person for one question the newest. Too many are
    refused, and so is one that is too long to be shown."""
    others = tuple(
        s for s in known if (s.question, s.by.id, s.held) != (new.question, new.by.id, new.held)
    )
    of_them = [s for s in others if s.by.id == new.by.id]
    piece = new.given.piece
    length = len(new.given.text) + (len(piece.text) + len(piece.link) if piece else 0)
    many = len(others) >= MOST or len(of_them) >= MOST_OF_ONE
    if not new.held and (many or length > LONGEST):
        return known
    return (*others, new)
