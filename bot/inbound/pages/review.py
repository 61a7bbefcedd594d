"""The page of one review: read, answered, followed while others answer too."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from bot.core.proposal import Proposal
from bot.core.review import Review
from bot.core.roles import User
from bot.errors import Stale, UserError
from bot.flows.drafts.make_draft import promise_draft, told_of_draft
from bot.flows.pages import lists
from bot.flows.pages.answer import Outcome, Sent, Way, digest, take_answer
from bot.flows.pages.rights import rights
from bot.flows.pages.seeing import seen, sees
from bot.flows.pages.supersede import supersede
from bot.inbound.pages.desk import Asking, Away, Desk
from bot.store import listing, proposal_links, reviews
from bot.views.web import record
from bot.views.web.draw import draw
from bot.views.web.fields import values
from bot.views.web.review import Page, Related, page
from bot.views.web.trail import trail

TRAIL = 200  # lines of what happened
MOST_REPLACED = 20  # reviews whose place one took
TRIES = 3  # where somebody saved at the same moment


def routes(desk: Desk) -> APIRouter:
    """All that is below /reviews/{id}."""
    router = APIRouter(include_in_schema=False)

    @router.get("/reviews/{id}")
    def show(request: Request, id: int) -> Response:
        asking = desk.asking(request)
        review = found(desk, asking, id)
        may = _may(desk, asking, review)
        return desk.page(asking, "review", p=_page(desk, asking, review, may), may=may, told="")

    @router.get("/reviews/{id}/live")
    def live(
        request: Request,
        id: int,
        version: int = 0,
        had: Annotated[list[str] | None, Query(alias="seen", max_length=100)] = None,
    ) -> Response:
        asking = desk.asking(request)
        review = found(desk, asking, id)
        if review.version == version:
            return Response(status_code=204)
        may = _may(desk, asking, review)
        shown = _page(desk, asking, review, may)
        known = set(had or ())
        changed = [q for q in shown.questions if f"{q.id}:{q.digest}" not in known]
        return Response(
            draw("live", p=shown, changed=changed, may=may, csrf=asking.session.csrf),
            media_type="text/html",
        )

    @router.post("/reviews/{id}/answers/{question}")
    async def answer(request: Request, id: int, question: str) -> Response:
        asking, form = await desk.writing(request)
        return await run_in_threadpool(_answer, desk, asking, id, question, form)

    @router.post("/reviews/{id}/draft")
    async def draft(request: Request, id: int) -> Response:
        asking, _ = await desk.writing(request)
        return await run_in_threadpool(_draft, desk, asking, id)

    @router.post("/reviews/{id}/superseded")
    async def superseded(request: Request, id: int) -> Response:
        asking, form = await desk.writing(request)
        written = str(form.get("by") or "")[:500]
        once = str(form.get("once") or "") or secrets.token_urlsafe(12)
        return await run_in_threadpool(_superseded, desk, asking, id, written, once)

    @router.get("/reviews/{id}/record.md")
    def markdown(request: Request, id: int) -> Response:
        review = found(desk, desk.asking(request), id)
        return PlainTextResponse(record.markdown(review), media_type="text/markdown")

    @router.get("/reviews/{id}/record.json")
    def as_json(request: Request, id: int) -> Response:
        return JSONResponse(record.as_json(found(desk, desk.asking(request), id)))

    return router


def found(desk: Desk, asking: Asking, id: int) -> Review:
    """The review of that id, as who asks may see it. Raises Away: what is not there and what they
    may not see look the same."""
    with desk.world.store.read() as connection:
        ours = 0 < id < 2**62 and listing.belongs(connection, id)
        review = reviews.by_id(connection, id) if ours else None
    if review is not None and sees(desk.world, asking.user, review):
        return seen(desk.world, asking.user, review)
    if asking.request.url.path.startswith("/api/"):
        raise Away(JSONResponse({"detail": "There is no such review here, for you."}, 404))
    text = "Or it belongs to a private repository or channel that you are not in."
    raise Away(desk.said(asking, 404, "There is no such review", text, "/", "To the overview"))


def _may(desk: Desk, asking: Asking, review: Review) -> bool:
    return rights(desk.world, asking.user, review).answers


def _page(desk: Desk, asking: Asking, review: Review, may: bool) -> Page:
    with desk.world.store.read() as connection:
        rows = listing.trail(connection, review.id, TRAIL)
        related = (*_replaced(desk, asking.user, review), *_related(desk, review))
    today = desk.world.clock().date()
    return page(
        review,
        may,
        lambda question: digest(review, question),
        today,
        trail(rows, review),
        related,
        desk.world.drafter is not None,
    )


def _draft(desk: Desk, asking: Asking, id: int) -> Response:
    review = found(desk, asking, id)
    if not rights(desk.world, asking.user, review).answers:
        text = "Only its author, people with write access and reviewers can ask for a draft."
        return desk.said(asking, 403, "No draft", text, f"/reviews/{id}", "Back")
    told = told_of_draft(desk.world, review)
    desk.world.store.write(lambda tx: promise_draft(desk.world, tx, review, asked=True))
    return desk.said(asking, 200, "Draft", told, f"/reviews/{id}", "Back to the review")


def _superseded(desk: Desk, asking: Asking, id: int, written: str, once: str) -> Response:
    review = found(desk, asking, id)
    try:
        supersede(desk.world, asking.user, review, written, once)
    except (UserError, Stale) as error:
        told = "Others write at the same time." if isinstance(error, Stale) else str(error)
        return desk.said(asking, 409, "Not saved", told, f"/reviews/{id}", "Back")
    return RedirectResponse(f"/reviews/{id}", 303)


def _replaced(desk: Desk, user: User, review: Review) -> Iterable[Related]:
    """What took its place, and whose place it took; no word of what the reader may not see."""
    by = review.course.superseded_by
    with desk.world.store.read() as connection:
        after = listing.lines(connection, [by] if by else [])
        before = listing.superseded(connection, review.id, MOST_REPLACED)
    for how, lines in (("is superseded by", after), ("takes the place of", before)):
        for row in lists.shown(desk.world, user, lines):
            yield Related(how, row.title or row.name, "", f"/reviews/{row.id}")


def _related(desk: Desk, review: Review) -> Iterable[Related]:
    if not isinstance(review.subject, Proposal):
        return
    with desk.world.store.read() as connection:
        subject = proposal_links.subject_of(connection, review.subject)
        links = proposal_links.of_proposal(connection, subject) if subject else []
        for link in links:
            id = reviews.id_of(connection, link.repository, link.number)
            how = "is carried out by" if link.confirmed else "may be carried out by"
            where = f"{link.full_name}#{link.number}"
            yield Related(how, where, link.url, f"/reviews/{id}" if id else "")


def _answer(desk: Desk, asking: Asking, id: int, question: str, form: FormData) -> Response:
    once = str(form.get("once") or "") or secrets.token_urlsafe(12)
    try:
        outcome = _taken(desk, asking, id, question, form, once)
    except UserError as error:
        return desk.said(asking, 403, "Not saved", str(error), f"/reviews/{id}", "Back")
    review = seen(desk.world, asking.user, outcome.review)
    if not asking.partial:
        return _whole(desk, asking, review, outcome, question)
    shown = _page(desk, asking, review, True)
    view = next((q for q in shown.questions if q.id == question), None)
    if view is None:
        return Response("That question is not asked any more.", 409, media_type="text/plain")
    return Response(draw("answered", p=shown, q=view, told=outcome), media_type="text/html")


def _taken(
    desk: Desk, asking: Asking, id: int, question: str, form: FormData, once: str
) -> Outcome:
    """Somebody else may save at the same moment: then it is looked at again."""
    for left in reversed(range(TRIES)):
        review = found(desk, asking, id)
        try:
            return take_answer(
                desk.world, asking.user, review, _sent(desk, review, question, form), once
            )
        except Stale:
            if not left:
                break
    raise UserError("Others answer at the same time. Please press Save again.")


def _sent(desk: Desk, review: Review, question: str, form: FormData) -> Sent:
    sent: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        sent.setdefault(name, []).append(value if isinstance(value, str) else "")
    asked = next((q for q, _ in review.asked if q.id == question), None)
    way, _, offer = (sent.get("way") or ["save"])[-1].partition(":")
    today = desk.world.clock().date()
    return Sent(
        question=question,
        way=Way(way) if way in set(Way) else Way.SAVE,
        values=values(review, asked, sent, today) if asked else {},
        seen=(sent.get("seen") or [""])[-1].partition(":")[2],
        reason=" ".join((sent.get("reason") or [""])[-1].split()),
        offer=offer[:64],
        mine="mine" in sent,
        agreed="agreed" in sent,
    )


def _whole(desk: Desk, asking: Asking, review: Review, outcome: Outcome, question: str) -> Response:
    """For a browser without scripts: the page again, with what has to be said."""
    if outcome.saved:
        return RedirectResponse(f"/reviews/{review.id}#{question}", 303)
    told = outcome.raises or next(iter((outcome.errors or {}).values()), "")
    if outcome.conflict:
        told = "Somebody else answered meanwhile; theirs stands below. Save again to put yours."
    shown = _page(desk, asking, review, True)
    return desk.page(asking, "review", 409, p=shown, may=True, told=told)
