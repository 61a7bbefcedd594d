"""The gate: may this go ahead, as far as the customer's side is concerned?

Computed from the record alone. Nothing else may colour a surface.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.deciding import consents_missing
from bot.core.events import Event
from bot.core.missing import Missing, missing
from bot.core.organisation import Mode
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.core.waivers import ALL, PAUSE, Waiver, holding


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
    """The gate of one review and what it still lacks (empty unless pending).

    `waivers` are those that let something go; empty unless waived. `consents` is how many consents
    a proposal lacks; 0 unless pending.
    """

    gate: Gate
    missing: tuple[Missing, ...]
    waivers: tuple[Waiver, ...] = ()
    consents: int = 0


def standing(review: Review) -> Standing:
    """Not needed at R0 or for a quiet bot; waived while the bot is paused; else complete as soon as
    nothing is missing, and waived when all that is missing was let go. A proposal also takes the
    consents of its tier; only a waiver of the whole lets those go."""
    if pause := holding(review.waivers, PAUSE):
        return Standing(Gate.WAIVED, (), (pause,))
    if review.tier is Tier.R0 or review.spared:
        return Standing(Gate.NOT_NEEDED, ())
    lacking, consents = tuple(missing(review)), consents_missing(review)
    if not lacking and not consents:
        return Standing(Gate.COMPLETE, ())
    if whole := holding(review.waivers, ALL):
        return Standing(Gate.WAIVED, (), (whole,))
    let_go = {gap.question.id: holding(review.waivers, gap.question.id) for gap in lacking}
    open_ones = tuple(gap for gap in lacking if let_go[gap.question.id] is None)
    if open_ones or consents:
        return Standing(Gate.PENDING, open_ones, consents=consents)
    return Standing(Gate.WAIVED, (), tuple(w for w in let_go.values() if w))


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
    """Note what a change did to tier and gate: completed, open again, merged past it."""
    gate = standing(after).gate
    events: list[Event] = []
    if before is not None and (before.tier, before.overlays) != (after.tier, after.overlays):
        events.append(Event("review.tiered", {"from": str(before.tier), "to": str(after.tier)}))
    if gate is Gate.COMPLETE and not after.completed_at:
        after = replace(after, completed_at=now)
        events.append(Event("review.completed", {"tier": str(after.tier)}))
    elif gate is Gate.PENDING and after.completed_at:
        after = replace(after, completed_at=None)
        events.append(Event("review.reopened", {"tier": str(after.tier)}))
    just_decided = after.state is State.DECIDED and (
        before is None or before.state is not State.DECIDED
    )
    ended = after.state in (State.WITHDRAWN, State.DISMISSED)
    if just_decided or (ended and not after.decided_at):
        after = replace(after, decided_at=now)
    if after.state is State.OPEN and after.decided_at:
        after = replace(after, decided_at=None)
    if just_decided and before is not None and conclusion(after) is Conclusion.ACTION_REQUIRED:
        after = replace(after, bypassed=True)
        events.append(Event("review.bypassed", {"missing": len(standing(after).missing)}))
    return after, tuple(events)
