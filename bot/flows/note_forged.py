"""Somebody else reported a check by our name: that is noted, and ours put on top of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from prometheus_client import Counter

from bot.core.events import Event
from bot.core.facts import ForeignCheck
from bot.core.gate import Conclusion, worst
from bot.core.review import Review, State
from bot.flows.ourselves import our_users
from bot.flows.publish_check import reviews_on
from bot.flows.world import World
from bot.ports import Transaction, check_lock
from bot.store import ledger, queue, surfaces
from bot.store.surfaces import STATUS

PASSING = ("success", "neutral", "skipped")  # what lets a required check through
MOST_ANEW = 3  # times that ours is put on one commit anew
MOST_NOTED = 10  # rows about one commit; what is not answered after them is only counted
OFTEN = "More of them on this commit are only counted. Something answers our check with its own."
FORGED = Counter("emptychair_forged_checks", "Checks and statuses by our name that are not ours")
log = structlog.get_logger()


def note_forged(world: World, fact: ForeignCheck) -> None:
    """Note a check or status of somebody else's by our name, once for each thing that it says.

    A check that passes while ours is pending has ours put there anew, once for each such check:
    where the rule names no App, GitHub goes by the name, and people look at the newest. What is of
    the other kind than ours needs no such answer: GitHub wants a check and a status of one name to
    pass both. On one commit all of this has an end: a bot that answers ours with its own would
    never stop.
    """
    if fact.app is None and _is_ours(world, fact):
        return
    repository, head = fact.repository.id, fact.head_sha
    with world.store.read() as connection:
        there = reviews_on(connection, repository, head)
        of = [review.id for review in there]
        noted = ledger.forged(connection, repository, head, of)
        waiting = queue.waiting(connection, "publish_check", check_lock(repository, head))
    data = _data(fact)
    same = [each for each in noted if each.items() >= _which(fact).items()]
    if any(each["outcome"] == fact.outcome for each in same):
        return
    anew = (
        _fools(world, fact.kind, fact.outcome)
        and worst(there) is Conclusion.ACTION_REQUIRED
        and not any(each["outcome"] in PASSING for each in same)
        and _answered(world, noted) < MOST_ANEW
        and not any(args.get("anew") for args in waiting)
    )
    if len(noted) >= MOST_NOTED and not anew:
        FORGED.inc()
        return
    open_one = next((review for review in there if review.state is State.OPEN), None)

    def work(tx: Transaction) -> None:
        world.note_apart(tx, open_one.id if open_one else None, [Event("check.forged", data)])
        if anew:
            world.publish_check(tx, repository, head, anew=True)
        tx.after_commit.append(lambda: _tell(fact, open_one, len(noted) + 1))

    world.store.write(work)


def _fools(world: World, kind: str, outcome: str) -> bool:
    """Whether it passes, and is of the kind of ours."""
    return kind == ("status" if world.by_token else "check") and outcome in PASSING


def _answered(world: World, noted: Sequence[Mapping[str, Any]]) -> int:
    """To how many of those that were noted ours may have been put anew."""
    return len({each["id"] for each in noted if _fools(world, each["kind"], each["outcome"])})


def _is_ours(world: World, fact: ForeignCheck) -> bool:
    """A status that we reported ourselves. Of a former token's owner only that which we recorded:
    they may report others, like anybody."""
    ours = our_users(world, fact.repository.installation)
    if fact.by.id == ours.now:
        return True
    with world.store.read() as connection:
        stands = surfaces.load(connection, STATUS, fact.repository.id, fact.head_sha)
    return fact.by.id == ours.before and stands.external_id == fact.id


def _which(fact: ForeignCheck) -> dict[str, str | int]:
    return {"kind": fact.kind, "repository": fact.repository.id, "id": fact.id}


def _data(fact: ForeignCheck) -> dict[str, str | int]:
    made_by = {"sender": fact.by.id} if fact.app is None else {"app": fact.app}
    return {**_which(fact), **made_by, "commit": fact.head_sha, "outcome": fact.outcome}


def _tell(fact: ForeignCheck, of: Review | None, count: int) -> None:
    FORGED.inc()
    if count == MOST_NOTED:
        log.warning("check.forged_often", commit=fact.head_sha, noted=count, hint=OFTEN)
    log.warning(
        "check.forged",
        subject=of.subject.name if of else fact.repository.full_name,
        commit=fact.head_sha,
        kind=fact.kind,
        by=f"App {fact.app}" if fact.app is not None else fact.by.login,
        outcome=fact.outcome,
        hint="Pin the check to this App: `emptychair repositories` says where it is not.",
    )
