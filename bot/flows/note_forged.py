"""Somebody else reported a check by our name: that is noted, and ours put on top of it."""

from __future__ import annotations

import structlog
from prometheus_client import Counter

from bot.core.events import Event
from bot.core.facts import ForeignCheck
from bot.core.gate import Conclusion, worst
from bot.core.review import Review, State
from bot.flows.ourselves import our_users
from bot.flows.publish_check import reviews_on
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import ledger, surfaces
from bot.store.surfaces import STATUS

PASSING = ("success", "neutral", "skipped")  # what lets a required check through
FORGED = Counter("emptychair_forged_checks", "Checks and statuses by our name that are not ours")
log = structlog.get_logger()


def note_forged(world: World, fact: ForeignCheck) -> None:
    """Note a check or status of somebody else's by our name, once for each thing that it says.

    A check that passes while ours is pending has ours put there anew, once for each such check:
    where the rule names no App, GitHub goes by the name, and people look at the newest. What is of
    the other kind than ours needs no such answer: GitHub wants a check and a status of one name to
    pass both.
    """
    if fact.app is None and _is_ours(world, fact):
        return
    with world.store.read() as connection:
        there = reviews_on(connection, fact.repository.id, fact.head_sha)
        noted = ledger.forged(connection, [review.id for review in there])
    data = _data(fact)
    same = [each for each in noted if each.items() >= _which(fact).items()]
    if any(each["outcome"] == fact.outcome for each in same):
        return
    fooled = fact.kind == ("status" if world.by_token else "check") and fact.outcome in PASSING
    pending = worst(there) is Conclusion.ACTION_REQUIRED
    anew = fooled and pending and not any(each["outcome"] in PASSING for each in same)
    of = next((review for review in there if review.state is State.OPEN), None)

    def work(tx: Transaction) -> None:
        world.note_apart(tx, of.id if of else None, [Event("check.forged", data)])
        if anew:
            how = {"force": True} if world.by_token else {"anew": True}
            world.publish_check(tx, fact.repository.id, fact.head_sha, **how)
        tx.after_commit.append(lambda: _tell(fact, of))

    world.store.write(work)


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


def _tell(fact: ForeignCheck, of: Review | None) -> None:
    FORGED.inc()
    log.warning(
        "check.forged",
        subject=of.subject.name if of else fact.repository.full_name,
        commit=fact.head_sha,
        kind=fact.kind,
        by=f"App {fact.app}" if fact.app is not None else fact.by.login,
        outcome=fact.outcome,
        hint="Pin the check to this App: `emptychair repositories` says where it is not.",
    )
