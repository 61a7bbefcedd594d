"""The same numbers and lists as JSON, for programs of people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from bot.core.review import Review
from bot.core.stats import Line
from bot.flows.pages import lists
from bot.flows.pages.seeing import names_place, seen, sees
from bot.inbound.pages.desk import Asking, Away, Desk
from bot.inbound.pages.look import look_at
from bot.inbound.pages.query import Narrow
from bot.inbound.pages.review import found
from bot.store import reviews
from bot.views.stats import parts
from bot.views.web import record, table

AT_ONCE = 200  # reviews read at a time


class Problem(BaseModel):
    """What is wrong, in a sentence."""

    detail: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    429: {"description": "Too much at once."},
}
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "It is not there, or not for who asks."}
}
FORBIDDEN: dict[int | str, dict[str, Any]] = {
    403: {"model": Problem, "description": "That takes another role."}
}
Id = Annotated[int, Path(ge=1, lt=2**62)]


class Numbers(BaseModel):
    """The numbers of one repository, channel or team; each measure a count, or a value with n."""

    name: str
    team: str
    values: dict[str, Any]


class Statistics(BaseModel):
    """All numbers of a filter."""

    total: Numbers
    places: list[Numbers]
    teams: list[Numbers]


class Entry(BaseModel):
    """One review in a list. `title` is empty where who asks may not see it."""

    id: int
    title: str
    name: str
    team: str
    tier: str
    gate: str
    opened_at: str
    decided_at: str | None


class Entries(BaseModel):
    """One page of a list. `total` is null where it is not counted, `next` null on the last page."""

    total: int | None
    next: int | None
    reviews: list[Entry]


def routes(desk: Desk) -> APIRouter:
    """All that is below /api/v1."""
    router, world = APIRouter(prefix="/api/v1", responses=REFUSALS), desk.world

    @router.get(
        "/stats",
        summary="All numbers, of each team, repository and channel",
    )
    def stats(request: Request, wanted: Narrow) -> Statistics:
        asking = desk.asking(request)
        by = desk.narrow(asking, wanted)
        counted = world.counting.get(("stats", by), lambda figures: figures.stats(by))
        names = _names(desk, asking)
        return Statistics(
            total=_numbers(counted.total),
            places=[_numbers(line) for line in counted.repositories if line.name in names],
            teams=[_numbers(line) for line in counted.teams],
        )

    @router.get("/trends", summary="Week by week")
    def trends(request: Request, wanted: Narrow) -> list[dict[str, Any]]:
        page = look_at(desk, desk.narrow(desk.asking(request), wanted))
        return [
            {
                "week": week.monday.isoformat(), "eligible": week.eligible,
                "coverage": week.coverage, "heard": week.heard, "mature": week.mature,
                "trend": week.trend,
            }
            for week in page.weeks
        ]  # fmt: skip

    @router.get("/reviews", summary="The reviews behind a number, newest first")
    def behind(
        request: Request,
        wanted: Narrow,
        show: Annotated[str, Query(max_length=40, description="The name of a measure.")] = "",
        after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    ) -> Entries:
        asking = desk.asking(request)
        by = desk.narrow(asking, wanted)
        with world.counting.figures() as figures:
            ids, total = lists.behind(figures, by, show, after)
        following = after + lists.PAGE if total > after + lists.PAGE else None
        rows = lists.rows(world, asking.user, ids)
        return Entries(total=total, next=following, reviews=[_entry(row) for row in rows])

    @router.get("/decisions", summary="Search in what was decided")
    def decided(
        request: Request,
        wanted: Narrow,
        q: Annotated[str, Query(max_length=200)] = "",
        before: Annotated[int, Query(ge=0, lt=2**62)] = 0,
    ) -> Entries:
        asking = desk.asking(request)
        by = desk.narrow(asking, wanted)
        rows, older = lists.search(world, asking.user, q, by, before)
        return Entries(total=None, next=older or None, reviews=[_entry(row) for row in rows])

    @router.get(
        "/reviews/{id}", summary="One review whole", responses=MISSING,
        response_model=dict[str, Any],
    )  # fmt: skip
    def one(request: Request, id: Id) -> Response:
        return JSONResponse(record.as_json(found(desk, desk.asking(request), id)))

    @router.get(
        "/export.{form}", summary="All reviews of a filter that who asks may see",
        responses=FORBIDDEN | {200: {"content": {"text/csv": {}, "application/x-ndjson": {}}}},
        response_class=Response,
    )  # fmt: skip
    def export(
        request: Request,
        wanted: Narrow,
        form: Literal["csv", "jsonl"],
        names: Annotated[bool, Query(description="With names; for admins.")] = False,
    ) -> Response:
        asking = desk.asking(request)
        allowed = asking.user.admin if names else asking.user.exports
        if not allowed:
            role = "admin" if names else "leadership"
            raise Away(JSONResponse({"detail": f"That takes the role {role}."}, 403))
        by = desk.narrow(asking, wanted)
        with world.counting.figures() as figures:
            ids = figures.narrowed(by).ids(2**31)
        rows = _all(desk, asking, ids)
        if form == "csv":
            return StreamingResponse(table.as_csv(rows, names), media_type="text/csv")
        return StreamingResponse(table.as_lines(rows, names), media_type="application/x-ndjson")

    return router


def _names(desk: Desk, asking: Asking) -> set[str]:
    """The places whose names who asks may know."""
    with desk.world.counting.figures() as figures:
        places = dict(figures.places)
    allowed = names_place(desk.world, asking.user, places)
    return {where.name for key, where in places.items() if allowed(key)}


def _all(desk: Desk, asking: Asking, ids: list[int]) -> Iterator[Review]:
    """The reviews that who asks may see, some at a time."""
    for start in range(0, len(ids), AT_ONCE):
        with desk.world.store.read() as connection:
            some = [reviews.by_id(connection, id) for id in ids[start : start + AT_ONCE]]
        for review in some:
            if review is not None and sees(desk.world, asking.user, review):
                yield seen(desk.world, asking.user, review)


def _numbers(line: Line) -> Numbers:
    values = {name: parts(value) for name, value in line.values.items()}
    return Numbers(name=line.name, team=line.team, values=values)


def _entry(row: lists.Row) -> Entry:
    return Entry(
        id=row.id,
        title=row.title,
        name=row.name,
        team=row.team,
        tier=row.tier,
        gate=row.gate,
        opened_at=row.opened_at.isoformat(),
        decided_at=row.decided_at.isoformat() if row.decided_at else None,
    )
