"""Lists of reviews as one person may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.deciding import consents_missing
from bot.core.filters import Filter, Where, team_of
from bot.core.gate import Gate
from bot.core.lists import listed
from bot.core.review import Review
from bot.core.roles import User
from bot.core.rulings import Sample
from bot.core.tier import Tier
from bot.flows.figures import Figures
from bot.flows.pages.seeing import sees_place
from bot.flows.world import World
from bot.store import decisions, listing, reviews

PAGE = 50
MOST = 200  # looked through for one list of things to do
SOON = timedelta(days=7)
NEVER = 2**62
UNNAMED = "a private channel"
Note = Callable[[Review | None, listing.Line], str]  # why it is in the list; empty: it is not


@dataclass(frozen=True, slots=True)
class Row:
    """One review in a list. `title` is empty where the reader may not see it, and a private channel
    then has no name."""

    id: int
    title: str
    name: str
    where: str
    team: str
    tier: str
    gate: str
    gate_class: str
    opened_at: datetime
    decided_at: datetime | None
    bypassed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Some of what waits for a reviewer."""

    heading: str
    note: str
    rows: tuple[Row, ...]
    none: str


def behind(figures: Figures, by: Filter, show: str, after: int) -> tuple[list[int], int]:
    """The ids behind a number, newest first, one page of them; and how many there are in all."""
    found = listed(figures.narrowed(by), show)
    return found.ids(PAGE, after), len(found)


def rows(world: World, user: User, ids: Sequence[int]) -> list[Row]:
    """These reviews, in this order."""
    with world.store.read() as connection:
        found = listing.lines(connection, ids)
    return shown(world, user, found)


def mine(world: World, user: User) -> list[Row]:
    """What somebody opened, and is open or still waits for answers."""
    with world.store.read() as connection:
        found = listing.mine(connection, [user.actor.id], MOST)
    return shown(world, user, found)


def search(world: World, user: User, words: str, by: Filter, before: int) -> tuple[list[Row], int]:
    """The decisions that hold these words and that the reader may see, newest first; without words
    all. Gives below which id to go on, 0 at the end."""
    allowed = sees_place(world, user)
    found: list[Row] = []
    before = before or NEVER
    with world.counting.figures() as figures:
        chosen = figures.narrowed(by)
        wanted = None if by == Filter() else set(map(int, chosen["id"]))
        known = [] if words.strip() else listed(chosen, "decided").ids(len(chosen))
    while True:
        if words.strip():
            with world.store.read() as connection:
                ids = decisions.find(connection, words, before, MOST)
        else:
            ids = [id for id in known if id < before][:MOST]
        if not ids:
            return found, 0
        kept = [id for id in ids if wanted is None or id in wanted]
        with world.store.read() as connection:
            lines = listing.lines(connection, kept)
        for line in lines:
            if allowed(line.key):
                found.append(_row(world, line, True))
            if len(found) == PAGE:
                return found, line.id
        before = min(ids)


def shown(world: World, user: User, lines: Iterable[listing.Line]) -> list[Row]:
    """Lines as one person may see them."""
    allowed = sees_place(world, user)
    return [_row(world, line, allowed(line.key)) for line in lines]


def _row(world: World, line: listing.Line, allowed: bool, note: str = "") -> Row:
    organisation = world.catalog.organisation
    channel = line.key[1:] if line.key.startswith("c") else ""
    where = Where(line.where, teams=line.teams)
    team = team_of(organisation, lambda _: where)(f"{line.key} {line.owner}")
    return Row(
        id=line.id,
        title=(line.title or "(without a title)") if allowed else "",
        name=line.name if allowed or not channel else UNNAMED,
        where=line.where if allowed or not channel else UNNAMED,
        team=team,
        tier=str(Tier(line.tier)),
        gate=line.gate.value,
        gate_class=line.gate.value.replace(" ", "-"),
        opened_at=line.opened_at,
        decided_at=line.decided_at,
        bypassed=line.bypassed,
        note=note,
    )


def queue(world: World, user: User) -> list[Group]:
    """What waits for a reviewer."""
    now = world.clock()
    with world.store.read() as connection:
        proposals = listing.open_proposals(connection, MOST)
        ruled = listing.with_rulings(connection, MOST)
        ending = listing.waivers_ending(connection, now + SOON, MOST)
        suggested = listing.with_suggestions(connection, MOST)
        loaded = {
            line.id: review
            for line in (*proposals, *ruled, *suggested)
            if (review := reviews.by_id(connection, line.id))
        }
    allowed = sees_place(world, user)

    def made(lines: Iterable[listing.Line], note: Note) -> tuple[Row, ...]:
        told = ((line, note(loaded.get(line.id), line)) for line in lines)
        return tuple(
            _row(world, line, allowed(line.key), what if allowed(line.key) else " ")
            for line, what in told
            if what
        )

    return [
        Group(
            "Waiting for consent",
            "Proposals that lack consents. Consent is given on their card in Slack.",
            made(proposals, _consents),
            "No proposal waits for consent.",
        ),
        Group(
            "“No customer will notice”, drawn to be looked at",
            "Raise the tier if customers will notice, or confirm it; both with /impact on the pull "
            "request.",
            made(ruled, _drawn),
            "None was drawn.",
        ),
        Group(
            "Waivers about to end",
            "Within seven days. What they let go is asked again after that.",
            made(ending, lambda _, line: f"ends {_day(line.waived_until)}"),
            "None ends within seven days.",
        ),
        Group(
            "Suggested by people who may not answer",
            "They do not count before somebody takes them.",
            made(suggested, _suggestions),
            "Nobody suggested anything.",
        ),
    ]


def _consents(review: Review | None, _line: listing.Line) -> str:
    lacking = consents_missing(review) if review else 0
    return f"{lacking} missing" if lacking else ""


def _drawn(review: Review | None, _line: listing.Line) -> str:
    waits = (r for r in review.rulings if r.sample is Sample.WAITING) if review else ()
    found = next((r for r in waits if not r.ended), None)
    return f"{found.by.login}: “{found.reason}”" if found else ""


def _suggestions(review: Review | None, line: listing.Line) -> str:
    found = [s for s in review.suggestions if not s.held] if review else []
    return f"{len(found)} suggested" if found and line.gate is Gate.PENDING else ""


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
