"""GitHub never tells us twice by itself: what it could not deliver is asked for again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import Rejected, Transient
from bot.flows.check_app import EVENTS
from bot.flows.rest import rest
from bot.flows.world import World
from bot.ports import HookDelivery, Transaction
from bot.store import missed, sweeps
from bot.store.missed import Missed

PAGES = 10  # of a hundred attempts each, in one sweep
ASKS = 50  # in one sweep
# https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
WINDOW = timedelta(days=3)
LAG = timedelta(minutes=1)  # an attempt is listed once it ended, a little later than others
PAUSE = timedelta(minutes=2)  # before the same event is asked for again; then twice as long
TRIES = 5  # then its delivery fails for a reason of its own
GIVEN_UP = TRIES + 1
INSTALLATIONS = ("installation", "installation_repositories")  # every App hears of them
# Statuses, and what becomes of checks, tell of forgeries at most, and come in masses.
WANTED = (*(event for event in EVENTS if event != "status"), *INSTALLATIONS)
ACTIONS = dict.fromkeys(("check_run", "check_suite"), ("rerequested", "requested_action"))
FIRST = ("pull_request", "issue_comment", "merge_group", *INSTALLATIONS)  # where not all fit in
THE_APP = 0  # in the place of an installation: what is asked as the App has a limit of its own
KEY, REFUSED = "deliveries", "deliveries:refused"
DAY = timedelta(days=1)
HINTS = {  # by what GitHub answers
    401: "The App's id or private key is wrong, or the clock of this machine is.",
    403: "The App may be suspended, or an IP allow list keeps this machine out.",
    404: "Is this GitHub Enterprise Server too old?",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back everything is settled: all attempts before `since`.

    Times are GitHub's, for nobody says that ids grow. `page` and `top` are where a look stopped
    that was too long for one sweep, and the newest attempt that it began with. `wanted`: the events
    that count; before the first delivery of the record these are installations alone, which lead to
    a visit of every open pull request.
    """

    since: datetime
    wanted: tuple[str, ...]
    page: str = ""
    top: datetime | None = None


def sweep_deliveries(world: World) -> None:
    """Look through GitHub's attempts to reach us, and ask for what did not arrive.

    At most 10 calls to look and 50 to ask, oldest first of what is in sight; the rest is for the
    next sweep. Usually one call.
    """
    if world.by_token:
        return  # GitHub lists deliveries to an App only
    now = world.clock()
    try:
        world.wait_for(THE_APP)
        reach = _reach(world)
        attempts, then = _look(world, reach)
        world.store.write(lambda tx: _note(tx, reach, then, attempts, now))
        if reach.page:  # the newest attempts are not seen: whether anything comes through
            _ask(world, shut=False, again=False)
        else:
            _ask(world, shut=_shut(attempts), again=True)
    except Transient as error:
        rest(world, error)
    except Rejected as error:
        _refused(world, error)


def _reach(world: World) -> Reach:
    with world.store.read() as connection:
        known = sweeps.cursor(connection, KEY)
        first = missed.first_received(connection)
    oldest = world.clock() - WINDOW
    if known is not None:
        return _read(known, oldest)
    return Reach(oldest, INSTALLATIONS) if first is None else Reach(max(first, oldest), WANTED)


def _look(world: World, reach: Reach) -> tuple[list[HookDelivery], Reach]:
    """The attempts since then, newest first, and how far that comes."""
    attempts: list[HookDelivery] = []
    page = reach.page
    for _ in range(PAGES):
        found, page = world.github.hook_deliveries(page)
        attempts += found
        if not page or not found or found[-1].at < reach.since:
            page = ""
            break
    top = reach.top or max((attempt.at for attempt in attempts), default=None)
    if page:
        return attempts, replace(reach, page=page, top=top)
    since = reach.since if top is None else max(reach.since, top - LAG)
    return attempts, Reach(since, WANTED)


def _note(
    tx: Transaction, reach: Reach, then: Reach, attempts: Sequence[HookDelivery], now: datetime
) -> None:
    by_event: dict[str, list[HookDelivery]] = defaultdict(list)
    for attempt in attempts:
        if attempt.at >= reach.since and _wanted(attempt, reach):
            by_event[attempt.guid].append(attempt)
    arrived = {a.guid for a in attempts if a.arrived}
    missed.settle(tx, arrived & {m.guid for m in missed.listed(tx.connection)})
    failed = (tries for guid, tries in by_event.items() if guid not in arrived)
    missed.note(tx, (_missed(tries, now) for tries in failed))
    sweeps.save(tx, KEY, _written(then), now)
    sweeps.drop(tx, REFUSED)


