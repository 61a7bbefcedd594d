"""How a proposal is brought to a decision: owner, reviewers, consents, the decision itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.facts import NOBODY, Actor


class Stance(enum.StrEnum):
    """What a reviewer says of a proposal."""

    CONSENT = "consent"
    CONDITION = "consent with a condition"
    OBJECT = "object"

    @property
    def consents(self) -> bool:
        return self is not Stance.OBJECT


class Resolution(enum.StrEnum):
    """How a proposal was decided."""

    APPROVED = "approved"
    CONDITIONS = "approved with conditions"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """One reviewer's word. `reason` is the condition or the objection; empty for a bare consent.

    `customer_facing`: they work with customers, or the organisation does not say who does.
    `open_to_all`: nobody was named a reviewer.
    """

    stance: Stance
    reason: str
    by: Actor
    at: datetime
    customer_facing: bool = False
    open_to_all: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """What we expect for the customer. `confidence` is in percent, 0–100."""

    measure: str
    baseline: str
    expected: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and on which day we look back.

    `without_review`: it was decided before anybody was asked about the customer, or while
    something was missing.
    """

    resolution: Resolution
    sentence: str
    by: Actor
    at: datetime
    conditions: str = ""
    prediction: Prediction | None = None
    look_back: date | None = None
    without_review: bool = False


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Somebody said that this is no decision at all."""

    reason: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """Everything between a proposal and its decision; nothing but `superseded_by`, the id of the
    review that took its place, for a pull request.

    `owner` is whom the card waits for; nobody stands for the author. `consents` are the newest word
    of each reviewer, in the order in which they spoke.
    """

    owner: Actor = NOBODY
    reviewers: tuple[Actor, ...] = ()
    due: date | None = None
    consents: tuple[Consent, ...] = ()
    decision: Decision | None = None
    dismissal: Dismissal | None = None
    superseded_by: int = 0

    @property
    def objections(self) -> tuple[Consent, ...]:
        """Who objects as things stand; that stops nothing, and stands in the decision."""
        return tuple(c for c in self.consents if not c.stance.consents)
