"""What people can say to the bot in a comment, one small value for each kind of command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.grammar import Given
from bot.core.tier import Tier


@dataclass(frozen=True, slots=True)
class Help:
    """Show what can be written."""


@dataclass(frozen=True, slots=True)
class Status:
    """Show where the review stands and what is missing."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Read the pull request again."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Turn the bot on again for this pull request."""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """Answer a question, or add a piece of customer voice. `question` is an id."""

    question: str
    given: Given


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Say that a question does not apply, and why."""

    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoAnswer:
    """Take the answer to a question back."""

    question: str


@dataclass(frozen=True, slots=True)
class Attest:
    """Say that no customer will notice, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class TierTo:
    """Ask for more questions, or for fewer, and say why."""

    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class WaiveFor:
    """Let a question, or `all` of them, wait; `until` is the last day on which that holds."""

    scope: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Take what the description says as the answer to a question."""

    question: str


@dataclass(frozen=True, slots=True)
class DraftAsked:
    """Have a model draft what is open."""


@dataclass(frozen=True, slots=True)
class RejectDraft:
    """Say that a draft is no help."""

    question: str


@dataclass(frozen=True, slots=True)
class PauseFor:
    """Turn the bot off for this pull request, and say why."""

    reason: str


Command = (
    Help
    | Status
    | Recheck
    | Resume
    | AnswerGiven
    | NotApplicable
    | UndoAnswer
    | Attest
    | TierTo
    | WaiveFor
    | AcceptOffer
    | DraftAsked
    | RejectDraft
    | PauseFor
)