def _wanted(attempt: HookDelivery, reach: Reach) -> bool:
    actions = ACTIONS.get(attempt.event)
    return attempt.event in reach.wanted and (actions is None or attempt.action in actions)


def _missed(tries: Sequence[HookDelivery], now: datetime) -> Missed:
    newest, first = tries[0], tries[-1]
    return Missed(newest.guid, newest.id, first.at, 0, now, newest.event)


def _shut(attempts: Iterable[HookDelivery]) -> bool:
    """Whether nothing comes through: the last that was asked for found nobody who took it, and
    nothing arrived since. Then one is tried, and says nothing about itself."""
    for attempt in attempts:
        if attempt.arrived:
            return False
        if attempt.again:
            return not 400 <= attempt.status < 500
    return False


def _ask(world: World, shut: bool, again: bool) -> None:
    """`shut`: one is tried, and is not to blame. `again`: also what was asked for before."""
    now = world.clock()
    with world.store.read() as connection:
        listed = missed.listed(connection)
        over = {m.guid for m in listed if m.at < now - WINDOW}
        over |= {m.guid for m in listed if missed.arrived(connection, m.guid)}
    if over:
        world.store.write(lambda tx: missed.settle(tx, over))
    due = [m for m in listed if m.guid not in over and m.due <= now and m.asked <= TRIES]
    due = [m for m in due if again or not m.asked]
    for one in [m for m in due if m.asked == TRIES]:
        _give_up(world, one, f"asked for {TRIES} times")
    for one in _next([m for m in due if m.asked < TRIES], shut):
        try:
            world.github.redeliver(one.id)
        except Rejected as error:
            _give_up(world, one, str(error))
            continue
        asked = one.asked + (not shut)
        then = replace(one, asked=asked, due=now + PAUSE * 2 ** max(0, asked - 1))
        world.store.write(lambda tx, then=then: missed.asked(tx, then))  # type: ignore[misc]
        log.info("delivery.asked_again", delivery=one.guid, missed_at=one.at.isoformat())


def _next(due: Sequence[Missed], shut: bool) -> list[Missed]:
    """What this sweep asks for, oldest first; where nothing comes through the one that has waited
    longest, for the oldest may be the one that nobody can take."""
    if shut:
        return sorted(due, key=lambda m: m.due)[:1]
    chosen = sorted(due, key=lambda m: m.event not in FIRST)[:ASKS]
    return sorted(chosen, key=lambda m: m.at)


def _give_up(world: World, one: Missed, why: str) -> None:
    hint = "A new push, edit or Recheck makes up for it; so does the sweep of repositories."
    log.warning("delivery.given_up", delivery=one.guid, reason=why, hint=hint)
    world.store.write(lambda tx: missed.asked(tx, replace(one, asked=GIVEN_UP)))


def _refused(world: World, error: Rejected) -> None:
    """Said once a day: nobody wants to read it every two minutes."""
    now = world.clock()
    with world.store.read() as connection:
        told = sweeps.at(connection, REFUSED)
        known = sweeps.cursor(connection, KEY)

    def work(tx: Transaction) -> None:
        if known is not None:  # where a long look stopped may be unknown to GitHub by now
            reach = replace(_read(known, now - WINDOW), page="", top=None)
            sweeps.save(tx, KEY, _written(reach), now)
        if told is None or told < now - DAY:
            sweeps.save(tx, REFUSED, str(error.status), now)

    world.store.write(work)
    if told is None or told < now - DAY:
        why = HINTS.get(error.status, "GitHub's answer says why.")
        hint = f"Missed webhooks are not asked for again. {why}"
        log.warning("deliveries.refused", error=str(error), hint=hint)


def _written(reach: Reach) -> str:
    top = reach.top.isoformat() if reach.top else ""
    return json.dumps([reach.since.isoformat(), list(reach.wanted), reach.page, top])


def _read(text: str, oldest: datetime) -> Reach:
    since, wanted, page, top = json.loads(text)
    moment = datetime.fromisoformat(since)
    began = datetime.fromisoformat(top) if top else None
    return Reach(max(moment, oldest), tuple(wanted), page, began)
