"""Whatever happened to a pull request: look at it, decide how much to ask, save, publish."""

from __future__ import annotations

from bot.core.facts import Change, ChangedFile, PullRequest, Repository
from bot.core.gate import settle
from bot.core.prefill import prefill
from bot.core.review import Review, sync
from bot.core.triage import Verdict
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import reviews


def sync_pull_request(
    world: World, repository: Repository, number: int, seen: PullRequest | None
) -> None:
    """Bring the review of a pull request in line with it.

    `seen` is what an event said; None has GitHub asked. What is older than the record is passed
    over. A pull request that was closed before we ever saw it is none of ours.
    """
    with world.store.read() as connection:
        old = reviews.load(connection, repository.id, number)
    if seen is None or _doubtful(old, seen):
        world.wait_for(repository.installation)
        seen = world.github.pull_request(repository, number)
    if _late(old, seen) or (old is None and not seen.open):
        return
    files, verdict = _triage(world, old, seen)
    catalog = world.catalog
    offers = prefill(
        catalog.checklist.all_questions(),
        seen.title,
        seen.body,
        seen.repository_url,
        catalog.organisation.thresholds.text_characters,
    )
    now = world.clock()
    review, events = sync(old, seen, verdict, offers, catalog.checklist, catalog.organisation, now)
    review, more = settle(old, review, now)
    if old == review:
        return

    def work(tx: Transaction) -> None:
        saved = world.save(tx, review, (*events, *more))
        if not seen.open:
            reviews.save_files(tx, saved, "", None, True)
        elif files is not None:
            reviews.save_files(tx, saved, _files_of(seen), *files)
        if old is not None and old.subject.head_sha != seen.head_sha:
            world.publish_check(tx, repository.id, old.subject.head_sha)

    world.store.write(work)


def _doubtful(old: Review | None, seen: PullRequest) -> bool:
    """Two different descriptions of the same second: only GitHub knows which came last."""
    return old is not None and old.subject.updated_at == seen.updated_at and old.subject != seen


def _late(old: Review | None, seen: PullRequest) -> bool:
    return old is not None and seen.updated_at < old.subject.updated_at


def _triage(
    world: World, old: Review | None, seen: PullRequest
) -> tuple[tuple[tuple[ChangedFile, ...], bool] | None, Verdict]:
    """The verdict, and the files if they were fetched just now. A closed one keeps its verdict."""
    if old is not None and not seen.open:
        return None, Verdict(old.tier, old.customer_facing, old.overlays, old.reasons)
    with world.store.read() as connection:
        known = reviews.load_files(connection, seen.repository.id, seen.number, _files_of(seen))
    if known is None:
        world.wait_for(seen.repository.installation)
    fetched = None if known else world.github.files(seen.repository, seen.number)
    files, complete = known or fetched or ((), False)
    change = Change(
        title=seen.title,
        body=seen.body,
        labels=seen.labels,
        branch=seen.branch,
        author=seen.author.login,
        files=files,
        complete=complete,
    )
    return fetched, world.catalog.triage.decide(change)


def _files_of(seen: PullRequest) -> str:
    return f"{seen.head_sha}:{seen.base_ref}"
