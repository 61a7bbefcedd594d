"""What nobody told us of: every repository is gone through in turn, and what differs is looked at.

For what even GitHub's list of deliveries does not hold: it ends after three days, and not every
event gets into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.core.facts import PullRequest, Repository
from bot.errors import Rejected, Transient
from bot.flows.hear_comment import unheard
from bot.flows.install import pace
from bot.flows.rest import rest
from bot.flows.world import World
from bot.ports import Transaction, pull_request_lock
from bot.store import gaps, queue, repositories, reviews, subjects, sweeps
from bot.store.surfaces import CHECK, STATUS

REPOSITORIES = 10  # in one sweep, those that were gone through longest ago
PAGES = 3  # of a hundred comments each, for one repository in one sweep
VISITS = 50  # planned in one sweep
GAPS = 100
REVIVALS = 100
OUT = 2  # repositories in a row that GitHub could not tell us of: nobody is there
GRACE = timedelta(minutes=1)  # in which a webhook may still be on its way
AGAIN = timedelta(hours=1)  # after a visit that failed for good
OUTAGE = timedelta(days=3)  # what waits for longer waits for a person
VISIT = "visit_pull_request"

log = structlog.get_logger()


def sweep_repositories(world: World) -> None:
    """Have written what never was, hear what nobody told, and go on with what an outage stopped."""
    _fill_gaps(world)
    with world.store.read() as connection:
        due = repositories.swept_longest_ago(connection, REPOSITORIES)
    reached, planned, failed = False, 0, 0
    for repository in due:
        try:
            world.wait_for(repository.installation)
            planned += _go_through(world, repository, planned)
            reached, failed = True, 0
        except Transient as error:
            rest(world, error)
            failed = failed + 1 if error.retry_after is None else 0
        except Rejected as error:
            log.info("sweep.not_ours", repository=repository.full_name, error=str(error))
            failed = 0
        _swept(world, repository)  # also where it failed: the others get their turn before it
        if failed == OUT:
            break  # the rest would not fare better
    _revive(world, reached)


def _fill_gaps(world: World) -> None:
    """From the record alone: what should stand on GitHub, does not, and is not under way."""
    with world.store.read() as connection:
        heads = gaps.without_check(connection, STATUS if world.by_token else CHECK, GAPS)
        numbers = gaps.without_comment(connection, GAPS)

    def work(tx: Transaction) -> None:
        for repository, head_sha in heads:
            world.publish_check(tx, repository, head_sha)
        for repository, number in numbers:
            world.publish_comment(tx, repository, number)

    if heads or numbers:
        world.store.write(work)


def _go_through(world: World, repository: Repository, planned: int) -> int:
    """Compare what is open there and what was said with the record; gives how many visits follow.

    One call for each hundred open pull requests, one for each hundred comments since the last time.
    """
    listed = world.github.open_pull_requests(repository)
    now = world.clock()
    with world.store.read() as connection:
        known = subjects.open_in(connection, repository.id)
    numbers = differing(listed, known, now)
    since = _since(world, repository, now)
    said, until = (
        ([], None) if since is None else world.github.comments_since(repository, since, PAGES)
    )

    def work(tx: Transaction) -> int:
        new = [n for n in numbers if not _promised(tx, repository.id, n, now)][: VISITS - planned]
        for index, number in enumerate(new, planned):
            queue.drop_parked(tx, VISIT, pull_request_lock(repository.id, number))
            world.visit(tx, repository.id, number, now + pace(index, world.pacer.on))
        for comment in said:
            if comment.updated_at <= now - GRACE and unheard(tx.connection, repository, comment):
                world.hear(tx, repository.id, comment.number, comment.id)
        if since is not None:
            mark = _mark(since, until, now)
            sweeps.save(tx, _key(repository), mark.isoformat(), now)
        return len(new)

    found = world.store.write(work)
    if found:
        log.info("sweep.differs", repository=repository.full_name, pull_requests=found)
    return found


def differing(
    listed: Sequence[PullRequest], known: Sequence[PullRequest], now: datetime
) -> list[int]:
    """The pull requests of which the record does not say what GitHub's list says: unknown ones,
    changed ones, and those that are not open any more. What changed just now may still be told."""
    ours = {pull.number: pull for pull in known}
    theirs = {pull.number for pull in listed}
    late = [pull for pull in listed if pull.updated_at <= now - GRACE]
    changed = [p.number for p in late if p.number not in ours or _newer(p, ours[p.number])]
    gone = [p.number for p in known if p.number not in theirs and p.updated_at <= now - GRACE]
    return sorted([*changed, *gone])


def _promised(tx: Transaction, repository: int, number: int, now: datetime) -> bool:
    lock = pull_request_lock(repository, number)
    return queue.promised(tx.connection, VISIT, lock, now - AGAIN)


def _newer(listed: PullRequest, known: PullRequest) -> bool:
    return listed.updated_at >= known.updated_at and _content(listed) != _content(known)


def _content(pull: PullRequest) -> tuple[object, ...]:
    labels = frozenset(pull.labels)
    return pull.title, pull.body, pull.head_sha, pull.base_ref, pull.draft, labels


def _since(world: World, repository: Repository, now: datetime) -> datetime | None:
    """Since when comments are to be heard: where the last sweep ended, at first since the first
    pull request was seen; None where none was."""
    with world.store.read() as connection:
        mark = sweeps.cursor(connection, _key(repository))
        first = reviews.first_opened(connection, repository.id)
    if mark is not None:
        return datetime.fromisoformat(mark)
    return max(first, now - OUTAGE) if first else None


def _mark(since: datetime, until: datetime | None, now: datetime) -> datetime:
    """Where the next time begins: behind the last comment that was read, of an issue too, and
    never behind what may still be told."""
    if until is None:
        return since
    return max(since, min(until + timedelta(seconds=1), now - GRACE))


def _key(repository: Repository) -> str:
    return f"comments:{repository.id}"


def _swept(world: World, repository: Repository) -> None:
    world.store.write(lambda tx: repositories.swept(tx, repository.id, world.clock()))


def _revive(world: World, reached: bool) -> None:
    """What was parked because GitHub could not be reached goes on, once it can."""
    since = world.clock() - OUTAGE
    with world.store.read() as connection:
        if not queue.passing(connection, since, world.clock()):
            return
    try:
        if not reached and world.by_token:
            world.github.token_owner()
        elif not reached:
            world.github.identity()
    except (Transient, Rejected):
        return
    revived = world.store.write(lambda tx: world.jobs.revive(tx, since, REVIVALS))
    log.info("jobs.revived", jobs=revived)
