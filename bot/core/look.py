"""Look at a pull request: how much to ask, what it already says, what that makes of its review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.catalog import Catalog
from bot.core.events import Event
from bot.core.facts import Change, ChangedFile, PullRequest
from bot.core.prefill import Prefill, prefill
from bot.core.review import Review, checklist_of, sync
from bot.core.tiering import retiered
from bot.core.triage import Verdict


@dataclass(frozen=True, slots=True)
class Files:
    """The changed files, and whether these are all."""

    files: tuple[ChangedFile, ...]
    complete: bool


def look(
    old: Review | None,
    subject: PullRequest,
    files: Files | None,
    catalog: Catalog,
    now: datetime,
    offered: tuple[Prefill, ...] = (),
) -> tuple[Review, tuple[Event, ...]]:
    """The review as it is after this look, and what happened to its subject.

    `files` None keeps the verdict of before: a closed pull request is not triaged again. `offered`
    are answers that the description holds beside what is found in it here.
    """
    verdict = _verdict(old, subject, files, catalog)
    checklist, organisation = catalog.checklist, catalog.organisation
    found = prefill(
        checklist_of(old, checklist).all_questions(),
        subject.title,
        subject.body,
        subject.repository_url,
        organisation.thresholds.text_characters,
        checklist_of(old, checklist).title,
    )
    named = {offer.question for offer in offered}
    offers = (*offered, *(offer for offer in found if offer.question not in named))
    review, events = sync(old, subject, verdict, offers, checklist, organisation, now)
    return retiered(review), events


def _verdict(
    old: Review | None, subject: PullRequest, files: Files | None, catalog: Catalog
) -> Verdict:
    if files is None and old is not None:
        return Verdict(old.triaged, old.customer_facing, old.overlays, old.reasons)
    change = Change(
        title=subject.title,
        body=subject.body,
        labels=subject.labels,
        branch=subject.branch,
        author=subject.author.login,
        files=files.files if files else (),
        complete=files is not None and files.complete,
    )
    return catalog.triage.decide(change)
