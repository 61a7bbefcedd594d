"""How buttons and windows name a review: a few characters that are read again at every press."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.facts import PullRequest
from bot.core.proposal import Proposal
from bot.errors import UserError

_PROPOSAL = re.compile(r"p:([A-Z0-9]{2,30}):(\d{1,12}\.\d{1,8}|n:[0-9a-f]{8,32})", re.ASCII)
_PULL_REQUEST = re.compile(r"g:(\d{1,18}):(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProposalRef:
    """A proposal: its channel, and its message there."""

    channel: str
    ts: str

    def __str__(self) -> str:
        return f"p:{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True)
class PullRequestRef:
    """A pull request: the id of its repository, and its number."""

    repository: int
    number: int

    def __str__(self) -> str:
        return f"g:{self.repository}:{self.number}"


Ref = ProposalRef | PullRequestRef


def ref(subject: PullRequest | Proposal) -> Ref:
    """What names this subject."""
    if isinstance(subject, Proposal):
        return ProposalRef(subject.channel.id, subject.ts)
    return PullRequestRef(subject.repository.id, subject.number)


def read_ref(text: str) -> Ref:
    """The reference that was written. Raises UserError."""
    if found := _PROPOSAL.fullmatch(text):
        return ProposalRef(found[1], found[2])
    if found := _PULL_REQUEST.fullmatch(text):
        return PullRequestRef(int(found[1]), int(found[2]))
    raise UserError("That names no review. Open it again from its card.")
