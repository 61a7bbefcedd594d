"""Open the review of a proposal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from bot.core.catalog import Catalog
from bot.core.events import Event
from bot.core.organisation import Mode
from bot.core.prefill import Prefill, prefill
from bot.core.proposal import Proposal
from bot.core.review import TRANSITIONS, Review, Seen, State
from bot.core.tier import Tier
from bot.core.triage import Verdict

LONGEST_TITLE = 150  # characters
DUE_DAYS = {Tier.R0: 2, Tier.R1: 2, Tier.R2: 5, Tier.R3: 10}  # working days


def title_of(text: str) -> str:
    """The first line of a proposal that says something, without marks; cut at a word."""
    lines = (line.strip(" \t#>*_~`-•–—:") for line in text.splitlines())
    first = next((line for line in lines if line), "A proposal")
    if len(first) <= LONGEST_TITLE:
        return first
    return first[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def judged(catalog: Catalog, switches: Collection[str], overlays: Collection[str]) -> Verdict:
    """How much is asked where these switches hold and these kinds of change were named."""
    return catalog.switches.judge(switches, overlays, catalog.checklist.overlays)


def propose(
    proposal: Proposal, catalog: Catalog, now: datetime
) -> tuple[Review, tuple[Event, ...]]:
    """The review of a proposal that nobody asked about before; nobody answered yet.

    What its text already says is offered. It holds nothing by itself, so its mode is warn.
    """
    verdict = judged(catalog, proposal.switches, proposal.overlays)
    checklist, organisation = catalog.checklist, catalog.organisation
    state, step = TRANSITIONS[State.NEW, Seen.OPEN]
    review = Review(
        subject=proposal,
        state=state,
        triaged=verdict.tier,
        tier=verdict.tier,
        customer_facing=verdict.customer_facing,
        overlays=verdict.overlays,
        reasons=verdict.reasons,
        mode=Mode.WARN,
        exempt="",
        quiet=False,
        checklist=checklist,
        thresholds=organisation.thresholds,
        opened_at=now,
        prefills=_offered(proposal, catalog),
    )
    assert step is not None
    return review, (Event(step, {"tier": str(review.tier), "mode": str(review.mode)}),)


def _offered(proposal: Proposal, catalog: Catalog) -> tuple[Prefill, ...]:
    least = catalog.organisation.thresholds.text_characters
    questions = catalog.checklist.all_questions()
    found = prefill(questions, proposal.title, _told(proposal), "", least)
    return tuple(replace(offer, source="the message") for offer in found)


def _told(proposal: Proposal) -> str:
    """What the message says beside its title; a title alone says why only in so many words."""
    first, _, rest = proposal.body.strip().partition("\n")
    return rest if rest.strip() or "so that" not in first else first


def due_by_default(tier: Tier, today: date) -> date:
    """The day until which a new review should be answered: so many working days from today."""
    ordinal, left = today.toordinal(), DUE_DAYS[tier]
    while left:
        ordinal += 1
        left -= date.fromordinal(ordinal).weekday() < 5
    return date.fromordinal(ordinal)
