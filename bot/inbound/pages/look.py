"""The pages that only show: overview, teams, lists, decisions, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.core.enforcement import standing
from bot.core.filters import Filter
from bot.core.maturity import FROM, NAMES, Level
from bot.core.overview import Overview, overview
from bot.core.stats import LIMITS, MEASURES, Rate
from bot.errors import BotError
from bot.flows.pages import lists
from bot.flows.pages.seeing import names_place, sees
from bot.inbound.pages.desk import Asking, Desk
from bot.inbound.pages.kept import keep
from bot.inbound.pages.query import FilterForm, Narrow, Wanted, form
from bot.store import repositories, reviews
from bot.views.web import overview as words

NAMED = {measure.name: measure for measure in MEASURES}
CHANGED = (
    "Proposals on which a reviewer objected or made a condition, and that were then not simply "
    "approved: asking changed the decision."
)


@dataclass(frozen=True, slots=True)
class Story:
    """One decision that asking changed."""

    id: int
    title: str
    told: str


def routes(desk: Desk) -> APIRouter:
    """All of them."""
    router, world = APIRouter(include_in_schema=False), desk.world

    @router.get("/")
    def start(request: Request, wanted: Narrow) -> Response:
        return _overview(desk, desk.asking(request), wanted, "Overview", "/")

    @router.get("/teams/{name}")
    def of_team(request: Request, name: str, wanted: Narrow) -> Response:
        narrowed = Wanted(
            wanted.since, wanted.until, name, wanted.place, wanted.source, wanted.tier,
            wanted.overlay, wanted.segment,
        )  # fmt: skip
        path = f"/teams/{quote(name, safe='')}"
        return _overview(desk, desk.asking(request), narrowed, f"Team {name}", path)

    @router.get("/reviews")
    def behind(
        request: Request, wanted: Narrow, show: str = "", after: Annotated[int, Query(ge=0)] = 0
    ) -> Response:
        asking = desk.asking(request)
        by = desk.narrow(asking, wanted)
        with world.counting.figures() as figures:
            ids, total = lists.behind(figures, by, show, after)
        offered = _form(desk, asking, wanted)
        measure = NAMED.get(show)
        query = words.query(by, show=show)
        return desk.page(
            asking, "list",
            heading=_heading(show),
            note=f"{measure.definition if measure else ''} {total:,} in this list.".strip(),
            rows=lists.rows(world, asking.user, ids), search=None, keep={}, filters=offered,
            show=show, action="/reviews", none="No review fits.",
            newer=f"/reviews?{query}&after={max(0, after - lists.PAGE)}" if after else "",
            older=f"/reviews?{query}&after={after + lists.PAGE}"
            if total > after + lists.PAGE
            else "",
        )  # fmt: skip

    @router.get("/decisions")
    def decided(
        request: Request,
        wanted: Narrow,
        q: Annotated[str, Query(max_length=200)] = "",
        before: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        asking = desk.asking(request)
        everything = Wanted("all", *_rest(wanted)) if not wanted.since else wanted
        by = desk.narrow(asking, everything)
        found, older = lists.search(world, asking.user, q, by, before)
        offered = _form(desk, asking, everything)
        more = words.query(by, q=q, before=str(older))
        return desk.page(
            asking, "list", heading="Decisions",
            note="Every word of title, sentence, conditions, answers and open evidence is "
            "searched. What you may not see is left out.",
            rows=found, search=q, keep={}, filters=offered, show="", action="/decisions",
            none="Nothing was decided with these words.", newer="",
            older=f"/decisions?{more}" if older else "",
        )  # fmt: skip

    @router.get("/mine")
    def mine(request: Request) -> Response:
        asking = desk.asking(request)
        group = lists.Group(
            "Open, or waiting for answers", "", tuple(lists.mine(world, asking.user)),
            "Nothing of yours waits.",
        )  # fmt: skip
        return desk.page(asking, "groups", heading="My reviews", groups=[group])

    @router.get("/queue")
    def queue(request: Request) -> Response:
        asking = desk.asking(request)
        if not asking.user.reviewer:
            text = "Reviewers stand in organisation.yaml."
            return desk.said(asking, 403, "This is for reviewers", text, "/", "To the overview")
        groups = lists.queue(world, asking.user)
        return desk.page(asking, "groups", heading="Reviewer's queue", groups=groups)

    return router


def _form(desk: Desk, asking: Asking, wanted: Wanted) -> FilterForm:
    """The filter form, with the places whose names who asks may know."""
    with desk.world.counting.figures() as figures:
        places = dict(figures.places)
    allowed = names_place(desk.world, asking.user, places)
    with desk.world.counting.figures() as figures:
        return form(wanted, figures, desk.world.catalog.organisation, allowed)


def _rest(wanted: Wanted) -> tuple[Any, ...]:
    return (
        wanted.until, wanted.team, wanted.place, wanted.source, wanted.tier, wanted.overlay,
        wanted.segment,
    )  # fmt: skip


def _heading(show: str) -> str:
    if show.startswith("level_") and show[6:].isdecimal() and int(show[6:]) < len(NAMES):
        return f"Reviews at level {show[6:]}, {NAMES[int(show[6:])]}"
    return NAMED[show].heading if show in NAMED else "Reviews"


def look_at(desk: Desk, by: Filter) -> Overview:
    """The overview of a filter; counted once for everybody while nothing changes."""
    today = desk.world.clock().date()
    return desk.world.counting.get(
        ("overview", by, today),
        lambda figures: overview(figures.narrowed, by, figures.team, today),
    )


def _overview(desk: Desk, asking: Asking, wanted: Wanted, heading: str, action: str) -> Response:
    world = desk.world
    keep(asking.request)
    by = desk.narrow(asking, wanted)
    page = look_at(desk, by)
    offered = _form(desk, asking, wanted)
    labels = {option.id: option.label for option in world.catalog.organisation.segments}
    if action.startswith("/teams/"):
        fields = tuple(field for field in offered.fields if field.name != "team")
        offered = FilterForm(offered.since, offered.periods, fields, offered.narrowed)
    return desk.page(
        asking, "overview",
        heading=heading, action=action, filters=offered, query=words.query(by),
        sentence=words.sentence(page), tiles=words.tiles(page), gaps=words.tiles(page, words.GAPS),
        coverage=[
            (w.monday.isoformat(), _cell(w.coverage), _cell(w.trend), w.eligible)
            for w in page.weeks
        ],
        heard=[(w.monday.isoformat(), _cell(w.heard), _cell(w.mature)) for w in page.weeks],
        teams=[
            {
                "name": team.name, "eligible": team.eligible, "heard": _share(team.heard),
                "mature": _share(team.mature), "percent": team.mature.percent,
                "link": f"/teams/{quote(team.name, safe='')}?{urlencode({'since': wanted.since})}",
            }
            for team in page.teams
        ],
        breadth=words.value(page.breadth), breadth_n=page.breadth.n,
        facing=_share(page.facing), inward=_share(page.inward),
        segments=[
            {
                "label": labels.get(s.name, s.name), "affected": s.affected, "heard": s.heard,
                "gap": s.affected > 0 and not s.heard,
                "link": f"/reviews?{words.query(by, show='eligible', segment=s.name)}",
            }
            for s in page.segments
        ],
        levels=[
            {
                "name": str(level), "count": page.levels[level],
                "link": f"/reviews?{words.query(by, show=f'level_{level.value}')}",
            }
            for level in Level
        ],
        thresholds="Levels begin at " + ", ".join(
            f"{start} % ({NAMES[at]})" for at, start in enumerate(FROM) if at
        ) + " of what a review could earn.",
        changed_note=CHANGED,
        stories=_stories(desk, asking, page),
        debts=lists.rows(world, asking.user, page.let_go),
        enforcing=_enforcing(desk),
        all=words.rows(page.now), limits=LIMITS,
    )  # fmt: skip


def _stories(desk: Desk, asking: Asking, page: Overview) -> list[Story]:
    """Those of them that the reader may see."""
    found = []
    for id in page.changed:
        with desk.world.store.read() as connection:
            review = reviews.by_id(connection, id)
        if review is None or not sees(desk.world, asking.user, review):
            continue
        decision = review.course.decision
        minded = next((c for c in review.course.consents if c.reason), None)
        told = [f"“{minded.reason}”"] if minded else []
        told += [f"Then: {decision.resolution}. {decision.sentence}"] if decision else []
        found.append(Story(id, review.subject.title, " ".join(told)))
    return found


def _enforcing(desk: Desk) -> str:
    """How many repositories really hold a merge."""
    try:
        with desk.world.store.read() as connection:
            found = repositories.standings(connection)
    except BotError:
        return ""
    if not found:
        return ""
    organisation = desk.world.catalog.organisation
    really = sum(standing(each, organisation).enforcement.enforced for each in found)
    return (
        f"{really} of {len(found)} repositories really hold a merge: mode enforce, and GitHub "
        "requires our check."
    )


def _cell(percent: float | None) -> str:
    return "–" if percent is None else f"{percent:g}"


def _share(rate: Rate) -> str:
    return f"{words.value(rate)} ({words.of(rate)})"
