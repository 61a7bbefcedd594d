"""What goes into the ledger: dotted names in the past tense, with data that names no person.

Who did it, and what they wrote, is kept beside the ledger, so that it can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.answers import Door
from bot.core.facts import Actor

NAMES = {
    "review.opened": "a subject was seen for the first time",
    "review.tiered": "the tier changed with the subject",
    "review.completed": "nothing is missing any more",
    "review.reopened": "something is missing again, or the subject was opened again",
    "review.decided": "the pull request was merged, or the proposal decided",
    "review.bypassed": "it was merged while the gate was pending in enforce",
    "review.withdrawn": "the pull request was closed without a merge, or the proposal withdrawn",
    "review.dismissed": "a person said that a proposal is no decision",
    "answer.given": "a person answered a question",
    "answer.undone": "a person took an answer back",
    "answer.not_applicable": "a person said why a question does not apply",
    "answer.asked_again": "a new rule matched, so what depends on it is asked again",
    "answers.taken_over": "answers of a proposal, or of a reverted pull request, were taken over",
    "suggestion.kept": "an answer was kept that does not count until somebody accepts it",
    "suggestion.used": "a person accepted a suggestion",
    "tier.raised": "a person asked for more questions",
    "tier.lowered": "a reviewer asked for fewer questions",
    "tier.attested": "a person attested that no customer will notice",
    "waiver.given": "a reviewer let questions go until a day",
    "waiver.expired": "the day of a waiver is over",
    "review.paused": "a reviewer turned the bot off for a pull request",
    "review.resumed": "the bot was turned on again",
    "consent.given": "a reviewer consented to a proposal, made a condition, or objected",
    "decision.made": "a proposal was decided; without review where nobody had asked before",
    "owner.assigned": "somebody else answers for a proposal",
    "reviewer.asked": "somebody was asked to review a proposal",
    "due.set": "a proposal got another due date",
    "draft.made": "a model proposed answers, which count for nothing until a person accepts them",
    "draft.accepted": "a person took a draft as the answer, as it stood",
    "draft.edited": "a person answered in words near to those of a draft",
    "draft.rejected": "a person said that a draft is no help",
    "review.superseded": "a person said that another decision took its place, or took that back",
    "check.forged": "somebody else reported a check or a status by our name",
    "comment.withdrawn": "a comment that held answers was edited or deleted",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, mostly to a review.

    `data` holds ids and numbers, never free text.
    """

    name: str
    data: Mapping[str, str | int | bool | list[str]] = field(default_factory=dict)
    by: Actor | None = None  # None: the bot itself, or nobody we can name
    door: Door | None = None

    def __post_init__(self) -> None:
        assert self.name in NAMES, self.name
