"""What people do with a proposal beside answering: deeds of acts, kept like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.core.course import Prediction, Resolution, Stance
from bot.core.facts import Actor


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """A reviewer consented, made a condition, or objected."""

    stance: Stance
    reason: str = ""
    customer_facing: bool = False
    open_to_all: bool = False
    deed: Literal["consent"] = "consent"


@dataclass(frozen=True, slots=True)
class Decide:
    """The proposal was decided."""

    resolution: Resolution
    sentence: str
    conditions: str = ""
    prediction: Prediction | None = None
    look_back: date | None = None
    without_review: bool = False
    deed: Literal["decide"] = "decide"


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody else is whom the card waits for."""

    owner: Actor
    deed: Literal["assign"] = "assign"


@dataclass(frozen=True, slots=True)
class AskReviewer:
    """Somebody was asked to review."""

    reviewer: Actor
    deed: Literal["ask reviewer"] = "ask reviewer"


@dataclass(frozen=True, slots=True)
class SetDue:
    """The day until which the checklist should be answered; None takes it away."""

    due: date | None
    deed: Literal["due"] = "due"


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Somebody said that this is no decision."""

    reason: str = ""
    deed: Literal["dismiss"] = "dismiss"


@dataclass(frozen=True, slots=True)
class Reinstate:
    """It is a decision after all."""

    deed: Literal["reinstate"] = "reinstate"


@dataclass(frozen=True, slots=True)
class Supersede:
    """Another decision, by the id of its review, took the place of this one; 0 takes that back."""

    by: int
    deed: Literal["supersede"] = "supersede"


CourseDeed = GiveConsent | Decide | Assign | AskReviewer | SetDue | Dismiss | Reinstate | Supersede
