"""The gate: may this go ahead, as far as the customer's side is concerned?

Computed from the record alone. Nothing else may colour a surface.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.events import Event
from bot.core.missing import Missing, missing
from bot.core.organisation import Mode
from bot.core.review import Review, State
from bot.core.tier import Tier


class Gate(enum.StrEnum):
    """What the record says of one review."""

    PENDING = "pending"
    COMPLETE = "complete"
    WAIVED = "waived"
    NOT_NEEDED = "not needed"


class Conclusion(enum.StrEnum):
    """What a check says, from the mildest to the worst."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"


@dataclass(frozen=True, slots=True)
class Standing:
    """The gate of one review and what it still lacks (empty unless pending)."""

    gate: Gate
    missing: tuple[Missing, ...]


def standing(review: Review) -> Standing:
    """Not needed at R0 or for a quiet bot; else complete as soon as nothing is missing."""
    if review.tier is Tier.R0 or review.exempt:
        return Standing(Gate.NOT_NEEDED, ())
    lacking = tuple(missing(review))
    return Standing(Gate.PENDING if lacking else Gate.COMPLETE, lacking)


def conclusion(review: Review) -> Conclusion:
    """Pending holds only in enforce; shadow and warn stay neutral."""
    if standing(review).gate is not Gate.PENDING:
        return Conclusion.SUCCESS
    return Conclusion.ACTION_REQUIRED if review.mode is Mode.ENFORCE else Conclusion.NEUTRAL


def worst(reviews: Iterable[Review]) -> Conclusion:
    """One commit may be the head of several pull requests: the worst gate of all wins."""
    order = list(Conclusion)
    return max(
        (conclusion(review) for review in reviews), key=order.index, default=Conclusion.SUCCESS
    )


def settle(before: Review | None, after: Review, now: datetime) -> tuple[Review, tuple[Event, ...]]:
    """Note what a change did to the gate: completed, open again, merged past it."""
    gate = standing(after).gate
    events: list[Event] = []
    if gate is Gate.COMPLETE and not after.completed_at:
        after = replace(after, completed_at=now)
        events.append(Event("review.completed", {"tier": str(after.tier)}))
    elif gate is Gate.PENDING and after.completed_at:
        after = replace(after, completed_at=None)
        events.append(Event("review.reopened", {"tier": str(after.tier)}))
    just_decided = after.state is State.DECIDED and (
        before is None or before.state is not State.DECIDED
    )
    if just_decided or (after.state is State.WITHDRAWN and not after.decided_at):
        after = replace(after, decided_at=now)
    if after.state is State.OPEN and after.decided_at:
        after = replace(after, decided_at=None)
    if just_decided and before is not None and conclusion(after) is Conclusion.ACTION_REQUIRED:
        after = replace(after, bypassed=True)
        events.append(Event("review.bypassed", {"missing": len(standing(after).missing)}))
    return after, tuple(events)
