"""Whatever happened to a pull request: look at it, hear it, save, publish."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.acts import Act
from bot.core.events import Event
from bot.core.facts import PullRequest, Repository
from bot.core.gate import settle
from bot.core.links import decisions
from bot.core.look import Files, look
from bot.core.review import Review, checklist_of
from bot.core.take import take
from bot.flows.drafts.make_draft import promise_draft
from bot.flows.look_first import SHOWS
from bot.flows.read_owners import whose
from bot.flows.record import record
from bot.flows.take_description import (
    edit_act,
    edit_acts,
    offered_by_bot,
    opening_act,
    unheard_acts,
)
from bot.flows.take_over import new_rules, take_over
from bot.flows.voice.offer_quotes import with_quotes
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts, reviews, subjects, surfaces
from bot.store.surfaces import CHECK, COMMENT
from bot.views.github_comment import wanted


def sync_pull_request(
    world: World, repository: Repository, number: int, seen: PullRequest | None
) -> None:
    """Bring the review of a pull request in line with it.

    `seen` is what an event said; None has GitHub asked for everything afresh, and the surfaces
    written again. What is older than the record is passed over. A pull request that was closed
    before we ever saw it is none of ours; that it was is noted, for an older event may follow.
    """
    asked, event = seen is None, seen
    with world.store.read() as connection:
        old = reviews.load(connection, repository.id, number)
        since = (
            old.pull_request.updated_at
            if old is not None
            else subjects.updated_at(connection, repository.id, number)
        )
    seen = seen or _ask(world, repository, number)
    if since is not None and seen.updated_at < since:
        if old is not None and (late := edit_acts(world, old, seen)):
            record(world, old, late)
        return
    if old is None and since == seen.updated_at and seen.open and not asked:
        seen = _ask(world, repository, number)  # opened, or closed, last in that second?
    if old is None and not seen.open:
        closed = seen
        world.store.write(lambda tx: subjects.save(tx, closed))
        return
    found = _look(world, old, seen, afresh=asked)
    if old is not None and not asked and _doubtful(old, found.review):
        seen = _ask(world, repository, number)
        found = _look(world, old, seen, found)
    found = _heard(world, old, found, event or seen)
    if found.review != old or found.acts:
        latest = seen
        world.store.write(lambda tx: _save(world, tx, old, latest, found))
    elif asked:
        world.store.write(lambda tx: world.publish(tx, found.review))


def _save(
    world: World, tx: Transaction, old: Review | None, seen: PullRequest, found: _Found
) -> None:
    saved = world.save(tx, found.review, found.events)
    acts.add(tx, saved.id, found.acts)
    if not seen.open:
        subjects.save_files(tx, saved.pull_request, "", None, True)
    elif found.fetched is not None:
        files = found.fetched
        subjects.save_files(tx, saved.pull_request, _files_of(seen), files.files, files.complete)
    if old is None:
        _promise(world, tx, saved, seen.just_opened)
    if old is None or (old.quiet and not saved.quiet) or old.tier < saved.tier:
        promise_draft(world, tx, saved)
    told_before = decisions(old.subject.body) if old is not None else ()
    if decisions(seen.body) != told_before:
        of = {"repository": seen.repository.id, "number": seen.number}
        args = {**of, "association": seen.author_association}
        world.jobs.enqueue(tx, "link_decision", args, lock=f"link:{saved.id}")
    if old is not None and old.pull_request.head_sha != seen.head_sha:
        world.publish_check(tx, seen.repository.id, old.pull_request.head_sha)


def _promise(world: World, tx: Transaction, review: Review, just_opened: bool) -> None:
    """What a new pull request will show."""
    repository, number = review.pull_request.repository.id, str(review.pull_request.number)
    world.promise(tx, CHECK, repository, review.pull_request.head_sha)
    if not just_opened:
        # It may have our comment from an earlier life: look before a second one is posted.
        surfaces.begin(tx, COMMENT, repository, number, world.clock() - SHOWS)
    elif wanted(review):
        world.promise(tx, COMMENT, repository, number)


@dataclass(frozen=True, slots=True)
class _Found:
    """What looking at a pull request came to.

    `fetched` are its files, where they were fetched; `acts` what people, or new rules, did.
    """

    review: Review
    events: tuple[Event, ...]
    fetched: Files | None
    acts: tuple[Act, ...] = ()


def _look(
    world: World,
    old: Review | None,
    seen: PullRequest,
    before: _Found | None = None,
    afresh: bool = False,
) -> _Found:
    """Decide what is asked of a pull request.

    `before` is what a look just now came to; `afresh` reads the files again in any case.
    """
    known = None if afresh or old is None or not seen.open else _known_files(world, seen)
    fetched = None if known or not seen.open else _fetched(world, seen, before)
    offered = offered_by_bot(seen, checklist_of(old, world.catalog.checklist))
    files = known or fetched
    review, events = look(old, seen, files, world.catalog, world.clock(), offered)
    if files is not None:
        review = replace(review, owner=whose(world, seen.repository, files.files))
        review = with_quotes(world, review, files.files)
    return _Found(review, events, fetched)


def _heard(world: World, old: Review | None, found: _Found, event: PullRequest) -> _Found:
    """The same with what the description says, what new rules ask again, what a revert takes over;
    and what all of it does to the gate."""
    now, review, events = world.clock(), found.review, found.events
    new = _acts(world, old, review, event)
    known: list[Act] = []
    if new and old is not None:
        with world.store.read() as connection:
            known = acts.load(connection, old.id)
    keys = {act.key for act in known}
    fresh = tuple(act for act in new if act.key not in keys)
    if any(act.deeds for act in fresh):
        review, more = take(review, known, fresh, now)
        events = (*events, *more)
    review, more = settle(old, review, now)
    return replace(found, review=review, events=(*events, *more), acts=fresh)


def _acts(world: World, old: Review | None, review: Review, event: PullRequest) -> list[Act]:
    if old is None:
        taken_over = take_over(world, review, event)
        return [
            act for act in (opening_act(review, event), taken_over, edit_act(review, event)) if act
        ]
    fresh = new_rules(old, review)
    found = [*([fresh] if fresh else []), *edit_acts(world, old, event)]
    if event.just_opened:
        found.append(opening_act(old, event))
    # An event that is no edit of the description may still bring one that we did not hear of.
    return found + (unheard_acts(world, old, event) if event.edited is None else [])


def _fetched(world: World, seen: PullRequest, before: _Found | None) -> Files:
    if before and before.fetched and _files_of(before.review.pull_request) == _files_of(seen):
        return before.fetched
    world.wait_for(seen.repository.installation)
    return Files(*world.github.files(seen.repository, seen.number))


def _known_files(world: World, seen: PullRequest) -> Files | None:
    with world.store.read() as connection:
        key = (seen.repository.id, seen.number, _files_of(seen))
        known = subjects.load_files(connection, *key)
    return Files(*known) if known else None


def _ask(world: World, repository: Repository, number: int) -> PullRequest:
    world.wait_for(repository.installation)
    return world.github.pull_request(repository, number)


def _doubtful(old: Review, new: Review) -> bool:
    """Two descriptions of the same second that differ in what counts: which one came last?

    Events arrive in any order and their times have whole seconds, so only GitHub can tell.
    """
    if old.pull_request.updated_at != new.pull_request.updated_at:
        return False
    told = replace(old.pull_request, title="", body="", labels=())
    tells = replace(new.pull_request, title="", body="", labels=())
    return told != tells or replace(old, subject=new.pull_request) != new


def _files_of(seen: PullRequest) -> str:
    return f"{seen.head_sha}:{seen.base_ref}"
